import { canonicalJson } from '../../events/canonical-json.ts'
import { splitKey } from '../../events/entities.ts'
import { forEachBounded } from '../../platform/bounded.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import type { FeedRow } from '../feed-row.ts'
import { type FeedMeta, partitionOf, rowKey, type Shard, toRow } from '../feed-table.ts'
import type { Feed } from '../projection.ts'
import type { Difference, RowDifference } from './rebuild.ts'

const PAGE = 500
const SAMPLES = 20
const LOOKS = 3

interface Pair {
  readonly shard: Omit<Shard, 'generation'>
  readonly live: FeedRow | undefined
  readonly rebuilt: FeedRow | undefined
}

/** Shards compared in parallel. */
const SIDE_BY_SIDE = 4

/**
 * Compares two generations, row by row in key order. A row that seems to differ is read again: the projector may have
 * been between its two writes. Calls `keep` with every page.
 */
export async function compareGenerations(
  { tables, keep }: { readonly tables: Tables; readonly keep: () => Promise<void> },
  feed: Feed,
  meta: FeedMeta,
  rebuilt: number,
  shards: number,
): Promise<Difference> {
  const all = meta.pairs.flatMap(({ connection, source }) =>
    Array.from({ length: shards }, (_, shard) => ({ connection, source, shard })),
  )
  const found = new Map<Omit<Shard, 'generation'>, Difference>()
  await forEachBounded(all, SIDE_BY_SIDE, async (shard) => {
    found.set(shard, await compareShard(tables, feed, shard, [meta.generation, rebuilt], keep))
  })
  // In the order of the shards, whichever finished first.
  return all.map((shard) => found.get(shard) ?? NO_DIFFERENCE).reduce(together, NO_DIFFERENCE)
}

const NO_DIFFERENCE: Difference = {
  rows_live: 0,
  rows_rebuilt: 0,
  only_live: 0,
  only_rebuilt: 0,
  differing: 0,
  fields: {},
  samples: [],
}

function together(one: Difference, other: Difference): Difference {
  const fields: Record<string, number> = { ...one.fields }
  for (const [name, count] of Object.entries(other.fields)) fields[name] = (fields[name] ?? 0) + count
  return {
    rows_live: one.rows_live + other.rows_live,
    rows_rebuilt: one.rows_rebuilt + other.rows_rebuilt,
    only_live: one.only_live + other.only_live,
    only_rebuilt: one.only_rebuilt + other.only_rebuilt,
    differing: one.differing + other.differing,
    fields,
    samples: [...one.samples, ...other.samples].slice(0, SAMPLES),
  }
}

async function compareShard(
  tables: Tables,
  feed: Feed,
  shard: Omit<Shard, 'generation'>,
  [live, rebuilt]: readonly [live: number, rebuilt: number],
  keep: () => Promise<void>,
): Promise<Difference> {
  const found = { rows_live: 0, rows_rebuilt: 0, only_live: 0, only_rebuilt: 0, differing: 0 }
  const fields: Record<string, number> = {}
  const samples: RowDifference[] = []
  let compared = 0
  for await (const pair of pairsOf(tables, feed, shard, live, rebuilt)) {
    if (compared % PAGE === 0) await keep()
    compared += 1
    if (pair.live !== undefined) found.rows_live += 1
    if (pair.rebuilt !== undefined) found.rows_rebuilt += 1
    if (differenceOf(feed, pair) === null) continue
    const again = await lookAgain(tables, feed, pair, live, rebuilt)
    if (again === null) continue
    found[again.kind === 'differs' ? 'differing' : again.kind] += 1
    for (const name of Object.keys(again.fields)) fields[name] = (fields[name] ?? 0) + 1
    if (samples.length < SAMPLES) samples.push(again)
  }
  return { ...found, fields, samples }
}

async function* pairsOf(
  tables: Tables,
  feed: Feed,
  shard: Omit<Shard, 'generation'>,
  live: number,
  rebuilt: number,
): AsyncGenerator<Pair> {
  const [left, right] = [
    rowsOf(tables, feed, { ...shard, generation: live }),
    rowsOf(tables, feed, { ...shard, generation: rebuilt }),
  ]
  let [a, b] = await Promise.all([left.next(), right.next()])
  while (a.done !== true || b.done !== true) {
    const [one, other] = [a.done === true ? undefined : a.value, b.done === true ? undefined : b.value]
    const order =
      one === undefined ? 1 : other === undefined ? -1 : Buffer.compare(Buffer.from(one.key), Buffer.from(other.key))
    yield { shard, live: order <= 0 ? one : undefined, rebuilt: order >= 0 ? other : undefined }
    // Both in parallel: their pages end at about the same rows.
    const next = await Promise.all([order <= 0 ? left.next() : a, order >= 0 ? right.next() : b])
    a = next[0]
    b = next[1]
  }
}

async function* rowsOf(tables: Tables, feed: Feed, shard: Shard): AsyncGenerator<FeedRow, undefined> {
  for (let after: string | undefined; ; ) {
    const range = { partition: partitionOf(shard), limit: PAGE, ...(after === undefined ? {} : { after }) }
    const rows = (await tables.query(feed.table, range)).map((item) => toRow(feed, item))
    yield* rows
    if (rows.length < PAGE) return undefined
    after = rows.at(-1)?.key
  }
}

async function lookAgain(tables: Tables, feed: Feed, pair: Pair, live: number, rebuilt: number) {
  const { shard } = pair
  const key = (pair.live ?? pair.rebuilt)?.key ?? ''
  const get = async (generation: number) => {
    const item = await tables.get(feed.table, rowKey(feed, { ...shard, generation }, key))
    return item === undefined ? undefined : toRow(feed, item)
  }
  let difference = differenceOf(feed, pair)
  for (let look = 1; look <= LOOKS && difference !== null; look += 1) {
    difference = differenceOf(feed, { shard, live: await get(live), rebuilt: await get(rebuilt) })
  }
  return difference
}

/** What a reader sees of a row, by field. */
function visible({ deleted, position, data }: FeedRow): Readonly<Record<string, unknown>> {
  const fields = Object.entries(data).map(([name, value]) => [`data.${name}`, value])
  return { deleted, position, ...Object.fromEntries(fields) }
}

function differenceOf({ key: { parts } }: Feed, { live, rebuilt }: Pair): RowDifference | null {
  const row = live ?? rebuilt
  if (row === undefined) return null
  const { connection, source } = row
  const about = { connection, source, ...splitKey(parts, row.key) }
  if (live === undefined || rebuilt === undefined) {
    return { ...about, kind: live === undefined ? 'only_rebuilt' : 'only_live', fields: {} }
  }
  const [a, b] = [visible(live), visible(rebuilt)]
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  const differing = [...names].filter((name) => canonicalJson(a[name]) !== canonicalJson(b[name]))
  if (differing.length === 0) return null
  const fields = differing.map((name) => [name, { live: a[name] ?? null, rebuilt: b[name] ?? null }])
  return { ...about, kind: 'differs', fields: Object.fromEntries(fields) }
}
