import type { DeadLettered } from '../events/generated/events.ts'
import type { Item, Tables } from '../platform/dynamodb/tables.ts'
import type { Stage } from '../platform/runtime/stage.ts'
import { DEAD_LETTERS } from './tables.ts'

/** Bytes of key, value and headers that a row holds; larger ones stay where they are, in the topic. */
const MAX_ORIGINAL_BYTES = 290_000

export interface DeadLetterHeader {
  readonly key: string
  /** Base64. */
  readonly value: string | null
}

/** A record that can't go on. Times are ISO 8601; bytes are base64. */
export interface DeadLetterRow {
  readonly id: string
  readonly stage: string
  readonly connection: string | null
  readonly key: string
  readonly topic: string
  readonly partition: number
  /** Of the original record; -1: it never was one. */
  readonly offset: number
  readonly appended_at: string
  readonly code: string
  readonly message: string
  readonly field: string | null
  readonly attempts: number
  readonly first_at: string
  readonly last_at: string
  readonly task: string | null
  readonly event_id: string | null
  readonly key_bytes: number
  readonly value_bytes: number
  /** The original, byte for byte; null when it is too large for a row: then `kept_in` has it. */
  readonly original: {
    readonly key: string | null
    readonly value: string | null
    readonly headers: readonly DeadLetterHeader[]
  } | null
  /** Where the dead letter is in its topic. */
  readonly kept_in: { readonly topic: string; readonly partition: number; readonly offset: string }
}

/** Folds `dead-letters` into a row for each; the same dead letter again, after another attempt, replaces its row. */
export function deadLetterStage(deps: { readonly tables: Tables }): Stage<'dead-letters'> {
  return {
    name: 'project-dead-letters',
    kind: 'dead-letters',
    topics: ['dead-letters'],
    async handle(batch, context) {
      for (const { record, event } of batch) {
        const { topic, partition, offset } = record
        const row = toRow(event, { topic, partition, offset: String(offset) })
        context.assertOwned()
        await deps.tables.put(
          DEAD_LETTERS,
          { ...row },
          { anyOf: [{ absent: 'id' }, { attribute: 'last_at', is: '<=', value: row.last_at }] },
        )
      }
    },
  }
}

export function toDeadLetterRow(item: Item): DeadLetterRow {
  return item as unknown as DeadLetterRow
}

const iso = (time: number): string => new Date(time).toISOString()

function toRow(event: DeadLettered, keptIn: DeadLetterRow['kept_in']): DeadLetterRow {
  return {
    id: event.deadLetterId,
    stage: event.stage,
    connection: event.connection,
    key: event.key,
    topic: event.topic,
    partition: event.partition,
    offset: event.offset,
    appended_at: iso(event.timestamp),
    code: event.code,
    message: event.message,
    field: event.field,
    attempts: event.attempts,
    first_at: iso(event.firstAt),
    last_at: iso(event.lastAt),
    task: event.taskId,
    event_id: event.eventId,
    key_bytes: event.originalKey?.length ?? 0,
    value_bytes: event.originalValue?.length ?? 0,
    original: originalOf(event),
    kept_in: keptIn,
  }
}

function originalOf(event: DeadLettered): DeadLetterRow['original'] {
  const base64 = (bytes: Buffer | null) => bytes?.toString('base64') ?? null
  const original = {
    key: base64(event.originalKey),
    value: base64(event.originalValue),
    headers: event.headers.map(({ key, value }) => ({ key, value: base64(value) })),
  }
  return JSON.stringify(original).length <= MAX_ORIGINAL_BYTES ? original : null
}
