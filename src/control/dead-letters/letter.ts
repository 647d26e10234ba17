import type { KindEvent } from '../../events/topics.ts'
import type { EventCodec } from '../../platform/codec.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import type { EventLog, LogProducer } from '../../platform/kafka/event-log.ts'
import type { StatusReporter } from '../../platform/runtime/status-reporter.ts'

/** Of a dead letter's row, what its retry needs. Times are ISO 8601, bytes base64. */
export interface LetterSummary {
  readonly id: string
  readonly state: 'open' | 'retrying' | 'resolved' | 'discarded'
  readonly state_at: string
  readonly stage: string
  readonly connection: string | null
  readonly key: string
  /** With prefix; where the original was first. */
  readonly topic: string
  readonly partition: number
  /** -1: it never was a record. */
  readonly offset: number
  readonly appended_at: string
  readonly code: string
  readonly field: string | null
  readonly message: string
  readonly retries: number
  readonly first_at: string
  readonly task: string | null
  readonly event_id: string | null
  readonly revision: number
}

export interface Letter extends LetterSummary {
  /** Null: too large for a row; `kept_in` has it. */
  readonly original: {
    readonly key: string | null
    readonly value: string | null
    readonly headers: readonly { readonly key: string; readonly value: string | null }[]
  } | null
  readonly kept_in: { readonly topic: string; readonly partition: number; readonly offset: string }
}

export interface LetterChange {
  readonly state: 'retrying' | 'discarded'
  readonly state_at: string
  readonly retries: number
}

/** The table of dead letters, as its projection keeps it. `F` says which letters. */
export interface LetterStore<F> {
  get(id: string): Promise<Letter | undefined>
  /** Some letters in a fixed order, after the place `after`; `next` is null at the end. */
  list(
    filter: F,
    limit: number,
    after: string | null,
  ): Promise<{ readonly rows: readonly LetterSummary[]; readonly next: string | null }>
  /** False: the letter has changed since it was read (Guarantee 3). */
  change(letter: LetterSummary, change: LetterChange): Promise<boolean>
}

/** Something that a person does about a dead letter. */
export interface Act {
  readonly kind: 'retried' | 'discarded'
  readonly by: string
  readonly reason: string | null
  /** Number of the retry it is, or that was the last. */
  readonly retry: number
  readonly at: number
}

/** An act, and whose the event is that the letter has. */
export interface ActOnEvent {
  readonly act: Act
  readonly decoded: KindEvent
  /** Where the original was first, without prefix. */
  readonly topic: string
  /** Null: of all of them, or of none yet. */
  readonly connections: readonly (string | null)[]
}

export interface LetterDeps<F> {
  readonly store: LetterStore<F>
  readonly tables: Tables
  readonly producer: LogProducer
  readonly codec: EventCodec
  readonly reporter: StatusReporter
  readonly log: Pick<EventLog, 'read'>
  readonly clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> }
  readonly topicPrefix: string
  /** Where people look an entity up. */
  readonly noteAct: (done: ActOnEvent) => Promise<void>
}
