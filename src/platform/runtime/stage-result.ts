import type { EntityResult, Place, ResultPlaces } from '../../events/generated/events.ts'
import { readMadeFrom } from '../../events/headers.ts'
import type { LogRecord } from '../kafka/event-log.ts'

/** The entity, event, connection and task that a result is about. */
export type ResultAbout = Pick<
  EntityResult,
  'entity' | 'source' | 'key' | 'connection' | 'eventId' | 'occurredAt' | 'readAt'
> & { readonly taskId: string | null }

/** The outcome at a stage. */
export type ResultEnd = Pick<EntityResult, 'status' | 'code' | 'message' | 'targetId'> &
  Partial<Pick<EntityResult, 'contentId'>>

/** A result with its task; `taskId` is null for pushed entities. */
export interface StageResult {
  readonly taskId: string | null
  readonly result: EntityResult
  /** Places of the events behind it; left out when there is no record. */
  readonly places?: ResultPlaces
}

/** Facts of this event for a result; `connection` null: all connections, or none yet. */
export function aboutEvent<C extends string | null>(
  entity: string,
  event: Omit<ResultAbout, 'entity' | 'connection'>,
  connection: C,
): ResultAbout & { readonly connection: C } {
  const { taskId, source, key, eventId, occurredAt, readAt } = event
  return { taskId, entity, source, key, connection, eventId, occurredAt, readAt }
}

/** Most characters of a message: a system's answer may be a page, and a record holds 500 results. */
const LONGEST_MESSAGE = 10_000

// Names each field instead of spreading: a batch has a thousand results, and spreads would cost more than all the rest.
export function stageResult(about: ResultAbout, end: ResultEnd, places?: ResultPlaces): StageResult {
  const { taskId, entity, source, key, connection, eventId, occurredAt, readAt } = about
  const { status, code, targetId, contentId = null } = end
  const message = end.message?.slice(0, LONGEST_MESSAGE) ?? null
  const result = {
    entity,
    source,
    key,
    connection,
    eventId,
    occurredAt,
    readAt,
    status,
    code,
    message,
    targetId,
    contentId,
  }
  return places === undefined ? { taskId, result } : { taskId, result, places }
}

/** Place of a record. A value that was left out (a parked record too large for its row) counts zero bytes. */
export function placeOf({ topic, partition, offset, value }: LogRecord): Place {
  return { topic, partition, offset: Number(offset), bytes: value?.length ?? 0 }
}

/** Places behind a result of a mapped event. */
export function mappedPlaces(record: LogRecord): ResultPlaces {
  return { source: readMadeFrom(record.headers), mapped: placeOf(record) }
}
