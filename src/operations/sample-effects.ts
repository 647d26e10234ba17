import type { Configuration } from '../configuration/model.ts'
import { decodeOriginal, shownOf } from '../control/dead-letters/original.ts'
import type { ReplayTarget } from '../control/replays/create-replays.ts'
import {
  isPerSystem,
  type KindEvent,
  kindOf,
  type PerSystemKind,
  recordKey,
  type TopicEvents,
} from '../events/topics.ts'
import type { RecordPlace } from '../platform/kafka/record-reader.ts'
import { createDeliveries } from '../processors/delivery/deliveries.ts'
import { topology } from '../processors/topology.ts'
import { type FeedRow, rankOf, type UniversalEvent } from '../projections/feed-row.ts'
import { readMeta } from '../projections/feed-table.ts'
import type { Feed } from '../projections/projection.ts'
import { rowsOfKeys } from '../projections/read-rows.ts'
import { splitClaims } from '../projections/stock-fold.ts'
import { dryRun } from './dry-run.ts'
import { eventContent } from './event-content.ts'
import type { FieldChange } from './field-change.ts'
import { fieldChanges } from './history/field-changes.ts'
import type { MapAnewParts } from './map-anew.ts'
import { isOfOthers, ownEvent, ownMessage } from './own-part.ts'
import { deliveryOf } from './preview-retry.ts'

/** The effect of a replayed event on one connection. */
export interface SampleEffect {
  readonly connection: string | null
  /** A sentence for people. */
  readonly outcome: string
  /**
   * Changes from the feed's row, or the last event sent to the target, to the new result; empty if there is neither.
   */
  readonly changes: readonly FieldChange[]
}

interface Asked extends ReplayTarget {
  /** Null: all. */
  readonly connection: string | null
  readonly place: Pick<RecordPlace, 'partition' | 'offset'>
  /** Whether the caller sees the whole shop of a connection. */
  readonly seesShop: (connection: string | null) => boolean
}

/** Tries a replay of one event with the current configuration, without sending, writing or calling anything. */
export type SampleEffects = (asked: Asked) => Promise<readonly SampleEffect[]>

export interface SampleParts extends MapAnewParts {
  readonly feeds: readonly Feed[]
  /** Partitions of the `universal-*` topics. */
  readonly shards: number
}

export function createSampleEffects(parts: SampleParts, configuration: () => Promise<Configuration>): SampleEffects {
  return async (asked) => {
    const { topic, processor, connection: wanted, place } = asked
    const [record] = await parts.reader.read([{ ...place, topic: parts.topicPrefix + topic }])
    if (record == null) return []
    const read = await decodeOriginal(parts, record)
    if ('error' in read) return []
    const row = topology.find((one) => one.processor === processor)
    if (row === undefined) return await effectsOf(parts, asked, read.decoded)
    const made = await dryRun(row, parts, await configuration(), { original: record, decoded: read.decoded })
    const outputs = await Promise.all(
      made.sent.map(async ({ topic: to, value }) => {
        const kind = kindOf(to.slice(parts.topicPrefix.length))
        return { kind, event: await parts.codec.decode(kind, value) } as KindEvent
      }),
    )
    const effects = made.decisions
      .filter((one) => (wanted === null ? !isOfOthers(one) : one.connection === wanted))
      .map(async (decision) => {
        const output = outputs.find(({ event }) => 'connection' in event && event.connection === decision.connection)
        if (output !== undefined) return await effectsOf(parts, asked, output)
        const { connection, status, code } = decision
        const seen = asked.seesShop(connection) ? decision.message : ownMessage(processor, decision)
        const why = [code, seen].filter((text) => text !== null).join(': ')
        return [{ connection, outcome: `it would be ${status}${why === '' ? '' : `: ${why}`}`, changes: [] }]
      })
    return (await Promise.all(effects)).flat()
  }
}

/** Effects of an event for one connection: on a row of its feed, or on a target. */
async function effectsOf(parts: SampleParts, asked: Asked, decoded: KindEvent): Promise<readonly SampleEffect[]> {
  const { kind, event } = decoded
  const feed = parts.feeds.find((one) => one.kind === kind)
  if (feed !== undefined) return [await rowEffect(parts, feed, event as TopicEvents[Feed['kind']])]
  if (!isPerSystem(kind)) return []
  return [await deliveryEffect(parts, asked, kind, event as TopicEvents[PerSystemKind])]
}

async function rowEffect(
  { tables, shards }: SampleParts,
  feed: Feed,
  event: TopicEvents[Feed['kind']],
): Promise<SampleEffect> {
  const { connection, source, key } = event
  const meta = await readMeta(tables, feed)
  const wanted = { connection, sources: [source], keys: [key] }
  const [before] = await rowsOfKeys({ tables, feed, meta, shards }, wanted)
  const after = feed.evolve(undefined, event, { time: 0, offset: 0n })
  if (before === undefined) return { connection, outcome: 'it would be a new row of the feed', changes: [] }
  if (rankOf(event as UniversalEvent) < before.rank) {
    return { connection, outcome: 'it would be superseded: the row has a newer version', changes: [] }
  }
  const changes = fieldChanges(contentOf(before), contentOf(after))
  const outcome =
    changes.length === 0 ? 'it would change nothing: the feed already has it' : 'the row of the feed would change'
  return { connection, outcome, changes }
}

/** What orders claim of a row does not come from its event. */
const contentOf = ({ deleted, data }: FeedRow) => ({ ...splitClaims(data).level, deleted })

async function deliveryEffect(
  parts: SampleParts,
  { seesShop }: Asked,
  kind: PerSystemKind,
  event: TopicEvents[PerSystemKind],
): Promise<SampleEffect> {
  const { tables, reader, topicPrefix } = parts
  const { connection } = event
  const { verdict } = await deliveryOf(parts, kind, event)
  const row = await createDeliveries(tables).find(connection, recordKey(kind, event.key))
  const origin = row?.origin ?? null
  const [record] = origin === null ? [] : await reader.read([{ ...origin, offset: Number(origin.offset) }])
  const before = record == null ? null : await decodeOriginal(parts, record)
  if (before === null || 'error' in before) return { connection, outcome: verdict, changes: [] }
  const shown = (one: KindEvent) => {
    const whole = shownOf(one, true)
    return eventContent(seesShop(connection) ? whole : ownEvent(record?.topic ?? '', topicPrefix, whole))
  }
  const changes = fieldChanges(shown(before.decoded), shown({ kind, event } as KindEvent))
  return { connection, outcome: verdict, changes }
}
