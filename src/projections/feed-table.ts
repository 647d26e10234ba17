import { StreamError } from '../errors.ts'
import type { Condition, Item, Key, TableDefinition, Tables } from '../platform/dynamodb/tables.ts'
import { parsePosition, positionText } from './feed-row.ts'
import type { FeedRow, Position } from './projection.ts'

/** Local index of a feed table, on the position: read consistently, which a global index is not. */
export const BY_POSITION = 'by-position'

/** Partition and sort key of the meta item. Row partitions hold `#`, so none is called so. */
export const META: Key = { pk: 'meta', sku: 'meta' }

/** DynamoDB takes 400 kB; what surrounds the data fits into the rest. */
const MAX_DATA_BYTES = 380_000

/** A shard of a feed: the rows of a connection and source that come from one partition of the topic. */
export interface Shard {
  readonly generation: number
  readonly connection: string
  readonly source: string
  readonly shard: number
}

/** How far a shard was projected. */
export interface Watermark {
  /** Everything up to it is written. Null: nothing was yet. */
  readonly position: Position | null
  /** Milliseconds: what is appended from now on lies at or after it. */
  readonly caughtUpTo: number
}

/** The one item that says what readers may see, as it was at one moment. */
export interface FeedMeta {
  /** The live one. */
  readonly generation: number
  /** One that is made beside the live one, and the rebuild that makes it. */
  readonly building: { readonly generation: number; readonly rebuild: string } | null
  /** The highest there ever was: none is made twice. */
  readonly lastGeneration: number
  /** Connections and sources that have, or are about to have, rows. */
  readonly pairs: readonly { readonly connection: string; readonly source: string }[]
  /** Undefined: the shard was never projected in this generation. */
  watermark(generation: number, shard: number): Watermark | undefined
}

export function feedTable(name: string): TableDefinition {
  return {
    name,
    partitionKey: 'pk',
    sortKey: 'sku',
    localIndexes: [{ name: BY_POSITION, sortKey: 'position' }],
  }
}

export function partitionOf(shard: Shard): string {
  return `${shard.generation}#${shard.connection}#${shard.source}#${shard.shard}`
}

export function rowKey(shard: Shard, sku: string): Key {
  return { pk: partitionOf(shard), sku }
}

export function toRow(item: Item): FeedRow {
  const { pk: _, ...row } = item
  return row as unknown as FeedRow
}

/** Throws `value_too_large` when the row can't be stored. */
export function assertFits(row: FeedRow): void {
  const bytes = Buffer.byteLength(JSON.stringify(row.data))
  if (bytes <= MAX_DATA_BYTES) return
  const message = `data: ${bytes} bytes do not fit into a feed row, which holds ${MAX_DATA_BYTES}; map fewer or shorter attributes`
  throw new StreamError('value_too_large', message, { field: 'data' })
}

/** Guarantee 4: false when the table has a newer state of the row already, written by another projector. */
export async function writeRow(tables: Tables, table: string, shard: Shard, row: FeedRow): Promise<boolean> {
  const accepts: Condition = {
    anyOf: [
      { absent: 'pk' },
      { attribute: 'rank', is: '<', value: row.rank },
      {
        allOf: [
          { attribute: 'rank', is: '=', value: row.rank },
          { attribute: 'position', is: '<=', value: row.position },
        ],
      },
    ],
  }
  return await tables.put(table, { ...rowKey(shard, row.sku), ...row }, accepts)
}

/** Attributes of the meta item that hold a shard's watermark. */
export const watermarkNames = (generation: number, shard: number) => ({
  position: `g${generation}_s${shard}_position`,
  caughtUpTo: `g${generation}_s${shard}_caught_up_to`,
})

export async function readMeta(tables: Tables, table: string): Promise<FeedMeta> {
  const item = (await tables.get(table, META)) ?? {}
  const generation = Number(item['generation'] ?? 1)
  const building = item['building'] === undefined ? null : Number(item['building'])
  return {
    generation,
    building: building === null ? null : { generation: building, rebuild: String(item['rebuild']) },
    lastGeneration: Number(item['last_generation'] ?? generation),
    pairs: ((item['pairs'] ?? []) as readonly string[]).map((pair) => {
      const [connection = '', source = ''] = pair.split('|')
      return { connection, source }
    }),
    watermark(generation, shard) {
      const name = watermarkNames(generation, shard)
      const [position, caughtUpTo] = [item[name.position], item[name.caughtUpTo]]
      if (position === undefined && caughtUpTo === undefined) return undefined
      return {
        position: position === undefined ? null : parsePosition(String(position)),
        caughtUpTo: Number(caughtUpTo ?? 0),
      }
    },
  }
}

/** Makes connection and source known to readers; called before their first row is written. */
export async function addPairs(tables: Tables, table: string, pairs: readonly string[]): Promise<void> {
  await tables.update(table, META, { addToSet: { pairs } })
}

/** Says that everything up to `position` is written; never goes back. */
export async function moveWatermark(
  tables: Tables,
  table: string,
  at: { readonly generation: number; readonly shard: number },
  position: Position,
): Promise<void> {
  const { position: name } = watermarkNames(at.generation, at.shard)
  const text = positionText(position)
  const forward: Condition = { anyOf: [{ absent: name }, { attribute: name, is: '<', value: text }] }
  await tables.update(table, META, { set: { [name]: text } }, forward)
}

/** Says that an idle shard has nothing before `time` that is not written; never goes back. */
export async function moveCaughtUpTo(
  tables: Tables,
  table: string,
  at: { readonly generation: number; readonly shard: number },
  time: number,
): Promise<void> {
  const { caughtUpTo: name } = watermarkNames(at.generation, at.shard)
  const forward: Condition = { anyOf: [{ absent: name }, { attribute: name, is: '<', value: time }] }
  await tables.update(table, META, { set: { [name]: time } }, forward)
}
