import { flag, number, queryReadable, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Condition, Key, Tables } from '../platform/dynamodb/tables.ts'
import { type Position, positionText } from './feed-row.ts'
import { type FeedMeta, META, type NewRow, partitionOf, type Shard, toRow, type Watermark } from './feed-table.ts'
import type { Folding } from './fold-batch.ts'
import type { Feed } from './projection.ts'

/** Number of rows of a connection and source in a shard of a feed. */
export interface ShardCount {
  /** Deleted ones included. */
  readonly rows: number
  readonly deleted: number
  /** Position of the last batch that was counted. */
  readonly counted_to: string
  /** False: a projector ended between writing rows and counting them, and the shard is not yet counted again. */
  readonly exact: boolean
}

export const countType = (table: string) =>
  rowType<ShardCount>(table, [], { rows: number, deleted: number, counted_to: text, exact: flag })

/** Prefix of count items, stored beside the meta item. */
const COUNTS = 'counts#'

export function countKey({ key: { attribute } }: Feed, shard: Shard): Key {
  return { pk: META, [attribute]: `${COUNTS}${partitionOf(shard)}` }
}

export function isCount(feed: Feed, item: Readonly<Record<string, unknown>>): boolean {
  return String(item[feed.key.attribute]).startsWith(COUNTS)
}

/** The counts of these shards, in their order; undefined: a shard is not counted yet. */
export async function countsOf(
  tables: Tables,
  feed: Feed,
  shards: readonly Shard[],
): Promise<readonly (ShardCount | undefined)[]> {
  const nameOf = (item: Readonly<Record<string, unknown>>) => String(item[feed.key.attribute])
  const keys = shards.map((shard) => countKey(feed, shard))
  const items = await tables.getMany(feed.table, keys)
  const counted = new Map(items.map((item) => [nameOf(item), countType(feed.table).decode(item)]))
  return keys.map((key) => counted.get(nameOf(key)))
}

/** Changes of a batch, after its rows are written and before its watermark moves. */
export interface Counted {
  /** Rows of the batch, before and after the change. */
  readonly rows: readonly Folding[]
  /** Rows that another projector inserted first. */
  readonly raced: readonly NewRow[]
  readonly watermark: Watermark | undefined
  readonly position: Position
}

/**
 * Counts rows that were added, deleted and restored in a batch. Without such rows it sends no request: changes of
 * existing stock are not counted. A batch redelivered after its rows were written but not counted no longer changes
 * rows, so the count would miss them: rows beyond the watermark reveal it, and the count is marked as not exact.
 */
export async function noteCounts(tables: Tables, feed: Feed, counted: Counted): Promise<void> {
  const shards = Map.groupBy(counted.rows, ({ shard }) => partitionOf(shard))
  const raced = new Set(counted.raced.map(({ shard }) => partitionOf(shard)))
  for (const [partition, rows] of shards) {
    const [first] = rows
    if (first === undefined) continue
    const { shard } = first
    const beyond = latest(rows.flatMap(({ before }) => before?.position ?? []))
    const isBeyond = beyond > positionOf(counted.watermark)
    if (raced.has(partition) || (isBeyond && beyond > (await countedTo(tables, feed, shard))))
      await doubt(tables, feed, shard)
    await addToCount(tables, feed, shard, { ...changeOf(rows), position: positionText(counted.position) })
  }
}

interface CountChange {
  readonly rows: number
  readonly deleted: number
  readonly position: string
}

function changeOf(rows: readonly Folding[]): Pick<CountChange, 'rows' | 'deleted'> {
  const change = { rows: 0, deleted: 0 }
  for (const { before, after } of rows) {
    if (before === undefined && after !== undefined) change.rows += 1
    change.deleted += Number(after?.deleted ?? false) - Number(before?.deleted ?? false)
  }
  return change
}

