import type { EntityResult, Place, ResultPlaces } from '../../events/generated/events.ts'
import { readMadeFrom } from '../../events/headers.ts'
import type { LogRecord } from '../kafka/event-log.ts'

/** The entity, event, connection and task that a result is about. */
export type ResultAbout = Pick<
  EntityResult,
  'entity' | 'source' | 'key' | 'connection' | 'eventId' | 'occurredAt' | 'readAt'
> & { readonly taskId: string | null }

/** How it ended at a stage. */
export type ResultEnd = Pick<EntityResult, 'status' | 'code' | 'message' | 'targetId'>

/** A result with the task it belongs to; null for pushed entities. */
export interface StageResult {
  readonly taskId: string | null
  readonly result: EntityResult
  /** Where the events behind it are kept; left out where no record is. */
  readonly places?: ResultPlaces
}

/** What a result of this event is about; `connection` null: all of them, or none yet. */
export function aboutEvent<C extends string | null>(
  entity: string,
  event: Omit<ResultAbout, 'entity' | 'connection'>,
  connection: C,
): ResultAbout & { readonly connection: C } {
  const { taskId, source, key, eventId, occurredAt, readAt } = event
  return { taskId, entity, source, key, connection, eventId, occurredAt, readAt }
}

/** Characters of a message: a system's answer may be a page, and a record holds 500 results. */
const LONGEST_MESSAGE = 10_000

// Each field by its name: a batch has a thousand of them, and spreads cost more than all the rest.
export function stageResult(about: ResultAbout, end: ResultEnd, places?: ResultPlaces): StageResult {
  const { taskId, entity, source, key, connection, eventId, occurredAt, readAt } = about
  const { status, code, targetId } = end
  const message = end.message?.slice(0, LONGEST_MESSAGE) ?? null
  const result = { entity, source, key, connection, eventId, occurredAt, readAt, status, code, message, targetId }
  return places === undefined ? { taskId, result } : { taskId, result, places }
}

/** Where a record is. A value that was left out (a parked record too large for its row) counts no bytes. */
export function placeOf({ topic, partition, offset, value }: LogRecord): Place {
  return { topic, partition, offset: Number(offset), bytes: value?.length ?? 0 }
}

/** Places behind a result that is of a mapped event. */
export function mappedPlaces(record: LogRecord): ResultPlaces {
  return { source: readMadeFrom(record.headers), mapped: placeOf(record) }
}
