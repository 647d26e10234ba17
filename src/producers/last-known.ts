import { toStreamError } from '../errors.ts'
import { type Entity, type TopicEvents, topicOf } from '../events/topics.ts'
import { versionRank } from '../events/version.ts'
import type { EventCodec } from '../platform/codec.ts'
import type { EventLog, LogAdmin, LogRecord } from '../platform/kafka/event-log.ts'

export interface LastKnownDeps {
  readonly log: Pick<EventLog, 'scan'>
  readonly admin: Pick<LogAdmin, 'ends'>
  readonly codec: EventCodec
  readonly topicPrefix: string
}

type Content = TopicEvents[Entity]['data']

/** The newest content of entities of a source that was not a deletion; one pass over the topic. */
export async function lastKnown(
  deps: LastKnownDeps,
  { system, entity }: { readonly system: string; readonly entity: Entity },
  keys: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Content>> {
  const newest = new Map<string, { readonly rank: string; readonly data: Content }>()
  const take = async ({ value }: LogRecord) => {
    const event = await decode(deps, entity, value)
    if (event === undefined || event.source !== system || event.deleted || !keys.has(event.key)) return
    const rank = versionRank(event)
    if (rank >= (newest.get(event.key)?.rank ?? '')) newest.set(event.key, { rank, data: event.data })
  }
  if (keys.size > 0) {
    const topic = deps.topicPrefix + topicOf(entity)
    const range = (await deps.admin.ends(topic)).map(({ partition, start, end }) => {
      return [partition, { from: start, to: end }] as const
    })
    const onRecords = async (records: readonly LogRecord[]) => {
      for (const record of records) await take(record)
    }
    await deps.log.scan(topic, new Map(range), onRecords, signal)
  }
  return new Map([...newest].map(([key, { data }]) => [key, data]))
}

async function decode({ codec }: LastKnownDeps, entity: Entity, value: Buffer | null) {
  try {
    return await codec.decode(entity, value)
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy === 'stop') throw error
    return undefined
  }
}
