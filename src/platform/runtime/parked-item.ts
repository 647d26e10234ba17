import {
  type Attributes,
  list,
  map,
  millis,
  nullable,
  number,
  orNull,
  rowType,
  text,
  textLike,
} from '../dynamodb/rows.ts'
import type { Item } from '../dynamodb/tables.ts'
import type { LogRecord } from '../kafka/event-log.ts'
import type { ResultAbout } from './stage-result.ts'

export const PARKED = 'parked'

/**
 * Most base64 text of key, value and headers in a row; larger originals are read from the topic. The 400 kB of an item
 * include its copy in the local index.
 */
const MAX_ORIGINAL = 180_000

/** Most characters of a message in a row. */
const LONGEST_MESSAGE = 2_000

/** A parked record, unchanged. */
export interface ParkedRecord {
  readonly id: string
  readonly connection: string
  /** kind|entity key. */
  readonly key: string
  readonly rank: string
  /** `whole`: false when the row has only its place, and key, value and headers must be read from the topic. */
  readonly record: LogRecord
  readonly whole: boolean
  readonly attempts: number
  readonly firstAt: number
  /** Why the record waits. */
  readonly code: string
  readonly message: string
  /** Facts of the event, readable without decoding the record. */
  readonly about: ResultAbout
}

/** Milliseconds as text that sorts in time order. */
export function releaseText(ms: number): string {
  return String(Math.max(0, Math.ceil(ms))).padStart(15, '0')
}

export function parkedId(connection: string, key: string, offset: bigint): string {
  return `${connection}|${key}#${String(offset).padStart(20, '0')}`
}

export function toParkedItem(parked: ParkedRecord): Item {
  const { record, whole: _whole, about, message, ...fields } = parked
  const { topic, partition, offset, timestamp } = record
  const original = {
    key: base64(record.key),
    value: base64(record.value),
    headers: record.headers.map(({ key, value }) => ({ key, value: base64(value) })),
  }
  const kept = JSON.stringify(original).length <= MAX_ORIGINAL ? { original } : {}
  const short = message.slice(0, LONGEST_MESSAGE)
  return {
    ...fields,
    message: short,
    about: { ...about },
    topic,
    partition,
    offset: String(offset),
    timestamp,
    ...kept,
  }
}

interface Original {
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly { readonly key: string; readonly value: string | null }[]
}

interface Row extends Omit<ParkedRecord, 'record' | 'whole'> {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly timestamp: number
  /** Null: only the topic has it. */
  readonly original: Original | null
}

/** Attributes of every parked row, for records and checks alike. */
export const parkedAttributes = { id: text, connection: text, key: text, attempts: number, firstAt: millis } as const

const attributes: Attributes<Row> = {
  ...parkedAttributes,
  rank: text,
  code: text,
  message: text,
  about: map<ResultAbout>({
    taskId: nullable(text),
    entity: text,
    source: text,
    key: text,
    connection: nullable(text),
    eventId: text,
    occurredAt: nullable(number),
    readAt: number,
  }),
  topic: text,
  partition: number,
  offset: textLike(/^-?\d+$/, 'an offset'),
  timestamp: number,
  original: orNull(
    map<Original>({
      key: nullable(text),
      value: nullable(text),
      headers: list(map({ key: text, value: nullable(text) })),
    }),
  ),
}

/** All attributes except the record itself, which may be large. */
export const shownAttributes: readonly string[] = [
  ...Object.keys(attributes).filter((name) => name !== 'original'),
  'release_at',
  'mark',
]

const rows = rowType<Row>(PARKED, ['id'], attributes)

export function fromParkedItem(item: Item): ParkedRecord {
  const row = rows.decode(item)
  const { id, connection, key, rank, attempts, firstAt, code, message, about } = row
  const { topic, partition, offset, timestamp, original } = row
  const record: LogRecord = {
    topic,
    partition,
    offset: BigInt(offset),
    timestamp,
    key: bytes(original?.key ?? null),
    value: bytes(original?.value ?? null),
    headers: (original?.headers ?? []).map((header) => ({ key: header.key, value: bytes(header.value) })),
  }
  return { id, connection, key, rank, record, whole: original !== null, attempts, firstAt, code, message, about }
}

function base64(value: Buffer | null): string | null {
  return value?.toString('base64') ?? null
}

function bytes(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text, 'base64')
}
