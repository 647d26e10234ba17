import type { Configuration, Connection, MappedEntity } from '../configuration/model.ts'
import { StreamError, toStreamError } from '../errors.ts'
import type { TopicEvents } from '../events/topics.ts'
import { topicOf } from '../events/topics.ts'
import type { EventCodec } from '../platform/codec.ts'
import type { LogRecord } from '../platform/kafka/event-log.ts'
import { readTail, type TailDeps } from '../platform/kafka/read-tail.ts'
import type { SourceEntity } from '../rules/map-entity.ts'

export interface RecentEventsDeps extends TailDeps {
  readonly codec: Pick<EventCodec, 'decode'>
  readonly topicPrefix: string
}

/** The last events of an entity for a connection, oldest first. */
export type RecentEvents = (
  connection: Pick<Connection, 'reads'>,
  entity: MappedEntity,
  last: number,
  configuration: Pick<Configuration, 'systems'>,
) => Promise<readonly SourceEntity[]>

/** Maximum number of records per partition that are read to find the connection's records. */
const MOST_READ = 10_000

/** Reads the end of the source's topic, and further back while most records come from sources of other connections. */
export function createRecentEvents({ log, admin, codec, topicPrefix }: RecentEventsDeps): RecentEvents {
  return async ({ reads }, entity, last, { systems }) => {
    const sources = systems
      .filter((system) => system.reads.some((read) => read.entity === entity && reads.includes(read.id)))
      .map(({ id }) => id)
    if (sources.length === 0) throw noRead(entity)
    const isOurs = ({ key }: LogRecord) => sources.some((source) => key?.toString().startsWith(`${source}|`))
    for (let most = last; ; most *= 10) {
      const records = await readTail({ log, admin }, topicPrefix + topicOf(entity), Math.min(most, MOST_READ))
      const ours = records.filter(isOurs)
      if (ours.length < last && most < MOST_READ && hasMore(records, most)) continue
      const newest = ours.toSorted((a, b) => a.timestamp - b.timestamp || Number(a.offset - b.offset)).slice(-last)
      return (await Promise.all(newest.map((record) => decode(codec, entity, record)))).filter(
        (one) => one !== undefined,
      )
    }
  }
}

/** Whether a partition may have more records than were requested. */
function hasMore(records: readonly LogRecord[], most: number): boolean {
  return [...Map.groupBy(records, ({ partition }) => partition).values()].some((of) => of.length >= most)
}

/** Undefined: it cannot be decoded. It is a dead letter already, and a mapping cannot change that. */
async function decode(
  codec: Pick<EventCodec, 'decode'>,
  entity: MappedEntity,
  record: LogRecord,
): Promise<SourceEntity | undefined> {
  try {
    const { source, key, deleted, data }: TopicEvents[MappedEntity] = await codec.decode(entity, record.value)
    return { entity, source, key, deleted, data } as SourceEntity
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy === 'stop') throw error
    return undefined
  }
}

function noRead(entity: MappedEntity): StreamError {
  const message = `the connection does not read ${entity}; preview an entity that it reads`
  return new StreamError('request_invalid', message, { field: 'entity' })
}
