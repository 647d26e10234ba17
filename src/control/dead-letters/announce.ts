import type { DeadLettered, EntityResult } from '../../events/generated/events.ts'
import { entityOf, isOfEntity } from '../../events/topics.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import { sendDeadLetter } from '../../platform/runtime/dead-letters.ts'
import { getRun } from '../runs.ts'
import type { LetterDeps, LetterSummary } from './letter.ts'
import type { KindEvent } from './original.ts'

/** Something that a person does about a dead letter. */
export interface Act {
  readonly kind: 'retried' | 'discarded'
  readonly by: string
  readonly reason: string | null
  /** Number of the retry it is, or that was the last. */
  readonly retry: number
  readonly at: number
}

/** Tells it to the dead letter's own history. Resolves when it is acknowledged. */
export async function announce(
  deps: Pick<LetterDeps<never>, 'producer' | 'codec' | 'topicPrefix'>,
  letter: LetterSummary,
  { kind, by, reason, retry, at }: Act,
): Promise<void> {
  const { id, stage, connection, key, topic, partition, offset, code, message, field } = letter
  const told: DeadLettered = {
    ...{ deadLetterId: id, stage, connection, key, topic, partition, offset, code, message, field },
    timestamp: Date.parse(letter.appended_at),
    ...{ originalKey: null, originalValue: null, headers: [], attempts: 0 },
    ...{ firstAt: Date.parse(letter.first_at), lastAt: at, taskId: letter.task, eventId: letter.event_id },
    retry,
    change: { kind, by, reason },
  }
  await sendDeadLetter(deps, told)
}

type EntityEvent = Pick<EntityResult, 'source' | 'key' | 'eventId' | 'occurredAt' | 'readAt'> & {
  readonly taskId: string | null
}

/**
 * Tells it to the history of the entity; of one that failed for all connections at once, to each. By the stage and partition it failed in: what the stage reports of the retry
 * comes after it. Nothing is told of what can't be read, or is of no entity.
 */
export async function reportAct(
  deps: Pick<LetterDeps<never>, 'reporter' | 'tables'>,
  { stage, partition, connection }: LetterSummary,
  decoded: KindEvent,
  { kind, by, reason, retry }: Act,
): Promise<void> {
  if (!isOfEntity(decoded.kind)) return
  const entity = entityOf(decoded.kind)
  const { source, key, eventId, occurredAt, readAt, taskId } = decoded.event as EntityEvent
  const why = reason === null ? '' : `: ${reason}`
  const result = {
    ...{ entity, source, key, eventId, occurredAt, readAt, targetId: null },
    status: kind === 'retried' ? 'processing' : 'canceled',
    code: kind,
    message: kind === 'retried' ? `retry ${retry} by ${by}${why}` : `discarded by ${by}${why}`,
  }
  const connections = connection === null ? await connectionsOf(deps.tables, taskId) : [connection]
  const results = connections.map((id) => ({ taskId, result: { ...result, connection: id } }))
  await deps.reporter.report(stage, partition, results)
}

async function connectionsOf(tables: Tables, taskId: string | null): Promise<readonly (string | null)[]> {
  const run = taskId === null ? undefined : await getRun(tables, taskId)
  return run === undefined || run.connections.length === 0 ? [null] : run.connections
}
