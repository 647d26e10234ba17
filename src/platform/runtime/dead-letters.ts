import type { StreamError } from '../../errors.ts'
import type { DeadLettered } from '../../events/generated/events.ts'
import { digest } from '../../events/identity.ts'
import { recordKey, splitRecordKey, topicOf } from '../../events/topics.ts'
import type { EventCodec } from '../codec.ts'
import type { LogProducer, LogRecord } from '../kafka/event-log.ts'
import type { DeadLetterAbout } from './stage.ts'

/** Longest message that is kept; a system's answer may be a page. */
const LONGEST_MESSAGE = 2_000

/** The dead letter of a record: key, value and headers as they came, byte for byte. */
export function toDeadLetter(
  stage: string,
  record: LogRecord,
  error: StreamError,
  about: DeadLetterAbout,
  now: number,
): DeadLettered {
  const { topic, partition, offset, timestamp, headers } = record
  const place = [stage, topic, String(partition), String(offset)]
  return {
    // Two connections may each reject the same record.
    deadLetterId: about.connection === null ? digest(...place) : digest(...place, about.connection),
    stage,
    connection: about.connection,
    key: about.key,
    topic,
    partition,
    offset: Number(offset),
    timestamp,
    originalKey: record.key,
    originalValue: record.value,
    headers: headers.map(({ key, value }) => ({ key, value })),
    code: error.code,
    message: error.message.slice(0, LONGEST_MESSAGE),
    field: error.field ?? null,
    attempts: about.attempts,
    firstAt: about.firstAt,
    lastAt: now,
    taskId: about.taskId,
    eventId: about.eventId,
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
