import type { Connection, ProductMetadata } from '../configuration/model.ts'
import type { StreamError } from '../errors.ts'
import type { PerSystemKind, SharedKind, TopicEvents, TopicKind } from '../events/topics.ts'
import type { Version } from '../events/version.ts'
import type { Evaluate } from '../rules/mapping/evaluate.ts'
import type { OwnedProduct } from '../rules/ownership.ts'

/** An event to be appended; `system` for kinds with a topic of their own per target. */
export type Output = {
  [K in TopicKind]: {
    readonly kind: K
    readonly system: K extends PerSystemKind ? string : K extends SharedKind ? null : never
    readonly key: string
    readonly event: TopicEvents[K]
  }
}[TopicKind]

/**
 * What a processor decided for one connection: sent on, ignored by a rule that is recorded (Guarantee 2), or failed,
 * which makes a dead letter of that connection alone (Guarantee 5).
 */
export type Decision =
  | {
      readonly connection: string
      readonly status: 'processing' | 'ignored' | 'superseded'
      readonly code: string | null
      readonly message: string | null
    }
  | { readonly connection: string; readonly status: 'failed'; readonly error: StreamError }

/** The connections that subscribe to reads of the event's source and entity, as configured at this moment. */
export interface ProcessContext {
  readonly connections: readonly Connection[]
  metadataOf(connection: string): ProductMetadata | undefined
  /** A product that was asked for; undefined: the connection's feed does not have it. */
  productOf?(connection: string, sku: string): OwnedProduct | undefined
  /** Evaluates expressions, those of many events together. */
  readonly evaluate?: Evaluate
  /** Lets whatever else there is to do have its turn, where it has waited long; to be awaited between connections. */
  readonly letOthers?: () => Promise<void>
}

/** Products of a connection's vendor that decide about an event. */
export interface AskedProducts {
  readonly connection: Connection
  readonly skus: readonly string[]
}

/** What is remembered of an entity belongs to the version it was made from. */
export interface Remembered {
  readonly version: Version
}

export interface Processed<S> {
  readonly outputs: readonly Output[]
  /** One for every connection of the context. */
  readonly decisions: readonly Decision[]
  /** What to remember of the entity; undefined where nothing changed or the processor remembers nothing. */
  readonly state?: S
  /** Lines of an order that are nobody's, or several parties': must be none (Guarantee 7). */
  readonly unaccounted?: number
}

/**
 * Pure: event → 0..n events and a decision for every connection that subscribes to the event's source. No clock, no
 * I/O; it is a promise because a rule may evaluate an expression. A throw dead-letters the event for all connections; a
 * failure of one connection is caught inside and given as a `failed` decision (Guarantee 5).
 */
export interface Processor<K extends TopicKind, S extends Remembered = never> {
  /** Also the consumer group. */
  readonly name: string
  readonly from: K
  /** Whether it remembers something of each entity; one that does not always gets `undefined` for the state. */
  readonly remembers: boolean
  process(event: TopicEvents[K], context: ProcessContext, state: S | undefined): Promise<Processed<S>>
  /** What to remember where some connections could not be sent theirs: of these, what was remembered before. */
  withoutUnsent?(state: S, before: S | undefined, unsent: ReadonlySet<string>): S
  /** Connections that the event is for beside those that subscribe to a read of its source: it names them. */
  alsoFor?(event: TopicEvents[K], connections: readonly Connection[]): readonly Connection[]
  /** What `productOf` of the context must know. */
  asks?(event: TopicEvents[K], connections: readonly Connection[]): readonly AskedProducts[]
}
