import { StreamError, toStreamError } from '../errors.ts'
import type { EntityResult } from '../events/generated/events.ts'
import { isPossibleTime } from '../events/times.ts'
import { entities } from '../events/topics.ts'
import type { LogRecord } from '../platform/kafka/event-log.ts'
import type { BatchContext, Decoded } from '../platform/runtime/stage.ts'
import { entityStatuses } from './entity-row.ts'

/**
 * Bytes of key, source and connection together: rows store them in one key with a status and a time, of at most 1,024
 * bytes.
 */
const LONGEST_NAMES = 900
/** Characters of an id or a code. */
const LONGEST_TEXT = 1_000
/** Characters of a message: a row has it in full. */
const LONGEST_MESSAGE = 10_000

/** A result with the record that it came in. */
export interface ResultOfRecord {
  readonly record: LogRecord
  readonly taskId: string | null
  readonly result: EntityResult
}

/** Dead-letters the result if writing its row fails because of the result, for example because it is too large. */
export async function orDeadLetter(one: ResultOfRecord, context: BatchContext, work: () => Promise<void>) {
  try {
    await work()
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy !== 'dead-letter') throw error
    await deadLetter(one, error, context)
  }
}

async function deadLetter({ record, taskId, result }: ResultOfRecord, error: StreamError, context: BatchContext) {
  const { connection } = result
  const [key, eventId] = [result.key.slice(0, LONGEST_TEXT), result.eventId.slice(0, LONGEST_TEXT)]
  context.assertOwned()
  await context.deadLetter(record, error, {
    connection,
    key,
    taskId,
    eventId,
    attempts: 1,
    firstAt: record.timestamp,
  })
}

interface Unsound {
  readonly index: number
  readonly result: EntityResult
  readonly error: StreamError
}

/**
 * The batch without results that no row can hold: a record has up to 500, and a bad one must not take the others with
 * it (Guarantee 5). Bad ones are dead-lettered, one dead letter per record and connection. A record with an impossible
 * time counts from its append time.
 */
export async function soundResults(
  batch: readonly Decoded<'sync-status'>[],
  context: BatchContext,
): Promise<readonly Decoded<'sync-status'>[]> {
  return await Promise.all(batch.map((one) => soundRecord(one, context)))
}

async function soundRecord(one: Decoded<'sync-status'>, context: BatchContext): Promise<Decoded<'sync-status'>> {
  const { record, event } = one
  const unsound = event.results.flatMap((result, index): Unsound[] => {
    const error = whyUnsound(result, index)
    return error === undefined ? [] : [{ index, result, error }]
  })
  const at = isPossibleTime(event.at) ? event.at : record.timestamp
  const long = event.results.some(({ message }) => (message?.length ?? 0) > LONGEST_MESSAGE)
  if (unsound.length === 0 && at === event.at && !long) return one
  for (const ofOne of Map.groupBy(unsound, ({ result }) => result.connection).values()) {
    await reportUnsound(one, ofOne, context)
  }
  const wrong = new Set(unsound.map(({ index }) => index))
  const isSound = (_: unknown, index: number) => !wrong.has(index)
  const results = event.results.filter(isSound).map(withShortMessage)
  return { record, event: { ...event, at, results, places: event.places.filter(isSound) } }
}

function withShortMessage(result: EntityResult): EntityResult {
  const { message } = result
  if (message === null || message.length <= LONGEST_MESSAGE) return result
  return { ...result, message: message.slice(0, LONGEST_MESSAGE) }
}

async function reportUnsound(
  { record, event: { taskId } }: Decoded<'sync-status'>,
  [first, ...more]: readonly Unsound[],
  context: BatchContext,
): Promise<void> {
  if (first === undefined) return
  const { code, message, field } = first.error
  const others = more.length === 0 ? '' : `; other invalid results of this record: ${more.length}`
  const error = new StreamError(code, `${message}${others}`, field === undefined ? {} : { field })
  await deadLetter({ record, taskId, result: first.result }, error, context)
}

function whyUnsound(result: EntityResult, index: number): StreamError | undefined {
  const { entity, source, key, connection, eventId, occurredAt, readAt, status, code, targetId } = result
  const wrong = (name: string, what: string, errorCode: 'time_invalid' | 'source_data_invalid' | 'value_too_large') => {
    const field = `results[${index}].${name}`
    return new StreamError(errorCode, `${field} ${what}`, { field })
  }
  if (occurredAt !== null && !isPossibleTime(occurredAt))
    return wrong('occurredAt', 'is not a valid time', 'time_invalid')
  if (!isPossibleTime(readAt)) return wrong('readAt', 'is not a valid time', 'time_invalid')
  if (!(entities as readonly string[]).includes(entity)) return wrong('entity', 'is not known', 'source_data_invalid')
  if (!(entityStatuses as readonly string[]).includes(status)) {
    return wrong('status', 'is not known', 'source_data_invalid')
  }
  if (Buffer.byteLength(`${connection ?? ''}${source}${key}`) > LONGEST_NAMES) {
    return wrong('key', `has, with source and connection, more than ${LONGEST_NAMES} bytes`, 'value_too_large')
  }
  const long = Object.entries({ eventId, code, targetId }).find(([, text]) => (text?.length ?? 0) > LONGEST_TEXT)
  return long === undefined ? undefined : wrong(long[0], `has more than ${LONGEST_TEXT} characters`, 'value_too_large')
}
