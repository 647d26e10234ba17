import type { Connection, ProductMetadata } from '../configuration/model.ts'
import type { StreamError } from '../errors.ts'
import type { PerSystemKind, SharedKind, TopicEvents, TopicKind } from '../events/topics.ts'
import type { Version } from '../events/version.ts'
import type { Evaluate } from '../rules/mapping/evaluate.ts'
import type { OwnedProduct } from '../rules/ownership.ts'

/** An event to append; `system` for kinds with one topic per target. */
export type Output = {
  [K in TopicKind]: {
    readonly kind: K
    readonly system: K extends PerSystemKind ? string : K extends SharedKind ? null : never
    readonly key: string
    readonly event: TopicEvents[K]
  }
}[TopicKind]

/**
 * What a processor decided for one connection: sent on, ignored by a recorded rule (Guarantee 2), or failed, which
 * makes a dead letter for that connection alone (Guarantee 5).
 */
export type Decision =
  | {
      readonly connection: string
      readonly status: 'processing' | 'ignored' | 'superseded'
      readonly code: string | null
      readonly message: string | null
    }
  | { readonly connection: string; readonly status: 'failed'; readonly error: StreamError }

/**
 * The context of one event; `connections`: those that subscribe to a read of its source and entity, as configured now.
 */
export interface ProcessContext {
  readonly connections: readonly Connection[]
  metadataOf(connection: string): ProductMetadata | undefined
  /** A product that was asked for; undefined: the connection's feed does not have it. */
  productOf?(connection: string, sku: string): OwnedProduct | undefined
  /** Evaluates expressions, those of many events together. */
  readonly evaluate?: Evaluate
  /** Yields to other work that has waited long; to be awaited between connections. */
  readonly letOthers?: () => Promise<void>
}

/** Products of a connection's vendor that an event depends on. */
export interface AskedProducts {
  readonly connection: Connection
  readonly skus: readonly string[]
}

/** State remembered of an entity, with the version it was made from. */
export interface Remembered {
  readonly version: Version
}

export interface Processed<S> {
  readonly outputs: readonly Output[]
  /** One for every connection of the context. */
  readonly decisions: readonly Decision[]
  /** What to remember of the entity; undefined if it did not change or the processor remembers no state. */
  readonly state?: S
  /** Order lines that no party owns, or several: must be 0 (Guarantee 7). */
  readonly unaccounted?: number
}

/**
 * Pure: event → 0..n events and a decision for every connection that subscribes to the event's source. No clock, no
 * I/O; it is async because a rule may evaluate an expression. A throw dead-letters the event for all connections; a
 * failure of one connection is caught inside and returned as a `failed` decision (Guarantee 5).
 */
export interface Processor<K extends TopicKind, S extends Remembered = never> {
  /** Also the consumer group. */
  readonly name: string
  readonly from: K
  /** Whether it remembers state of each entity; if not, `state` is always undefined. */
  readonly remembers: boolean
  process(event: TopicEvents[K], context: ProcessContext, state: S | undefined): Promise<Processed<S>>
  /** The state to remember when some connections could not be sent theirs: for those, what was remembered before. */
  withoutUnsent?(state: S, before: S | undefined, unsent: ReadonlySet<string>): S
  /** Connections that the event names, besides those that subscribe to a read of its source. */
  alsoFor?(event: TopicEvents[K], connections: readonly Connection[]): readonly Connection[]
  /** The products that `productOf` of the context must know. */
  asks?(event: TopicEvents[K], connections: readonly Connection[]): readonly AskedProducts[]
}
