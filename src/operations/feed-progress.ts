import { topicOf } from '../events/topics.ts'
import { orNull, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { Positions } from '../platform/runtime/positions.ts'
import { type TopologyRow, topology } from '../processors/topology.ts'
import type { FeedMeta } from '../projections/feed-table.ts'
import type { Feed } from '../projections/projection.ts'
import { frontierOf } from '../projections/read-feed.ts'
import { type StagedRow, shelfOf } from '../projections/staged-row.ts'
import { STAGED, STAGED_BY_STATUS } from '../projections/tables.ts'

/** Held changes that are examined, of each status: beyond this, all rows of these sources count as held. */
const MOST = 1_000

/** A change that was read and is not in its row: it waits at a stage before the feed, or failed there. */
export interface HeldChange {
  readonly source: string
  readonly key: string
  /** Milliseconds: when the changed entity was read. Until then, its source agreed with the row. */
  readonly readAt: number
  readonly status: 'waiting' | 'failed'
  readonly stage: string
  readonly code: string | null
}

/** How far our own pipeline is with a feed of a connection. */
export interface FeedProgress {
  /** Milliseconds: what was appended before it is in the feed, except what is held. Null: not known. */
  readonly until: number | null
  readonly held: readonly HeldChange[]
  /** True: there are more held changes than were examined. */
  readonly more: boolean
}

export interface ProgressDeps {
  readonly tables: Tables
  readonly positions: Pick<Positions, 'readUntil'>
  readonly topicPrefix: string
  /** Partitions of the topics. */
  readonly shards: number
}

export async function feedProgress(
  deps: ProgressDeps,
  feed: Feed,
  meta: FeedMeta,
  connection: string,
): Promise<FeedProgress> {
  const mapping = mappingOf(feed)
  const stages = [feed.name, ...(mapping === undefined ? [] : [mapping.processor])]
  const [mapped, waiting, failed] = await Promise.all([
    mapping === undefined ? [] : mappedUntil(deps, mapping),
    heldChanges(deps.tables, feed, connection, 'waiting'),
    heldChanges(deps.tables, feed, connection, 'failed'),
  ])
  const all = [...waiting, ...failed]
  const times = [...mapped, ...projectedUntil(deps, meta)]
  return {
    until: times.length === 0 ? null : Math.min(...times),
    held: all.filter(({ stage }) => stages.includes(stage)),
    more: waiting.length > MOST || failed.length > MOST,
  }
}

const mappingOf = ({ kind }: Feed) => topology.find(({ to }) => to.includes(kind))

type Mapping = Pick<TopologyRow, 'processor' | 'from'>

const placeOf = ({ topicPrefix }: Pick<ProgressDeps, 'topicPrefix'>, { processor, from }: Mapping) =>
  [`${topicPrefix}${processor}`, `${topicPrefix}${topicOf(from)}`] as const

/** Omits partitions of which no time is noted. */
async function mappedUntil(deps: ProgressDeps, mapping: Mapping) {
  return [...(await deps.positions.readUntil(...placeOf(deps, mapping))).values()]
}

/**
 * Whether the mapping of a feed has noted its time in each partition that it has a position in. If not, `until` says
 * nothing of the others: for example after positions were set by hand.
 */
export async function isMappingNoted(
  deps: ProgressDeps & { readonly positions: Pick<Positions, 'read'> },
  feed: Feed,
): Promise<boolean> {
  const mapping = mappingOf(feed)
  if (mapping === undefined) return true
  const place = placeOf(deps, mapping)
  const [known, noted] = await Promise.all([deps.positions.read(...place), deps.positions.readUntil(...place)])
  return known.size > 0 && [...known.keys()].every((partition) => noted.has(partition))
}

/** Omits shards that were never projected. */
function projectedUntil({ shards }: ProgressDeps, meta: FeedMeta): readonly number[] {
  const frontiers = Array.from({ length: shards }, (_, shard) => frontierOf(meta.watermark(meta.generation, shard)))
  return frontiers.filter((time) => time >= 0)
}

type Held = Pick<StagedRow, 'id' | 'by_status' | 'source' | 'key' | 'stage' | 'code' | 'read_at'>

const heldRows = rowType<Held>(STAGED, ['id'], {
  id: text,
  by_status: text,
  source: text,
  key: text,
  stage: text,
  code: orNull(text),
  read_at: text,
})

async function heldChanges(
  tables: Tables,
  feed: Feed,
  connection: string,
  status: HeldChange['status'],
): Promise<readonly HeldChange[]> {
  const shelf = { partition: shelfOf(connection, feed.entity), index: STAGED_BY_STATUS }
  const range = { ...shelf, beginsWith: `${status}#`, limit: MOST + 1 }
  const rows = await rowsOf(tables, heldRows).queryParts(range)
  return rows.map(({ source, key, stage, code, read_at }) => {
    return { source, key, readAt: Date.parse(read_at), status, stage, code }
  })
}
