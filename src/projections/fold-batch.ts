import { type StreamError, toStreamError } from '../errors.ts'
import type { EntityResult } from '../events/generated/events.ts'
import { entityOf, type UniversalKind } from '../events/topics.ts'
import { mappedPlaces } from '../platform/runtime/result-places.ts'
import type { BatchContext, Decoded } from '../platform/runtime/stage.ts'
import type { StageResult } from '../platform/runtime/status-reporter.ts'
import { type FeedRow, type Position, rankOf } from './feed-row.ts'
import { assertFits, type Shard, type Watermark } from './feed-table.ts'
import type { Feed } from './projection.ts'

/** A row as it was read and as it is after the events so far. */
export interface Folding {
  readonly shard: Shard
  readonly before: FeedRow | undefined
  after: FeedRow | undefined
}

/** Tells the rows of a batch apart. */
export function rowId(event: { readonly connection: string; readonly source: string; readonly key: string }): string {
  return JSON.stringify([event.connection, event.source, event.key])
}

/** Every event in order, in memory; an event that can't be a row is dead-lettered and the others go on (Guarantee 5). */
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
    if (row === undefined) throw new Error('every event of the batch has its row')
    const fresh = position === null || record.offset > position.offset
    if (fresh) position = { time: Math.max(position?.time ?? 0, record.timestamp), offset: record.offset }
    const visible = row.after === undefined || rankOf(event) >= row.after.rank
    const failure = visible && position !== null ? apply(projection, row, event, position, fresh) : undefined
    if (fresh && failure !== undefined) {
      context.assertOwned()
      await context.deadLetter(record, failure, aboutOf(event, record.timestamp))
    }
    const result = resultOf(entityOf(projection.kind), event, visible, failure)
    results.push({ taskId: event.taskId, result, places: mappedPlaces(record) })
  }
  return { position, results }
}

/** Why the event can't be a row. One at or before the watermark was applied, or dead-lettered, before: it is only judged. */
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

type FeedEvent = Decoded<UniversalKind>['event']

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
