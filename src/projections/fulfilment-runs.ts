import type { ShopFulfilmentRequested } from '../events/generated/events.ts'
import { digest } from '../events/identity.ts'
import { forEachBounded } from '../platform/bounded.ts'
import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import { list, map, number, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { BatchContext, Decoded } from '../platform/runtime/stage.ts'
import { OUTGOING_EVENTS } from './tables.ts'

/** Consecutive records of a fulfilment with equal content. */
interface Run {
  /** Offset of its first record. */
  readonly from: number
  readonly digest: string
  /** Of this run alone: content that comes back after another has a new one. */
  readonly id: string
}

/**
 * The latest contents of one fulfilment that a shop was sent. Its records are in one partition, so they are folded in
 * order.
 */
interface FulfilmentRuns {
  /** Partition of the fulfilments of a connection; other owners are events and lanes. */
  readonly owner: string
  readonly place: string
  /** In order. The first one began before the last batch, unless the fulfilment was new. */
  readonly runs: readonly Run[]
  /** Offset of the last record. */
  readonly reached: number
  /** Seconds: when the row may be removed. */
  readonly expires: number
}

export const fulfilmentRuns = rowType<FulfilmentRuns>(OUTGOING_EVENTS, ['owner', 'place'], {
  owner: text,
  place: text,
  runs: list(map<Run>({ from: number, digest: text, id: text })),
  reached: number,
  expires: number,
})

const OWNER = 'fulfilments#'
/** Rows written in parallel. */
const WRITERS = 16

/** Whether a row of the table is of this type. */
export function isFulfilmentRuns(item: Readonly<Record<string, unknown>>): boolean {
  return String(item['owner']).startsWith(OWNER)
}

type Fulfilment = Decoded<'shop-fulfilments'>

const keyOf = (shop: string, { connection, source, key }: ShopFulfilmentRequested) => ({
  owner: `${OWNER}${connection}`,
  place: digest(shop, source, key),
})

/**
 * Ids of the contents that begin with a record of the batch; a record that repeats the content before it has none. The
 * same records give the same ids, also when a batch comes again in part (Guarantee 3).
 */
export async function beginningRuns(
  tables: Tables,
  shop: string,
  batch: readonly Fulfilment[],
  context: BatchContext,
): Promise<ReadonlyMap<Fulfilment, string>> {
  const groups = [...Map.groupBy(batch, ({ event }) => JSON.stringify(keyOf(shop, event))).entries()]
  const rows = rowsOf(tables, fulfilmentRuns)
  const found = await rows.getMany(groups.map(([name]) => JSON.parse(name)))
  const known = new Map(found.map(({ owner, place, runs }) => [JSON.stringify({ owner, place }), runs]))
  const ids = new Map<Fulfilment, string>()
  await forEachBounded(groups, WRITERS, async ([name, own]) => {
    const { runs, begun } = withRecords(known.get(name) ?? [], own)
    for (const [record, id] of begun) ids.set(record, id)
    const last = own.at(-1)?.record
    if (begun.size === 0 || last === undefined) return
    const reached = Number(last.offset)
    const expires = expiresAfter(last.timestamp, keptDays.orderSteps)
    context.assertOwned()
    // Guarantee 4: a process that lost the partition does not take the row back.
    const isNewer = { anyOf: [{ absent: 'reached' }, { attribute: 'reached', is: '<=', value: reached }] } as const
    await rows.put({ ...JSON.parse(name), runs, reached, expires }, isNewer)
  })
  return ids
}

function withRecords(known: readonly Run[], records: readonly Fulfilment[]) {
  const begun = new Map<Fulfilment, string>()
  let runs = [...known]
  for (const one of records) {
    const { contentDigest, eventId } = one.event
    const from = Number(one.record.offset)
    const current = runs.findLast((run) => run.from <= from)
    if (current !== undefined && (current.from === from || current.digest === contentDigest)) {
      if (current.from === from) begun.set(one, current.id)
      continue
    }
    const run: Run = { from, digest: contentDigest, id: digest(contentDigest, eventId, String(from)) }
    runs = [...runs, run].toSorted((a, b) => a.from - b.from)
    begun.set(one, run.id)
  }
  const first = Number(records[0]?.record.offset ?? 0)
  const before = runs.findLastIndex((run) => run.from < first)
  return { runs: runs.slice(Math.max(0, before)), begun }
}
