import { toStreamError } from '../../errors.ts'
import { isRepeated } from '../../events/headers.ts'
import type { OrderAmount } from '../../events/order-amounts.ts'
import { entities, kindOf, type TopicEvents, type TopicKind } from '../../events/topics.ts'
import { versionRank } from '../../events/version.ts'
import type { EventCodec } from '../../platform/codec.ts'
import type { EventLog, LogRange, LogRecord } from '../../platform/kafka/event-log.ts'
import type { ReplayConfiguration, ReplayFilter } from './replay.ts'

/** Kinds whose events can be replayed through their stage. */
export type ReplayableKind = Exclude<TopicKind, 'sync-requests' | 'sync-status' | 'dead-letters'>
export type ReplayableEvent = TopicEvents[ReplayableKind]

export interface SelectDeps {
  readonly log: Pick<EventLog, 'scan'>
  readonly codec: EventCodec
  readonly topicPrefix: string
}

/** The events of a range to replay. */
export interface Selection {
  /** Events that match the filter. */
  readonly events: number
  readonly keys: number
  /** By source (source topics) or connection (other topics): events to send. */
  readonly owners: Readonly<Record<string, number>>
  readonly chosen: number
  /** What a person is shown of the chosen events; empty unless asked for. */
  readonly details: readonly EventDetail[]
  has(record: LogRecord): boolean
}

/** Position of an event in its topic. */
export interface EventPlace {
  readonly partition: number
  readonly offset: number
}

/** An event that would be sent, without personal data. */
export interface EventDetail {
  readonly place: EventPlace
  readonly key: string
  readonly source: string
  /** Null: it is in a source topic. */
  readonly connection: string | null
  readonly occurredAt: number | null
  readonly deleted: boolean
  /** Null: not an order. */
  readonly amount: OrderAmount | null
}

export interface Wanted extends ReplayFilter {
  readonly topic: string
  /** Sources whose events count; null: all. */
  readonly sources: ReadonlySet<string> | null
  /** Leaves deleted entities out: nobody has them. */
  readonly present: boolean
  /** Collects details too: they stay in memory for all chosen events. */
  readonly detailed?: boolean
}

/** The sources whose entity the connection reads; null: not a source topic, or no connection is named. */
export function sourcesOf(configuration: ReplayConfiguration, topic: string, connection: string | null) {
  if (connection === null || !(entities as readonly string[]).includes(topic)) return null
  const reads = configuration.connections.find(({ id }) => id === connection)?.reads ?? []
  const known = configuration.systems.flatMap((system) => system.reads)
  const read = known.filter(({ id, entity }) => entity === topic && reads.includes(id))
  return new Set(read.map(({ system }) => system))
}

interface Choice {
  /** partition:offset */
  readonly place: string
  readonly rank: string
  readonly owner: string
  readonly deleted: boolean
  readonly detail: EventDetail | null
}

/**
 * Reads a range and selects the highest version of each key, or all versions. Copies that retries and replays appended
 * are left out, because the originals are there. Events that can't be read are left to their dead letters. Keys and
 * positions are held in memory, events are not.
 */
export async function selectEvents(
  deps: SelectDeps,
  wanted: Wanted,
  range: LogRange,
  onBatch: () => Promise<void> = async () => undefined,
  signal?: AbortSignal,
): Promise<Selection> {
  const choices = new Map<string, Choice>()
  const keys = new Set<string>()
  let events = 0
  const take = async (record: LogRecord) => {
    if (isRepeated(record.headers) || !inTime(record, wanted)) return
    const event = await decodeReplayable(deps, wanted.topic, record)
    if (event === undefined || !fits(event, wanted)) return
    events += 1
    const key = record.key?.toString('utf8') ?? ''
    keys.add(key)
    const choice = choiceOf(record, event, wanted.detailed === true ? detailOf(record, event) : null)
    const known = choices.get(wanted.allVersions ? choice.place : key)
    if (known === undefined || choice.rank >= known.rank) choices.set(wanted.allVersions ? choice.place : key, choice)
  }
  const onRecords = async (records: readonly LogRecord[]) => {
    for (const record of records) await take(record)
    await onBatch()
  }
  await deps.log.scan(deps.topicPrefix + wanted.topic, range, onRecords, signal)
  const chosen = [...choices.values()].filter(({ deleted }) => !(wanted.present && deleted))
  const owners = [...Map.groupBy(chosen, ({ owner }) => owner)].map(([owner, of]) => [owner, of.length])
  const places = new Set(chosen.map(({ place }) => place))
  return {
    events,
    keys: keys.size,
    owners: Object.fromEntries(owners),
    chosen: places.size,
    details: chosen.flatMap(({ detail }) => (detail === null ? [] : [detail])),
    has: (record) => places.has(offsetText(record)),
  }
}

/** The event of a record; undefined if it can't be read. Throws when the registry is unavailable. */
export async function decodeReplayable(
  { codec }: Pick<SelectDeps, 'codec'>,
  topic: string,
  { value }: LogRecord,
): Promise<ReplayableEvent | undefined> {
  try {
    return (await codec.decode(kindOf(topic), value)) as ReplayableEvent
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy === 'stop') throw error
    return undefined
  }
}

const offsetText = ({ partition, offset }: LogRecord): string => `${partition}:${offset}`

function detailOf({ partition, offset }: LogRecord, event: ReplayableEvent): EventDetail {
  const { key, source, occurredAt, data } = event
  return {
    place: { partition, offset: Number(offset) },
    key,
    source,
    connection: 'connection' in event ? event.connection : null,
    occurredAt,
    deleted: 'deleted' in event && event.deleted,
    amount: 'grandTotal' in data ? { currency: data.currency, total: data.grandTotal } : null,
  }
}

function choiceOf(record: LogRecord, event: ReplayableEvent, detail: EventDetail | null): Choice {
  const rank = versionRank(event)
  const owner = 'connection' in event ? event.connection : event.source
  return { place: offsetText(record), rank, owner, detail, deleted: 'deleted' in event && event.deleted }
}

function inTime({ timestamp }: LogRecord, { from, to }: ReplayFilter): boolean {
  return (from === null || timestamp >= Date.parse(from)) && (to === null || timestamp < Date.parse(to))
}

function fits(event: ReplayableEvent, { connection, source, key, sources }: Wanted): boolean {
  if (key !== null && event.key !== key) return false
  if (source !== null && event.source !== source) return false
  if (sources !== null) return sources.has(event.source)
  return connection === null || !('connection' in event) || event.connection === connection
}
