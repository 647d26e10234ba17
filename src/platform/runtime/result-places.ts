import type { Place, ResultPlaces } from '../../events/generated/events.ts'
import { readMadeFrom } from '../../events/headers.ts'
import type { LogRecord } from '../kafka/event-log.ts'

/** Where a record is. A value that was left out (a parked record too large for its row) counts no bytes. */
export function placeOf({ topic, partition, offset, value }: LogRecord): Place {
  return { topic, partition, offset: Number(offset), bytes: value?.length ?? 0 }
}

/** Places behind a result that is of a mapped event. */
export function mappedPlaces(record: LogRecord): ResultPlaces {
  return { source: readMadeFrom(record.headers), mapped: placeOf(record) }
}
