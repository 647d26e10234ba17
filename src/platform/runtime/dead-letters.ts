import type { StreamError } from '../../errors.ts'
import type { DeadLetterChange, DeadLettered } from '../../events/generated/events.ts'
import { type RetryMark, readRetryMark, withoutRetryHeaders } from '../../events/headers.ts'
import { digest } from '../../events/identity.ts'
import { recordKey, splitRecordKey, topicOf } from '../../events/topics.ts'
import type { EventCodec } from '../codec.ts'
import type { LogProducer, LogRecord } from '../kafka/event-log.ts'
import type { DeadLetterAbout } from './stage.ts'

/** Most characters of a message; a system's answer may be a page. */
const LONGEST_MESSAGE = 2_000

/**
 * Id of a record's dead letter: a digest of its place and of the connection, since two connections may each reject the
 * same record. A retry has the id of the record it repeats, so that a failed retry updates the same dead letter.
 */
export function deadLetterId(
  stage: string,
  record: Pick<LogRecord, 'topic' | 'partition' | 'offset' | 'headers'>,
  connection: string | null,
): string {
  const { topic, partition, offset } = readRetryMark(record.headers)?.origin ?? record
  const place = [stage, topic, String(partition), String(offset)]
  return connection === null ? digest(...place) : digest(...place, connection)
}

/** The dead letter of a record: key, value and headers unchanged, byte for byte. */
export function toDeadLetter(
  stage: string,
  record: LogRecord,
  error: StreamError,
  about: DeadLetterAbout,
  now: number,
): DeadLettered {
  const id = deadLetterId(stage, record, about.connection)
  const mark = readRetryMark(record.headers)
  const isOwnRetry = mark?.letterId === id
  const { topic, partition, offset, timestamp } = mark?.origin ?? record
  return {
    deadLetterId: id,
    stage,
    connection: about.connection,
    // All records of one dead letter must stay in one partition, in order.
    key: isOwnRetry ? mark.key : about.key,
    topic,
    partition,
    offset: Number(offset),
    timestamp,
    originalKey: record.key,
    originalValue: record.value,
    headers: withoutRetryHeaders(record.headers).map(({ key, value }) => ({ key, value })),
    code: error.code,
    message: error.message.slice(0, LONGEST_MESSAGE),
    field: error.field ?? null,
    attempts: about.attempts,
    firstAt: about.firstAt,
    lastAt: now,
    taskId: about.taskId,
    eventId: about.eventId,
    retry: isOwnRetry ? mark.attempt : 0,
    change: null,
  }
}

/** The record that resolves a dead letter after a successful retry. */
export function toResolution(mark: RetryMark, now: number): DeadLettered {
  const { letterId: id, stage, connection, key, origin, attempt } = mark
  return toChange(
    { id, stage, connection, key, origin, retry: attempt },
    { kind: 'resolved', by: null, reason: null },
    now,
  )
}

/** The record that closes a dead letter whose entity passed the stage in a newer version. */
export function toSuperseded(
  letter: Pick<ChangedLetter, 'id' | 'stage' | 'connection' | 'key'> & { readonly reason: string },
  { topic, partition, offset }: Pick<LogRecord, 'topic' | 'partition' | 'offset'>,
  now: number,
): DeadLettered {
  const { reason, ...about } = letter
  const origin = { topic, partition, offset: Number(offset), timestamp: now }
  return toChange({ ...about, origin, retry: 0 }, { kind: 'superseded', by: null, reason }, now)
}

interface ChangedLetter {
  readonly id: string
  readonly stage: string
  readonly connection: string | null
  readonly key: string
  readonly origin: RetryMark['origin']
  readonly retry: number
}

/** A change of a dead letter without its record. */
function toChange(letter: ChangedLetter, change: DeadLetterChange, now: number): DeadLettered {
  const { id, stage, connection, key, origin, retry } = letter
  return {
    deadLetterId: id,
    stage,
    connection,
    key,
    ...origin,
    originalKey: null,
    originalValue: null,
    headers: [],
    code: '',
    message: '',
    field: null,
    attempts: 0,
    firstAt: now,
    lastAt: now,
    taskId: null,
    eventId: null,
    retry,
    change,
  }
}

/** Facts of a record that can't be decoded, or for which the stage has no better ones. */
export function aboutRecord(record: LogRecord, firstAt: number): DeadLetterAbout {
  const key = record.key?.toString('utf8') ?? ''
  return { connection: null, key: splitRecordKey(key).key, taskId: null, eventId: null, attempts: 1, firstAt }
}

export interface DeadLetterSender {
  readonly producer: LogProducer
  readonly codec: EventCodec
  readonly topicPrefix: string
}

/** Resolves once the dead letter is acknowledged; rejects when it can't be written (Guarantee 2). */
export async function sendDeadLetter(sender: DeadLetterSender, letter: DeadLettered): Promise<void> {
  await sender.producer.send([
    {
      topic: `${sender.topicPrefix}${topicOf('dead-letters')}`,
      key: recordKey(letter.stage, letter.connection ?? '', letter.key),
      value: sender.codec.encode('dead-letters', letter),
    },
  ])
}
