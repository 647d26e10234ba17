import type { StreamError } from '../../errors.ts'
import type { DeadLettered } from '../../events/generated/events.ts'
import { type RetryMark, readRetryMark, withoutRetryHeaders } from '../../events/headers.ts'
import { digest } from '../../events/identity.ts'
import { recordKey, splitRecordKey, topicOf } from '../../events/topics.ts'
import type { EventCodec } from '../codec.ts'
import type { LogProducer, LogRecord } from '../kafka/event-log.ts'
import type { DeadLetterAbout } from './stage.ts'

/** Longest message that is kept; a system's answer may be a page. */
const LONGEST_MESSAGE = 2_000

/**
 * Id of a record's dead letter: of its place, and of the connection, for two connections may each reject the same
 * record. A retry counts as the record it repeats, so that it fails into the same dead letter.
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

/** The dead letter of a record: key, value and headers as they came, byte for byte. */
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
    // What is said of one dead letter has to stay in one partition, in order.
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

/** Says that a dead letter's retry was handled without failing. */
export function toResolution(mark: RetryMark, now: number): DeadLettered {
  const { stage, connection, key, origin } = mark
  return {
    deadLetterId: mark.letterId,
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
    retry: mark.attempt,
    change: { kind: 'resolved', by: null, reason: null },
  }
}

/** What is known of a record that can't be decoded, or whose stage gave nothing better. */
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
