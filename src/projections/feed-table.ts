import { StreamError } from '../errors.ts'
import { largestText } from '../events/largest-text.ts'
import { list, number, or, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Condition, Item, Key, TableDefinition, Tables } from '../platform/dynamodb/tables.ts'
import { type FeedRow, type Position, parsePosition, positionText } from './feed-row.ts'
import type { Feed } from './projection.ts'

/** Local index of a feed table, on the position: unlike a global index it can be read consistently. */
export const BY_POSITION = 'by-position'

/** Partition and sort key of the meta item. Row partitions contain `#`, so none has this name. */
export const META = 'meta'

/** DynamoDB accepts 400 kB, including the copy in the local index; the other attributes fit into the rest. */
const MAX_DATA_BYTES = 190_000

/** A shard of a feed: the rows of a connection and source that come from one partition of the topic. */
export interface Shard {
  readonly generation: number
  readonly connection: string
  readonly source: string
  readonly shard: number
}

/** How far a shard was projected. */
export interface Watermark {
  /** Everything up to it is written. Null: nothing was written yet. */
  readonly position: Position | null
  /** Milliseconds: everything appended from now on is at or after it. */
  readonly caughtUpTo: number
}

/** The one item that says what readers may see, as it was at one moment. */
export interface FeedMeta {
  /** The live generation. */
  readonly generation: number
  /** A generation being built besides the live one, and the rebuild that builds it. */
  readonly building: { readonly generation: number; readonly rebuild: string } | null
  /** The highest generation so far: none is used twice. */
  readonly lastGeneration: number
  /** Connections and sources that have, or are about to have, rows. */
  readonly pairs: readonly { readonly connection: string; readonly source: string }[]
  /** Undefined: the shard was never projected in this generation. */
  watermark(generation: number, shard: number): Watermark | undefined
}

export function feedTable({ table, key }: Feed): TableDefinition {
  return {
    name: table,
    partitionKey: 'pk',
    sortKey: key.attribute,
    localIndexes: [{ name: BY_POSITION, sortKey: 'position' }],
  }
}

export function partitionOf(shard: Shard): string {
  return `${shard.generation}#${shard.connection}#${shard.source}#${shard.shard}`
}

export function rowKey({ key: { attribute } }: Feed, shard: Shard, key: string): Key {
  return { pk: partitionOf(shard), [attribute]: key }
}

export function metaKey({ key: { attribute } }: Feed): Key {
  return { pk: META, [attribute]: META }
}

/** Throws `row_unreadable` for an item that is not a row. */
export function toRow({ key: { attribute }, rows }: Feed, item: Item): FeedRow {
  return rows.decode({ ...item, key: item[attribute] })
}

/** Throws `value_too_large` when the row can't be stored. */
export function assertFits(row: FeedRow): void {
  const bytes = Buffer.byteLength(JSON.stringify(row.data))
  if (bytes <= MAX_DATA_BYTES) return
  const largest = largestText(row.data)
  const most = largest === null ? '' : ` (most of it is ${largest.path} with ${largest.bytes} bytes)`
  const message = `data: ${bytes} bytes${most} do not fit into a feed row, which holds ${MAX_DATA_BYTES}; map fewer or shorter attributes`
  throw new StreamError('value_too_large', message, { field: largest === null ? 'data' : `data.${largest.path}` })
}

export interface NewRow {
  readonly shard: Shard
  readonly row: FeedRow
}

/** Inserts rows that do not exist, many per request. Returns those whose keys exist by now. */
export async function insertRows(tables: Tables, feed: Feed, rows: readonly NewRow[]): Promise<readonly NewRow[]> {
  const items = new Map(rows.map((one) => [itemOf(feed, one.shard, one.row), one]))
  const there = await tables.insertMany(feed.table, [...items.keys()])
  return there.flatMap((item) => items.get(item) ?? [])
}

function itemOf(feed: Feed, shard: Shard, { key, ...attributes }: FeedRow): Item {
  return { ...rowKey(feed, shard, key), ...attributes }
}

/** Guarantee 4: false if the table already has a newer state of the row, written by another projector. */
export async function writeRow(tables: Tables, feed: Feed, shard: Shard, row: FeedRow): Promise<boolean> {
  const accepts: Condition = {
    anyOf: [
      { absent: 'pk' },
      { attribute: 'rank', is: '<', value: row.rank },
      {
        allOf: [
          { attribute: 'rank', is: '=', value: row.rank },
          { attribute: 'position', is: '<=', value: row.position },
          ...(feed.notNewer === undefined ? [] : [feed.notNewer(row)]),
        ],
      },
    ],
  }
  return await tables.put(feed.table, itemOf(feed, shard, row), accepts)
}

