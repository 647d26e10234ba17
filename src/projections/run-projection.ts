import type { Logger } from 'pino'
import { type Entity, entityOf, type UniversalKind } from '../events/topics.ts'
import { forEachBounded } from '../platform/bounded.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { BatchContext, Decoded, Stage } from '../platform/runtime/stage.ts'
import type { StageResult } from '../platform/runtime/stage-result.ts'
import type { StatusReporter } from '../platform/runtime/status-reporter.ts'
import { noteCounts, repairCounts } from './feed-counts.ts'
import {
  addPairs,
  type FeedMeta,
  insertRows,
  moveCaughtUpTo,
  moveWatermark,
  type NewRow,
  readMeta,
  rowKey,
  type Shard,
  toRow,
  type Watermark,
  writeRow,
} from './feed-table.ts'
import { type Folding, foldBatch, rowId } from './fold-batch.ts'
import { insertMissing, MANY } from './insert-missing.ts'
import type { Feed } from './projection.ts'

/** Rows written in parallel. */
const WRITERS = 16
/** A count that needs a repair is rare, and its shard is counted by its rows until then. */
const COUNTS_CHECKED_EVERY_MS = 600_000

export interface FeedStageDeps {
  readonly tables: Tables
  readonly reporter: StatusReporter
  /** How long before an idle fetch a record may have got its append time without being in that fetch. */
  readonly settleMs: number
  readonly logger: Logger
  /** Whether a connection's rows go on from the feed to its shop, so that the feed is not their end. */
  readonly pushes?: (connection: string, entity: Entity) => boolean
}

/**
 * Folds a `universal-*` topic into its feed table. Order of writes: rows, watermark, status; after a crash in between,
 * the redelivery finds the rows written and changes nothing (Guarantees 3, 8). Readers see nothing beyond the
 * watermark, so they never see part of a batch. A generation that is built besides the live one also gets each batch,
 * as soon as it has everything before it: when it becomes live, it is complete (Guarantee 9).
 */
export function feedStage<K extends UniversalKind>(projection: Feed<K>, deps: FeedStageDeps): Stage<K> {
  const { tables, settleMs } = deps
  const knownPairs = new Set<string>()
  /** The generation that was live when partitions were last idle. */
  let live: number | undefined
  /** When the counts of a generation and partition were last checked. */
  const checked = new Map<string, number>()
  return {
    name: projection.name,
    kind: projection.kind,
    topics: [projection.kind],
    async handle(batch, context) {
      const from = batch[0]?.record.offset ?? 0n
      const written = new Map<number, readonly StageResult[]>()
      // Read again after each write: meanwhile a generation may have been joined, or become live.
      for (;;) {
        const meta = await readMeta(tables, projection)
        const generation = nextGeneration(meta, context.partition, from, written)
        if (generation === undefined) break
        // A failure makes one dead letter, not one per generation.
        const own = written.size === 0 ? context : { ...context, deadLetter: async () => undefined }
        const at = { generation, watermark: meta.watermark(generation, context.partition) }
        written.set(generation, await writeGeneration(projection, batch, own, at, knownPairs, deps))
      }
      const [results = []] = written.values()
      const isPushed = ({ result }: StageResult) =>
        deps.pushes?.(result.connection ?? '', entityOf(projection.kind)) ?? false
      const reported = results.map((one) => withPush(one, isPushed(one)))
      await deps.reporter.report(projection.name, context.partition, reported)
    },
    async onIdle(partitions, _topic, asOf) {
      const { generation } = await readMeta(tables, projection)
      live = generation
      await moveCaughtUpTo(tables, projection, { generation, shards: partitions }, asOf - settleMs)
    },
    async onIdleAlone(partition, _topic, asOf) {
      const name = `${live}#${partition}`
      if (asOf - (checked.get(name) ?? Number.NEGATIVE_INFINITY) < COUNTS_CHECKED_EVERY_MS) return
      await repairCounts(tables, projection, await readMeta(tables, projection), partition)
      checked.set(name, asOf)
    },
  }
}

/** A pushed row ends at the shop, not in the feed. */
function withPush(one: StageResult, pushed: boolean): StageResult {
  const { result } = one
  return pushed && result.status === 'succeeded' ? { ...one, result: { ...result, status: 'processing' } } : one
}

