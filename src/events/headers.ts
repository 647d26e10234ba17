import type { Place } from './generated/events.ts'

/** The trace that a record was sent in, by W3C Trace Context; dead letters keep it, and retries. */
export const TRACEPARENT = 'traceparent'

/** Id of the dead letter that a record is the retry of. */
export const RETRY_OF = 'waldstream-retry-of'
/** Number of the retry, from 1. */
export const RETRY_ATTEMPT = 'waldstream-retry-attempt'
/** Record key of the dead letter: stage|connection|key. */
const RETRY_LETTER = 'waldstream-retry-letter'
/** Where the record stood first: topic|partition|offset|append time. */
const RETRY_ORIGIN = 'waldstream-retry-origin'

/** Revision of the whole configuration when it was asked for. */
const RETRY_REVISION = 'waldstream-retry-revision'

const RETRY_HEADERS: readonly string[] = [RETRY_OF, RETRY_ATTEMPT, RETRY_LETTER, RETRY_ORIGIN, RETRY_REVISION]

interface Header {
  readonly key: string
  readonly value: Buffer | null
}

/** Whose retry a record is. The origin stays the same over all retries: dead letters are told apart by it. */
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
  /** Of the whole configuration: a processor that has an older one waits for it. 0: any will do, as earlier releases had it. */
  readonly revision: number
}

/** Headers of a retry, besides the original's own. */
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

/** The mark of a retried record; null for a record that is no retry, and for marks that can't be read. */
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

/** The headers as they were before any retry. */
export function withoutRetryHeaders<H extends Header>(headers: readonly H[]): readonly H[] {
  return headers.filter(({ key }) => !RETRY_HEADERS.includes(key))
}

/** Where the source event is that a mapped event was made from: topic|partition|offset|bytes. */
const MADE_FROM = 'waldstream-made-from'

/** Header of an event that a processor made. */
export function madeFromHeader({ topic, partition, offset, bytes }: Place): Readonly<Record<string, string>> {
  return { [MADE_FROM]: [topic, partition, offset, bytes].join('|') }
}

/** Where the source event of a mapped one is; null where no header tells, or it can't be read. */
export function readMadeFrom(headers: readonly Header[]): Place | null {
  const text = headers.find(({ key }) => key === MADE_FROM)?.value?.toString('utf8') ?? ''
  const [topic = '', ...numbers] = text.split('|')
  const [partition, offset, bytes] = numbers.map(Number)
  if (topic === '' || partition === undefined || offset === undefined || bytes === undefined) return null
  return [partition, offset, bytes].every((number) => Number.isSafeInteger(number) && number >= 0)
    ? { topic, partition, offset, bytes }
    : null
}

/** Which replay a record is of, and whom it is for: replay|stage|connection|revision of the configuration. */
const REPLAY = 'waldstream-replay'

/** A record that was appended again for one stage, and there for one connection or for all. */
export interface ReplayMark {
  readonly replayId: string
  readonly stage: string
  /** Null: for all. */
  readonly connection: string | null
  /** Of the whole configuration: a stage that has an older one waits for it. */
  readonly revision: number
}

export function replayHeaders({ replayId, stage, connection, revision }: ReplayMark): Readonly<Record<string, string>> {
  return { [REPLAY]: [replayId, stage, connection ?? '', revision].join('|') }
}

/** The mark of a replayed record; null for a record that is none. */
export function readReplayMark(headers: readonly Header[]): ReplayMark | null {
  const text = headers.find(({ key }) => key === REPLAY)?.value?.toString('utf8')
  if (text === undefined) return null
  const [replayId = '', stage = '', connection = '', revision = ''] = text.split('|')
  return { replayId, stage, connection: connection === '' ? null : connection, revision: Number(revision) || 0 }
}

/** A record that repeats another of its topic: a retry or a replay. */
export function isRepeated(headers: readonly Header[]): boolean {
  return headers.some(({ key }) => key === RETRY_OF || key === REPLAY)
}