async function addToCount(
  tables: Tables,
  feed: Feed,
  shard: Shard,
  { rows, deleted, position }: CountChange,
): Promise<void> {
  if (rows === 0 && deleted === 0) return
  const key = countKey(feed, shard)
  // A repeated request is counted once.
  const isLater: Condition = { attribute: 'counted_to', is: '<', value: position }
  const change = { set: { counted_to: position }, increment: { rows, deleted } }
  if ((await tables.update(feed.table, key, change, isLater)) !== null) return
  if ((await tables.get(feed.table, key)) !== undefined) return
  // The first rows of the shard. If there are others, an earlier version wrote them without counting.
  const range = { partition: partitionOf(shard), limit: rows + 1, attributes: [feed.key.attribute, 'deleted'] }
  const items = await tables.query(feed.table, range)
  if (items.length > rows) return
  const count: ShardCount = {
    rows: items.length,
    deleted: items.filter((item) => item['deleted'] === true).length,
    counted_to: position,
    exact: true,
  }
  await tables.put(feed.table, { ...key, ...count }, { absent: 'pk' })
}

async function countedTo(tables: Tables, feed: Feed, shard: Shard): Promise<string> {
  const item = await tables.get(feed.table, countKey(feed, shard))
  return item === undefined ? '' : countType(feed.table).decode(item).counted_to
}

async function doubt(tables: Tables, feed: Feed, shard: Shard): Promise<void> {
  await tables.update(feed.table, countKey(feed, shard), { set: { exact: false } }, { present: 'pk' })
}

function positionOf(watermark: Watermark | undefined): string {
  const position = watermark?.position ?? null
  return position === null ? '' : positionText(position)
}

function latest(positions: readonly string[]): string {
  return positions.toSorted().at(-1) ?? ''
}

export interface RowCount {
  /** Deleted ones included. */
  readonly rows: number
  readonly deleted: number
  /** False: the count may be off by a few rows, since a projector was killed while counting. */
  readonly exact: boolean
}

/** Rows read at once while counting. */
const PAGE = 1000

/** Counts the rows of a shard by reading them. Leaves out unreadable ones, as the feed does. */
export async function countShard(tables: Tables, feed: Feed, shard: Shard): Promise<RowCount> {
  const count = { rows: 0, deleted: 0, exact: true }
  for (let after: string | undefined, more = true; more; ) {
    const range = { partition: partitionOf(shard), limit: PAGE, ...(after === undefined ? {} : { after }) }
    const rows = await queryReadable(tables, feed.table, range, (item) => toRow(feed, item))
    count.rows += rows.length
    count.deleted += rows.filter(({ deleted }) => deleted).length
    after = rows.at(-1)?.key
    more = rows.length === PAGE
  }
  return count
}

/**
 * Counts the rows of the live generation's shards again where the count is missing, since their first batch was
 * interrupted or an earlier version wrote it, or is not exact. Call it while the partition is handled up to its end:
 * a batch that comes later is beyond the watermark, and one that another projector repeats is not counted twice.
 */
export async function repairCounts(tables: Tables, feed: Feed, meta: FeedMeta, partition: number): Promise<void> {
  const { generation, pairs } = meta
  const watermark = meta.watermark(generation, partition)
  if (watermark?.position == null) return
  const shards = pairs.map((pair) => ({ ...pair, generation, shard: partition }))
  const counts = await countsOf(tables, feed, shards)
  for (const [index, shard] of shards.entries()) {
    const known = counts[index]
    if (known?.exact === true) continue
    const count = await countShard(tables, feed, shard)
    if (count.rows === 0) continue
    const asRead: Condition =
      known === undefined
        ? { absent: 'pk' }
        : {
            allOf: [
              { attribute: 'counted_to', is: '=', value: known.counted_to },
              { attribute: 'exact', is: '=', value: false },
            ],
          }
    await tables.put(feed.table, { ...countKey(feed, shard), ...count, counted_to: positionOf(watermark) }, asRead)
  }
}