/** A generation that still needs the batch: the live one, or one that has everything before the batch. */
function nextGeneration(
  meta: FeedMeta,
  shard: number,
  from: bigint,
  written: ReadonlyMap<number, unknown>,
): number | undefined {
  if (!written.has(meta.generation)) return meta.generation
  const building = meta.building?.generation
  if (building === undefined || written.has(building)) return undefined
  const reached = meta.watermark(building, shard)?.position?.offset ?? -1n
  return from <= reached + 1n ? building : undefined
}

/** Writes the rows of one generation, then its watermark. */
export async function writeGeneration<K extends UniversalKind>(
  projection: Feed<K>,
  batch: readonly Decoded<K>[],
  context: BatchContext,
  { generation, watermark }: { readonly generation: number; readonly watermark: Watermark | undefined },
  knownPairs: Set<string>,
  deps: Pick<FeedStageDeps, 'tables' | 'logger'>,
): Promise<readonly StageResult[]> {
  const { tables } = deps
  const at = { generation, shard: context.partition }
  const rows = await readRows(deps, projection, batch, at)
  const folded = await foldBatch(projection, batch, context, rows, watermark)
  const changed = [...rows.values()].filter((row) => row.after !== row.before)
  await makeKnown(deps, projection, changed, knownPairs, context)
  const { rest, raced } = await insertNew(deps, projection, changed, context)
  await forEachBounded(rest, WRITERS, async ({ shard, row }) => {
    context.assertOwned()
    const written = await writeRow(tables, projection, shard, row)
    if (!written) deps.logger.debug({ stage: projection.name, eventId: row.event_id }, 'the table has a newer row')
  })
  context.assertOwned()
  const counted = { rows: [...rows.values()], raced, watermark }
  if (folded.position !== null) await noteCounts(tables, projection, { ...counted, position: folded.position })
  if (folded.position !== null) await moveWatermark(tables, projection, at, folded.position)
  return folded.results
}

/**
 * Inserts the rows that did not exist when they were read. Returns those to write conditionally: existing rows, and rows
 * that appeared meanwhile (`raced`), which may be newer (Guarantee 4).
 */
async function insertNew(
  deps: Pick<FeedStageDeps, 'tables'>,
  feed: Feed,
  changed: readonly Folding[],
  context: BatchContext,
): Promise<{ readonly rest: readonly NewRow[]; readonly raced: readonly NewRow[] }> {
  const rows = changed.flatMap(({ shard, before, after }) =>
    after === undefined ? [] : [{ shard, before, row: after }],
  )
  const missing = {
    rowOf: (one: (typeof rows)[number]) => (one.before === undefined ? one : undefined),
    insert: (part: readonly NewRow[]) => insertRows(deps.tables, feed, part),
    atOnce: MANY,
  }
  const rest = await insertMissing<(typeof rows)[number], NewRow>(rows, missing, context)
  return { rest, raced: rest.filter(({ before }) => before === undefined) }
}

async function readRows<K extends UniversalKind>(
  deps: Pick<FeedStageDeps, 'tables'>,
  projection: Feed<K>,
  batch: readonly Decoded<K>[],
  at: { readonly generation: number; readonly shard: number },
): Promise<Map<string, Folding>> {
  const shards = new Map<string, { shard: Shard; key: string }>()
  for (const { event } of batch) {
    const { connection, source, key } = event
    shards.set(rowId(event), { shard: { ...at, connection, source }, key })
  }
  const items = await deps.tables.getMany(
    projection.table,
    [...shards.values()].map(({ shard, key }) => rowKey(projection, shard, key)),
  )
  const stored = new Map(items.map((item) => toRow(projection, item)).map((row) => [rowId(row), row]))
  return new Map(
    [...shards].map(([id, { shard }]) => {
      const row = stored.get(id)
      return [id, { shard, before: row, after: row }]
    }),
  )
}

async function makeKnown(
  deps: Pick<FeedStageDeps, 'tables'>,
  feed: Feed,
  changed: readonly Folding[],
  known: Set<string>,
  context: BatchContext,
): Promise<void> {
  const pairs = new Set(changed.map(({ shard }) => `${shard.connection}|${shard.source}`))
  const missing = [...pairs].filter((pair) => !known.has(pair))
  if (missing.length === 0) return
  context.assertOwned()
  await addPairs(deps.tables, feed, missing)
  for (const pair of missing) known.add(pair)
}
