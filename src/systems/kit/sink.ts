import type { Connection } from '../../configuration/model.ts'
import type { PerSystemKind, TopicEvents } from '../../events/topics.ts'

/** The result at the target. `unchanged`: it already had this content. */
export interface Delivered {
  readonly outcome: 'written' | 'unchanged'
  /** Id of the record at the target, for people. */
  readonly targetId: string | null
  /** Other keys of the connection that the target changed as a side effect: they are checked again and corrected. */
  readonly alsoChanged?: readonly OtherKey[]
  /** A note for people, such as texts that were too long; it contains no customer text. */
  readonly note?: string
}

/** A key of another kind at the same target. */
export interface OtherKey {
  readonly kind: PerSystemKind
  readonly key: string
}

/** What earlier deliveries of the same key recorded. */
export interface Before {
  /** Id of the record at the target if an earlier delivery reported it. */
  readonly targetId: string | null
  /** An earlier write may have taken effect although its response was lost: look for the record before writing. */
  readonly unclear: boolean
}

/**
 * Writes one kind of event to one type of system. `deliver` may be called again with the same event and then changes
 * nothing (Guarantee 3); it ends soon after the signal aborts. It throws a StreamError whose policy tells the runtime
 * what to do. With `target_unavailable`, `timed_out`, `concurrent_change` and `unexpected`, the write may have taken
 * effect; with any other code except those of policy `stop`, it has not.
 */
export interface Sink<K extends PerSystemKind> {
  readonly kind: K
  /**
   * Whether the target identifies the record by an id derived from the key, so that a repeated write creates no second
   * record. Otherwise, after a lost response, the next write waits until the deadline of the first has passed;
   * `deliver` is then called with `unclear` and must search before it creates.
   */
  readonly naturalKey: boolean
  /**
   * Number of parallel deliveries if the sink combines several into one call; default: as many as the system's call
   * limit.
   */
  readonly sideBySide?: number
  deliver(event: TopicEvents[K], connection: Connection, signal: AbortSignal, before: Before): Promise<Delivered>
  /** Makes a small request, to distinguish an order that the target can't handle from a target that is down. */
  probe?(signal: AbortSignal): Promise<void>
}

export type AnySink = { [K in PerSystemKind]: Sink<K> }[PerSystemKind]

/** Joins notes of a write into one. */
export function noteTexts(...notes: readonly (string | null | undefined)[]): Pick<Delivered, 'note'> {
  const said = notes.filter((note) => note !== null && note !== undefined)
  return said.length === 0 ? {} : { note: said.join('; ') }
}
