import { type StreamError, toStreamError } from '../errors.ts'
import { entityOf, type UniversalKind } from '../events/topics.ts'
import type { BatchContext, Decoded } from '../platform/runtime/stage.ts'
import {
  aboutEvent,
  mappedPlaces,
  type ResultEnd,
  type StageResult,
  stageResult,
} from '../platform/runtime/stage-result.ts'
import type { FeedRow, Position } from './feed-row.ts'
import { assertFits, type Shard, type Watermark } from './feed-table.ts'
import type { Feed } from './projection.ts'

/** A row as it was read, and as it is after the events so far. */
export interface Folding {
  readonly shard: Shard
  readonly before: FeedRow | undefined
  after: FeedRow | undefined
}

/** Identifies a row within a batch. */
export function rowId(event: { readonly connection: string; readonly source: string; readonly key: string }): string {
  return JSON.stringify([event.connection, event.source, event.key])
}

/**
 * Folds every event in order, in memory; an event that can't become a row is dead-lettered and the others continue
 * (Guarantee 5).
 */
export async function foldBatch<K extends UniversalKind>(
  projection: Feed<K>,
  batch: readonly Decoded<K>[],
  context: BatchContext,
  rows: ReadonlyMap<string, Folding>,
  watermark: Watermark | undefined,
) {
  let position = watermark?.position ?? null
  const results: StageResult[] = []
  for (const { record, event } of batch) {
    const row = rows.get(rowId(event))
    if (row === undefined) throw new Error('an event of the batch has no row')
    const fresh = position === null || record.offset > position.offset
    if (fresh) position = { time: Math.max(position?.time ?? 0, record.timestamp), offset: record.offset }
    const visible = row.after === undefined || projection.accepts(row.after, event)
    const failure = visible && position !== null ? apply(projection, row, event, position, fresh) : undefined
    if (fresh && failure !== undefined) {
      context.assertOwned()
      const { connection, key, taskId, eventId } = event
      const about = { connection, key, taskId, eventId, attempts: 1, firstAt: record.timestamp }
      await context.deadLetter(record, failure, about)
    }
    const about = aboutEvent(entityOf(projection.kind), event, event.connection)
    results.push(stageResult(about, foldEnd(visible, failure), mappedPlaces(record)))
  }
  return { position, results }
}

/**
 * Why the event can't become a row. An event at or before the watermark was applied or dead-lettered before: it is only
 * checked.
 */
function apply<K extends UniversalKind>(
  projection: Feed<K>,
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

function foldEnd(visible: boolean, failure: StreamError | undefined): ResultEnd {
  if (failure !== undefined) {
    return { status: 'failed', code: failure.code, message: failure.message, targetId: null }
  }
  if (visible) return { status: 'succeeded', code: null, message: null, targetId: null }
  return { status: 'superseded', code: null, message: 'a newer version came first', targetId: null }
}
