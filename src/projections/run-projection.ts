import type { Logger } from 'pino'
import { type StreamError, toStreamError } from '../errors.ts'
import type { EntityResult } from '../events/generated/events.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { BatchContext, Decoded, Stage } from '../platform/runtime/stage.ts'
import type { StageResult, StatusReporter } from '../platform/runtime/status-reporter.ts'
import { forEachBounded } from './bounded.ts'
import { rankOf } from './feed-row.ts'
import {
  addPairs,
  assertFits,
  moveCaughtUpTo,
  moveWatermark,
  readMeta,
  rowKey,
  type Shard,
  toRow,
  type Watermark,
  writeRow,
} from './feed-table.ts'
import type { FeedProjection, FeedRow, Position } from './projection.ts'

type FeedKind = 'universal-products' | 'universal-inventory' | 'universal-images'

export interface FeedStageDeps {
  readonly tables: Tables
  readonly reporter: StatusReporter
  /** How long before an idle fetch a record may have been given its append time without having been in the fetch. */
  readonly settleMs: number
  readonly logger: Logger
  /** The generation that is written; the first by default. */
  readonly generation?: number
}

/** Rows written at once. */
const WRITERS = 16

const entityOf: Readonly<Record<FeedKind, string>> = {
  'universal-products': 'products',
  'universal-inventory': 'inventory',
  'universal-images': 'images',
}

/** A row as it was read and as it is after the events so far. */
interface Folding {
  readonly shard: Shard
  readonly before: FeedRow | undefined
  after: FeedRow | undefined
}

/**
 * Folds a `universal-*` topic into its feed table. In this order: rows, watermark, status; a crash between any two is
 * mended by the redelivery, which finds rows as they are and changes nothing (Guarantees 3, 8). Readers see nothing
 * beyond the watermark, so they never see a part of a batch.
 */
export function feedStage<K extends FeedKind>(projection: FeedProjection<K>, deps: FeedStageDeps): Stage<K> {
  const { tables, settleMs, generation = 1 } = deps
  const { table } = projection
  const knownPairs = new Set<string>()
  return {
    name: projection.name,
    kind: projection.kind,
    topics: [projection.kind],
    async handle(batch, context) {
      const at = { generation, shard: context.partition }
      const watermark = (await readMeta(tables, table)).watermark(generation, context.partition)
      const rows = await readRows(deps, projection, batch, at)
      const folded = await fold(projection, batch, context, rows, watermark)
      const changed = [...rows.values()].filter((row) => row.after !== row.before)
      await makeKnown(deps, table, changed, knownPairs, context)
      await forEachBounded(changed, WRITERS, async ({ shard, after }) => {
        if (after === undefined) return
        context.assertOwned()
        const written = await writeRow(tables, table, shard, after)
        if (!written) deps.logger.debug({ stage: projection.name, eventId: after.event_id }, 'a newer row is there')
      })
      context.assertOwned()
      if (folded.position !== null) await moveWatermark(tables, table, at, folded.position)
      await deps.reporter.report(projection.name, context.partition, folded.results)
    },
    async onIdle(partition, _topic, asOf) {
      await moveCaughtUpTo(tables, table, { generation, shard: partition }, asOf - settleMs)
    },
  }
}

async function readRows<K extends FeedKind>(
  deps: FeedStageDeps,
  projection: FeedProjection<K>,
  batch: readonly Decoded<K>[],
  at: { readonly generation: number; readonly shard: number },
): Promise<Map<string, Folding>> {
  const shards = new Map<string, { shard: Shard; sku: string }>()
  for (const { event } of batch) {
    const { connection, source, key } = event
    shards.set(rowId(event), { shard: { ...at, connection, source }, sku: key })
  }
  const items = await deps.tables.getMany(
    projection.table,
    [...shards.values()].map(({ shard, sku }) => rowKey(shard, sku)),
  )
  const stored = new Map(items.map((item) => [JSON.stringify([item['connection'], item['source'], item['sku']]), item]))
  return new Map(
    [...shards].map(([id, { shard }]) => {
      const item = stored.get(id)
      const row = item === undefined ? undefined : toRow(item)
      return [id, { shard, before: row, after: row }]
    }),
  )
}

function rowId(event: { readonly connection: string; readonly source: string; readonly key: string }): string {
  return JSON.stringify([event.connection, event.source, event.key])
}

/** Every event in order, in memory; an event that can't be a row is dead-lettered and the others go on (Guarantee 5). */
async function fold<K extends FeedKind>(
  projection: FeedProjection<K>,
  batch: readonly Decoded<K>[],
  context: BatchContext,
  rows: ReadonlyMap<string, Folding>,
  watermark: Watermark | undefined,
) {
  let position = watermark?.position ?? null
  const results: StageResult[] = []
  for (const { record, event } of batch) {
    const row = rows.get(rowId(event))
    if (row === undefined) throw new Error('every event of the batch has its row')
    const fresh = position === null || record.offset > position.offset
    if (fresh) position = { time: Math.max(position?.time ?? 0, record.timestamp), offset: record.offset }
    const visible = row.after === undefined || rankOf(event) >= row.after.rank
    const failure = visible && position !== null ? apply(projection, row, event, position, fresh) : undefined
    if (fresh && failure !== undefined) {
      context.assertOwned()
      await context.deadLetter(record, failure, aboutOf(event, record.timestamp))
    }
    results.push({ taskId: event.taskId, result: resultOf(entityOf[projection.kind], event, visible, failure) })
  }
  return { position, results }
}

/** Why the event can't be a row. One at or before the watermark was applied, or dead-lettered, before: it is only judged. */
function apply<K extends FeedKind>(
  projection: FeedProjection<K>,
  row: Folding,
  event: Decoded<K>['event'],
  position: Position,
  fresh: boolean,
): StreamError | undefined {
  try {
    const after = projection.evolve(row.after, event, position)
    assertFits(after)
    if (fresh) row.after = after
    return undefined
  } catch (error) {
    return toStreamError(error)
  }
}

type FeedEvent = Decoded<FeedKind>['event']

function aboutOf(event: FeedEvent, firstAt: number) {
  const { connection, key, taskId, eventId } = event
  return { connection, key, taskId, eventId, attempts: 1, firstAt }
}

function resultOf(entity: string, event: FeedEvent, visible: boolean, failure?: StreamError): EntityResult {
  const { source, key, connection, eventId, occurredAt, readAt } = event
  const head = { entity, source, key, connection, eventId, occurredAt, readAt, targetId: null }
  if (failure !== undefined) return { ...head, status: 'failed', code: failure.code, message: failure.message }
  if (visible) return { ...head, status: 'succeeded', code: null, message: null }
  return { ...head, status: 'superseded', code: null, message: 'a newer version came first' }
}

async function makeKnown(
  deps: FeedStageDeps,
  table: string,
  changed: readonly Folding[],
  known: Set<string>,
  context: BatchContext,
): Promise<void> {
  const pairs = new Set(changed.map(({ shard }) => `${shard.connection}|${shard.source}`))
  const missing = [...pairs].filter((pair) => !known.has(pair))
  if (missing.length === 0) return
  context.assertOwned()
  await addPairs(deps.tables, table, missing)
  for (const pair of missing) known.add(pair)
}
