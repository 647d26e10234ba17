import type { Place } from './generated/events.ts'

/** The trace that a record was sent in, by W3C Trace Context; dead letters and retries keep it. */
export const TRACEPARENT = 'traceparent'

/** Id of the dead letter that the record retries. */
export const RETRY_OF = 'waldstream-retry-of'
/** Number of the retry, from 1. */
export const RETRY_ATTEMPT = 'waldstream-retry-attempt'
/** Record key of the dead letter: stage|connection|key. */
const RETRY_LETTER = 'waldstream-retry-letter'
/** Original place of the record: topic|partition|offset|append time. */
const RETRY_ORIGIN = 'waldstream-retry-origin'

/** Revision of the whole configuration when the retry was requested. */
const RETRY_REVISION = 'waldstream-retry-revision'

const RETRY_HEADERS: readonly string[] = [RETRY_OF, RETRY_ATTEMPT, RETRY_LETTER, RETRY_ORIGIN, RETRY_REVISION]

interface Header {
  readonly key: string
  readonly value: Buffer | null
}

/** The dead letter that a record retries. The origin stays the same over all retries and identifies the dead letter. */
export interface RetryMark {
  readonly letterId: string
  readonly attempt: number
  readonly stage: string
  readonly connection: string | null
  readonly key: string
  readonly origin: {
    readonly topic: string
    readonly partition: number
    readonly offset: number
    /** Append time. */
    readonly timestamp: number
  }
  /**
   * Revision of the whole configuration; a processor with an older one waits for it. 0: any, as in earlier releases.
   */
  readonly revision: number
}

/** Headers of a retry, in addition to those of the original. */
export function retryHeaders(mark: RetryMark): Readonly<Record<string, string>> {
  const { topic, partition, offset, timestamp } = mark.origin
  return {
    [RETRY_OF]: mark.letterId,
    [RETRY_ATTEMPT]: String(mark.attempt),
    [RETRY_LETTER]: [mark.stage, mark.connection ?? '', mark.key].join('|'),
    [RETRY_ORIGIN]: [topic, partition, offset, timestamp].join('|'),
    [RETRY_REVISION]: String(mark.revision),
  }
}

/** The mark of a retried record; null for a record that is not a retry, and for invalid marks. */
export function readRetryMark(headers: readonly Header[]): RetryMark | null {
  const text = (name: string) => headers.find(({ key }) => key === name)?.value?.toString('utf8') ?? ''
  const letterId = text(RETRY_OF)
  const attempt = Number(text(RETRY_ATTEMPT))
  const [stage = '', connection = '', ...key] = text(RETRY_LETTER).split('|')
  const [topic = '', ...numbers] = text(RETRY_ORIGIN).split('|')
  const [partition, offset, timestamp] = numbers.map(Number)
  const isWhole = [attempt, partition, offset, timestamp].every((number) => Number.isSafeInteger(number))
  if (letterId === '' || stage === '' || topic === '' || !isWhole || attempt < 1) return null
  if (partition === undefined || offset === undefined || timestamp === undefined) return null
  const origin = { topic, partition, offset, timestamp }
  const revision = Number(text(RETRY_REVISION)) || 0
  const of = connection === '' ? null : connection
  return { letterId, attempt, stage, connection: of, key: key.join('|'), origin, revision }
}

/** The headers without those of a retry. */
export function withoutRetryHeaders<H extends Header>(headers: readonly H[]): readonly H[] {
  return headers.filter(({ key }) => !RETRY_HEADERS.includes(key))
}

/** Place of the source event of a mapped event: topic|partition|offset|bytes. */
const MADE_FROM = 'waldstream-made-from'

/** Header of an event that a processor made. */
export function madeFromHeader({ topic, partition, offset, bytes }: Place): Readonly<Record<string, string>> {
  return { [MADE_FROM]: [topic, partition, offset, bytes].join('|') }
}

/** Place of a mapped event's source event; null when the header is missing or invalid. */
export function readMadeFrom(headers: readonly Header[]): Place | null {
  const text = headers.find(({ key }) => key === MADE_FROM)?.value?.toString('utf8') ?? ''
  const [topic = '', ...numbers] = text.split('|')
  const [partition, offset, bytes] = numbers.map(Number)
  if (topic === '' || partition === undefined || offset === undefined || bytes === undefined) return null
  return [partition, offset, bytes].every((number) => Number.isSafeInteger(number) && number >= 0)
    ? { topic, partition, offset, bytes }
    : null
}

/** The replay of a record and its target: replay|stage|connection|revision of the configuration. */
const REPLAY = 'waldstream-replay'

/** Marks a record that was appended again for one stage, and there for one connection or for all. */
export interface ReplayMark {
  readonly replayId: string
  readonly stage: string
  /** Null: all connections. */
  readonly connection: string | null
  /** Revision of the whole configuration; a stage with an older one waits for it. */
  readonly revision: number
}

export function replayHeaders({ replayId, stage, connection, revision }: ReplayMark): Readonly<Record<string, string>> {
  return { [REPLAY]: [replayId, stage, connection ?? '', revision].join('|') }
}

/** The mark of a replayed record; null for any other record. */
export function readReplayMark(headers: readonly Header[]): ReplayMark | null {
  const text = headers.find(({ key }) => key === REPLAY)?.value?.toString('utf8')
  if (text === undefined) return null
  const [replayId = '', stage = '', connection = '', revision = ''] = text.split('|')
  return { replayId, stage, connection: connection === '' ? null : connection, revision: Number(revision) || 0 }
}

/** Whether a record repeats another one of its topic: a retry or a replay. */
export function isRepeated(headers: readonly Header[]): boolean {
  return headers.some(({ key }) => key === RETRY_OF || key === REPLAY)
}
