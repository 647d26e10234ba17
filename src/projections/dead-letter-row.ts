import type { DeadLettered } from '../events/generated/events.ts'
import { digest } from '../events/identity.ts'
import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import {
  type Attributes,
  list,
  map,
  nullable,
  number,
  oneOf,
  orNull,
  rowType,
  text,
} from '../platform/dynamodb/rows.ts'
import { DEAD_LETTER_SHELVES, DEAD_LETTERS } from './tables.ts'

/**
 * `open` until someone handles it; `retrying` until the stage has processed it again; then `resolved`, or `open` again.
 */
export const letterStates = ['open', 'retrying', 'resolved', 'discarded'] as const
export type LetterState = (typeof letterStates)[number]

export interface DeadLetterHeader {
  readonly key: string
  /** Base64. */
  readonly value: string | null
}

/** An entry of a dead letter's history. */
export interface LetterChange {
  readonly at: string
  readonly what: 'failed' | 'retried' | 'resolved' | 'discarded'
  /** Number of the retry; 0: not a retry. */
  readonly retry: number
  /** Who did it; null: the stage. */
  readonly by: string | null
  readonly reason: string | null
  /** Error code of a failure. */
  readonly code: string | null
}

/** A dead letter as listed. Times are ISO 8601. */
export interface DeadLetterSummary {
  readonly id: string
  readonly state: LetterState
  readonly state_at: string
  /** The same for one stage, connection, code and field: members differ only by values. */
  readonly group: string
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
  /** Retries requested so far. */
  readonly retries: number
  readonly first_at: string
  readonly last_at: string
  readonly task: string | null
  readonly event_id: string | null
  readonly key_bytes: number
  readonly value_bytes: number
  /** Position of the dead letter in its topic. */
  readonly kept_in: { readonly topic: string; readonly partition: number; readonly offset: string }
  /** Grows with each change; writes are conditional on it. */
  readonly revision: number
}

/** A failed record, with the history of its handling. */
export interface DeadLetterRow extends DeadLetterSummary {
  /** The original, byte for byte, base64; null if it is too large for a row: read it at `kept_in`. */
  readonly original: {
    readonly key: string | null
    readonly value: string | null
    readonly headers: readonly DeadLetterHeader[]
  } | null
  /** The last changes, newest last. */
  readonly history: readonly LetterChange[]
  /** Number of the retry that failed last. */
  readonly failed_retry: number
  /** Offset in the topic of dead letters up to which the row is complete. */
  readonly folded_to: number
}

const summary: Attributes<DeadLetterSummary> = {
  id: text,
  state: oneOf(...letterStates),
  state_at: text,
  group: text,
  stage: text,
  connection: orNull(text),
  key: text,
  topic: text,
  partition: number,
  offset: number,
  appended_at: text,
  code: text,
  message: text,
  field: orNull(text),
  attempts: number,
  retries: number,
  first_at: text,
  last_at: text,
  task: orNull(text),
  event_id: orNull(text),
  key_bytes: number,
  value_bytes: number,
  kept_in: map({ topic: text, partition: number, offset: text }),
  revision: number,
}

/** A resolved or discarded dead letter expires; if it is opened again it stays. */
function expiresWhenEnded({ state, state_at = '' }: Partial<DeadLetterSummary>): number | null | undefined {
  if (state === undefined) return undefined
  const isOver = state === 'resolved' || state === 'discarded'
  return isOver ? expiresAfter(Date.parse(state_at), keptDays.endedDeadLetters) : null
}

export const deadLetterRows = rowType<DeadLetterRow>(
  DEAD_LETTERS,
  ['id'],
  {
    ...summary,
    original: orNull(
      map({
        key: nullable(text),
        value: nullable(text),
        headers: list(map<DeadLetterHeader>({ key: text, value: nullable(text) })),
      }),
    ),
    history: list(
      map<LetterChange>({
        at: text,
        what: oneOf('failed', 'retried', 'resolved', 'discarded'),
        retry: number,
        by: orNull(text),
        reason: orNull(text),
        code: orNull(text),
      }),
    ),
    failed_retry: number,
    folded_to: number,
  },
  expiresWhenEnded,
)

/** A dead letter without its bytes and its history. */
export const summaryRows = rowType<DeadLetterSummary>(DEAD_LETTERS, ['id'], summary)

/** A summary in its place on a shelf. */
export interface ShelvedLetter extends DeadLetterSummary {
  readonly shelf: string
  readonly place: string
}

export const shelvedRows = rowType<ShelvedLetter>(
  DEAD_LETTER_SHELVES,
  ['shelf', 'place'],
  {
    ...summary,
    shelf: text,
    place: text,
  },
  expiresWhenEnded,
)

export function summaryOf(row: DeadLetterRow): DeadLetterSummary {
  const { original: _original, history: _history, failed_retry: _failed, folded_to: _folded, ...summary } = row
  return summary
}

/** Short, because people type it. */
export function groupOf(about: Pick<DeadLettered, 'stage' | 'connection' | 'code' | 'field'>): string {
  const { stage, connection, code, field } = about
  return digest('group', stage, JSON.stringify([connection, code, fieldOfAll(field)])).slice(0, 16)
}

/** The index of an order line is also a value: `lines[3].sku` becomes `lines[].sku`. */
export function fieldOfAll(field: string | null): string | null {
  return field?.replaceAll(/\[\d+\]/g, '[]') ?? null
}

/** Rows of earlier releases also include the message in their group. */
export function regrouped<T extends DeadLetterSummary>(row: T): T {
  return { ...row, group: groupOf(row) }
}
