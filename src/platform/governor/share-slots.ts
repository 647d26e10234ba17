import type { AccountView, Waiting } from './call-slots.ts'
import type { Wanted } from './permits.ts'

/** What a process does about its slots after it has looked at the account. */
export interface Share {
  /** Most slots it may hold now. */
  readonly most: number
  /** Slots that are nobody's and that it may take. */
  readonly takeable: readonly string[]
  /** More processes want the same than there are slots: each has one for a while only. */
  readonly crowded: boolean
}

/**
 * How many of an account's slots are for us; pure. Whoever waits with more urgent calls gets what it waits for first;
 * among equals each has its fair share; where they are more than the slots, they have them by turns, in the order in which
 * they began to wait; who waits with less urgent calls takes what is left.
 */
export function shareOf(
  slots: readonly string[],
  held: number,
  wanted: Waiting | null,
  { taken, waiting, parties }: AccountView,
): Share {
  const free = slots.filter((slot) => !taken.has(slot))
  const rank = wanted?.rank ?? Number.POSITIVE_INFINITY
  const calls = (of: readonly Wanted[]) => of.reduce((sum, one) => sum + one.calls, 0)
  const urgent = calls(waiting.filter((other) => other.rank < rank))
  const equals = waiting.filter((other) => other.rank === rank)
  const crowded = equals.length > 0 && parties > slots.length
  const before = crowded ? equals.filter((other) => other.since < (wanted?.since ?? 0)).length : 0
  const fair = Math.max(1, Math.floor(slots.length / parties))
  const most = Math.max(0, (equals.length > 0 ? Math.min(slots.length, fair) : slots.length) - urgent)
  const want = Math.min(wanted?.calls ?? 0, Math.max(0, most - held), Math.max(0, free.length - urgent - before))
  return { most, takeable: free.slice(0, want), crowded }
}
