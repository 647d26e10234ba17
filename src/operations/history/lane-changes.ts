import { isoTime } from '../../events/times.ts'
import type { TopicEvents, UniversalKind } from '../../events/topics.ts'
import type { LogRecord } from '../../platform/kafka/event-log.ts'
import type { FeedRow } from '../../projections/feed-row.ts'
import type { Feed } from '../../projections/projection.ts'
import type { FieldChange } from '../field-change.ts'
import { fieldChanges } from './field-changes.ts'

/** A record of a feed's topic and its event. */
export interface RowEvent {
  readonly record: LogRecord
  readonly event: TopicEvents[UniversalKind]
}

/** A change of a row of a feed. */
export interface RowChange {
  readonly feed: string
  readonly source: string
  /** When it was appended to the feed's topic. */
  readonly at: string
  /** The source's own time of the change; null: the source has none. */
  readonly occurred_at: string | null
  readonly read_at: string
  /** The run that read it; null: it was pushed. */
  readonly task: string | null
  readonly event_id: string
  /** Revision of the connection's mapping that produced it. */
  readonly mapping_revision: number
  readonly partition: number
  readonly offset: string
  /** There was no row before it. */
  readonly first: boolean
  readonly deleted: boolean
  /** The row after it. */
  readonly data: FeedRow['data']
  /**
   * Changed fields. Null: the search did not reach the row before; the next page returns this change again when it
   * does. Empty: the row had the same content before.
   */
  readonly changes: readonly FieldChange[] | null
}

/** How a row is shown to its readers. */
export type ShowRow = (row: FeedRow) => FeedRow

/**
 * Folds the events of one row, oldest first, as the feed does (Guarantee 4), and returns the change of each, as readers
 * see it. Skips events that changed nothing. `isWhole`: no event comes before the first.
 */
export function laneChanges(
  { feed, show }: { readonly feed: Feed; readonly show: ShowRow },
  events: readonly RowEvent[],
  isWhole: boolean,
): readonly RowChange[] {
  const changes: RowChange[] = []
  let row: FeedRow | undefined
  for (const one of events) {
    const { record, event } = one
    const after = rowAfter(feed, row, one)
    if (after === undefined || after.digest === row?.digest) continue
    const [old, now] = [row === undefined ? undefined : show(row), show(after)]
    const changed = old !== undefined || isWhole ? fieldChanges(contentOf(old), contentOf(now)) : null
    row = after
    if (old !== undefined && changed?.length === 0) continue
    changes.push({
      feed: feed.entity,
      source: event.source,
      at: isoTime(record.timestamp),
      occurred_at: isoTime(event.occurredAt),
      read_at: isoTime(event.readAt),
      task: event.taskId,
      event_id: event.eventId,
      mapping_revision: event.mappingRevision,
      partition: record.partition,
      offset: String(record.offset),
      first: old === undefined && isWhole,
      deleted: now.deleted,
      data: now.data,
      changes: changed,
    })
  }
  return changes
}

/** Undefined: the event cannot become a row, and is a dead letter. */
function rowAfter(feed: Feed, row: FeedRow | undefined, { record, event }: RowEvent): FeedRow | undefined {
  try {
    return feed.evolve(row, event, { time: record.timestamp, offset: record.offset })
  } catch {
    return undefined
  }
}

/** A missing row counts as not deleted, so that creating a row is not shown as a change of `deleted`. */
function contentOf(row: FeedRow | undefined): Readonly<Record<string, unknown>> {
  return { deleted: row?.deleted ?? false, ...row?.data }
}