/**
 * The meta item without its watermarks, whose names contain generation and shard. Before the first rebuild it has only
 * pairs.
 */
export interface MetaItem {
  readonly generation: number
  readonly building: number | null
  readonly rebuild: string | null
  readonly last_generation: number | null
  /** `connection|source` */
  readonly pairs: readonly string[]
}

export const metaType = (table: string) =>
  rowType<MetaItem>(table, [], {
    generation: or(number, 1),
    building: or<number | null>(number, null),
    rebuild: or<string | null>(text, null),
    last_generation: or<number | null>(number, null),
    pairs: or(list(text), []),
  })

/** Attributes of the meta item that hold a shard's watermark. */
export const watermarkNames = (generation: number, shard: number) => ({
  position: `g${generation}_s${shard}_position`,
  caughtUpTo: `g${generation}_s${shard}_caught_up_to`,
})

export async function readMeta(tables: Tables, feed: Feed): Promise<FeedMeta> {
  const item = (await tables.get(feed.table, metaKey(feed))) ?? {}
  const { generation, building, rebuild, last_generation, pairs } = metaType(feed.table).decode(item)
  const watermarks = new Map<number, Map<number, Watermark | undefined>>()
  const watermarkOf = (name: { readonly position: string; readonly caughtUpTo: string }): Watermark | undefined => {
    const [position, caughtUpTo] = [item[name.position], item[name.caughtUpTo]]
    if (position === undefined && caughtUpTo === undefined) return undefined
    return {
      position: position === undefined ? null : parsePosition(String(position)),
      caughtUpTo: Number(caughtUpTo ?? 0),
    }
  }
  return {
    generation,
    building: building === null ? null : { generation: building, rebuild: rebuild ?? '' },
    lastGeneration: last_generation ?? generation,
    pairs: pairs.map((pair) => {
      const [connection = '', source = ''] = pair.split('|')
      return { connection, source }
    }),
    watermark(generation, shard) {
      // Decoded once for all concurrent callers: each poll needs every shard.
      const known = watermarks.get(generation) ?? new Map<number, Watermark | undefined>()
      watermarks.set(generation, known)
      if (!known.has(shard)) known.set(shard, watermarkOf(watermarkNames(generation, shard)))
      return known.get(shard)
    },
  }
}

/** Makes connection and source known to readers; called before their first row is written. */
export async function addPairs(tables: Tables, feed: Feed, pairs: readonly string[]): Promise<void> {
  await tables.update(feed.table, metaKey(feed), { addToSet: { pairs } })
}

/** Notes that everything up to `position` is written; never goes back. */
export async function moveWatermark(
  tables: Tables,
  feed: Feed,
  at: { readonly generation: number; readonly shard: number },
  position: Position,
): Promise<void> {
  const { position: name } = watermarkNames(at.generation, at.shard)
  const text = positionText(position)
  const forward: Condition = { anyOf: [{ absent: name }, { attribute: name, is: '<', value: text }] }
  await tables.update(feed.table, metaKey(feed), { set: { [name]: text } }, forward)
}

/** Shards noted by one write: its expressions must not have more than 4 KB. */
const NOTED_AT_ONCE = 25

/**
 * Notes that idle shards have no unwritten events before `time`; never goes back. One write notes many shards: a second
 * without news costs as much as one shard would.
 */
export async function moveCaughtUpTo(
  tables: Tables,
  feed: Feed,
  { generation, shards }: { readonly generation: number; readonly shards: readonly number[] },
  time: number,
): Promise<void> {
  const names = shards.map((shard) => watermarkNames(generation, shard).caughtUpTo)
  const note = (some: readonly string[]) =>
    tables.update(
      feed.table,
      metaKey(feed),
      { set: Object.fromEntries(some.map((name) => [name, time])) },
      { allOf: some.map((name) => ({ anyOf: [{ absent: name }, { attribute: name, is: '<', value: time }] })) },
    )
  for (let from = 0; from < names.length; from += NOTED_AT_ONCE) {
    const some = names.slice(from, from + NOTED_AT_ONCE)
    // Another process may have noted a later time of one of them.
    if ((await note(some)) === null && some.length > 1) for (const name of some) await note([name])
  }
}
