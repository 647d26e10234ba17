import type { KindEvent } from '../../events/topics.ts'
import type { EventCodec } from '../../platform/codec.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import type { EventLog, LogProducer } from '../../platform/kafka/event-log.ts'
import type { StatusReporter } from '../../platform/runtime/status-reporter.ts'

/** The part of a dead letter's row that a retry needs. Times are ISO 8601, bytes base64. */
export interface LetterSummary {
  readonly id: string
  readonly state: 'open' | 'retrying' | 'resolved' | 'discarded'
  readonly state_at: string
  readonly stage: string
  readonly connection: string | null
  readonly key: string
  /** With prefix; the topic of the original record. */
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
  /** Null: too large for a row; read it at `kept_in`. */
  readonly original: {
    readonly key: string | null
    readonly value: string | null
    readonly headers: readonly { readonly key: string; readonly value: string | null }[]
  } | null
  readonly kept_in: { readonly topic: string; readonly partition: number; readonly offset: string }
  /** The last changes that its projection has read. */
  readonly history: readonly { readonly what: string; readonly at: string }[]
}

export interface LetterChange {
  readonly state: 'retrying' | 'discarded'
  readonly state_at: string
  readonly retries: number
}

/** The table of dead letters, as its projection stores it. `F`: the filter. */
export interface LetterStore<F> {
  get(id: string): Promise<Letter | undefined>
  /** Dead letters in a fixed order, after the place `after`; `next` is null at the end. */
  list(
    filter: F,
    limit: number,
    after: string | null,
  ): Promise<{ readonly rows: readonly LetterSummary[]; readonly next: string | null }>
  /** False: the dead letter has changed since it was read (Guarantee 3). */
  change(letter: LetterSummary, change: LetterChange): Promise<boolean>
}

/** An action of a person on a dead letter. */
export interface Act {
  readonly kind: 'retried' | 'discarded'
  readonly by: string
  readonly reason: string | null
  /** Number of this retry, or of the last one. */
  readonly retry: number
  readonly at: number
}

/** An action, and the event of the dead letter. */
export interface ActOnEvent {
  readonly act: Act
  readonly decoded: KindEvent
  /** Topic of the original record, without prefix. */
  readonly topic: string
  /** Null: all connections, or none yet. */
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
  /** Notes the action in the entity's history. */
  readonly noteAct: (done: ActOnEvent) => Promise<void>
}
