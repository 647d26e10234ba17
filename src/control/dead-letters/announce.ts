import type { DeadLettered } from '../../events/generated/events.ts'
import { entityOf, isOfEntity, type KindEvent } from '../../events/topics.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import { sendDeadLetter } from '../../platform/runtime/dead-letters.ts'
import { aboutEvent, type ResultAbout, stageResult } from '../../platform/runtime/stage-result.ts'
import { getRun } from '../runs.ts'
import type { Act, LetterDeps, LetterSummary } from './letter.ts'

/** Appends the change to the dead letter's own history. Resolves when it is acknowledged. */
export async function announce(
  deps: Pick<LetterDeps<never>, 'producer' | 'codec' | 'topicPrefix'>,
  letter: LetterSummary,
  { kind, by, reason, retry, at }: Act,
): Promise<void> {
  const { id, stage, connection, key, topic, partition, offset, code, message, field } = letter
  const announced: DeadLettered = {
    deadLetterId: id,
    stage,
    connection,
    key,
    topic,
    partition,
    offset,
    code,
    message,
    field,
    timestamp: Date.parse(letter.appended_at),
    originalKey: null,
    originalValue: null,
    headers: [],
    attempts: 0,
    firstAt: Date.parse(letter.first_at),
    lastAt: at,
    taskId: letter.task,
    eventId: letter.event_id,
    retry,
    change: { kind, by, reason },
  }
  await sendDeadLetter(deps, announced)
}

/**
 * Reports the change for the entity; if it failed for all connections, for each connection. Reported under the stage
 * and partition that it failed in, so that the stage's own report of the retry comes later. Then it is noted in the
 * entity's history. Events that can't be read or belong to no entity are not reported.
 */
export async function reportAct(
  deps: Pick<LetterDeps<never>, 'reporter' | 'tables' | 'topicPrefix' | 'noteAct'>,
  { stage, topic, partition, connection }: LetterSummary,
  decoded: KindEvent,
  act: Act,
): Promise<void> {
  if (!isOfEntity(decoded.kind)) return
  const { kind, by, reason, retry } = act
  const entity = entityOf(decoded.kind)
  const event = decoded.event as unknown as ResultAbout
  const why = reason === null ? '' : `: ${reason}`
  const end = {
    status: kind === 'retried' ? 'processing' : 'canceled',
    code: kind,
    message: kind === 'retried' ? `retry ${retry} by ${by}${why}` : `discarded by ${by}${why}`,
    targetId: null,
  }
  const connections = connection === null ? await connectionsOf(deps.tables, event.taskId) : [connection]
  const results = connections.map((id) => stageResult(aboutEvent(entity, event, id), end))
  await deps.reporter.report(stage, partition, results)
  await deps.noteAct({ act, decoded, topic: topic.slice(deps.topicPrefix.length), connections })
}

async function connectionsOf(tables: Tables, taskId: string | null): Promise<readonly (string | null)[]> {
  const run = taskId === null ? undefined : await getRun(tables, taskId)
  return run === undefined || run.connections.length === 0 ? [null] : run.connections
}
