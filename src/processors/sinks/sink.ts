import type { Connection } from '../../core/model.ts'
import type { PerSystemKind, TopicEvents } from '../../events/topics.ts'

/** What was done at the target. `unchanged`: it already had this content. */
export interface Delivered {
  readonly outcome: 'written' | 'unchanged'
  /** Id of the record at the target, for people. */
  readonly targetId: string | null
}

/**
 * Writes one kind of event to one type of system. `deliver` may be called again with the same event and then changes
 * nothing (Guarantee 3). It throws a StreamError whose policy tells the runtime what to do.
 */
export interface Sink<K extends PerSystemKind> {
  readonly kind: K
  deliver(event: TopicEvents[K], connection: Connection, signal: AbortSignal): Promise<Delivered>
}
