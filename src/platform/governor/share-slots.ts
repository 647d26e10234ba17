import type { AccountView } from './call-slots.ts'
import type { Wanted } from './permits.ts'

/** What a process does about its slots after it has looked at the account. */
export interface Share {
  /** Most slots it may hold now. */
  readonly most: number
  /** Slots that are nobody's and that it may take. */
  readonly takeable: readonly string[]
}

/**
 * How many of an account's slots are for us; pure. Whoever waits with more urgent calls gets what it waits for first;
 * among equals each has its fair share, and at least one where there are as many slots as processes; who waits with less
 * urgent calls takes what is left.
 */
export function shareOf(
  slots: readonly string[],
  held: number,
  wanted: Wanted | null,
  { taken, waiting, parties }: AccountView,
): Share {
  const free = slots.filter((slot) => !taken.has(slot))
  const rank = wanted?.rank ?? Number.POSITIVE_INFINITY
  const calls = (of: readonly Wanted[]) => of.reduce((sum, one) => sum + one.calls, 0)
  const urgent = calls(waiting.filter((other) => other.rank < rank))
  const equal = waiting.some((other) => other.rank === rank)
  const fair = Math.max(1, Math.floor(slots.length / parties))
  const most = Math.max(0, (equal ? Math.min(slots.length, fair) : slots.length) - urgent)
  const want = Math.min(wanted?.calls ?? 0, Math.max(0, most - held), Math.max(0, free.length - urgent))
  return { most, takeable: free.slice(0, want) }
}
