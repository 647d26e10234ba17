import type { Connection } from '../../configuration/model.ts'
import type { PerSystemKind, TopicEvents } from '../../events/topics.ts'

/** What was done at the target. `unchanged`: it already had this content. */
export interface Delivered {
  readonly outcome: 'written' | 'unchanged'
  /** Id of the record at the target, for people. */
  readonly targetId: string | null
  /** What else of the connection the target changed by itself meanwhile: it is checked again, and corrected. */
  readonly alsoChanged?: readonly OtherKey[]
  /** What people should know of the write, such as texts that were too long; nothing that anybody wrote. */
  readonly note?: string
}

/** A key of another kind at the same target. */
export interface OtherKey {
  readonly kind: PerSystemKind
  readonly key: string
}

/** What earlier deliveries of the same key left behind. */
export interface Before {
  /** Id of the record at the target, where an earlier delivery reported it. */
  readonly targetId: string | null
  /** An earlier write may have taken effect without an answer: look for the record at the target before writing. */
  readonly unclear: boolean
}

/**
 * Writes one kind of event to one type of system. `deliver` may be called again with the same event and then changes
 * nothing (Guarantee 3); it ends soon after the signal aborts. It throws a StreamError whose policy says what the runtime
 * does: with `target_unavailable`, `timed_out`, `concurrent_change` and `unexpected` the write may have taken
 * effect, with every other code but `stop` ones it has not.
 */
export interface Sink<K extends PerSystemKind> {
  readonly kind: K
  /**
   * Whether the target finds the record by an id made from the key. Then a write that comes twice is there once. Without
   * one, a write whose answer was lost is not followed by another before its deadline has passed; then `deliver` is
   * called with `unclear`, and has to search before it creates.
   */
  readonly naturalKey: boolean
  /** Deliveries side by side, where the sink puts several into one call; else as many as the system takes calls. */
  readonly sideBySide?: number
  deliver(event: TopicEvents[K], connection: Connection, signal: AbortSignal, before: Before): Promise<Delivered>
  /** Asks the target for something small, to distinguish an order it can't handle from a target that is down. */
  probe?(signal: AbortSignal): Promise<void>
}

export type AnySink = { [K in PerSystemKind]: Sink<K> }[PerSystemKind]

/** What is to be told of a write, in one. */
export function noteTexts(...notes: readonly (string | null | undefined)[]): Pick<Delivered, 'note'> {
  const said = notes.filter((note) => note !== null && note !== undefined)
  return said.length === 0 ? {} : { note: said.join('; ') }
}
