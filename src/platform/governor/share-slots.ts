import type { AccountView, Waiting } from './call-slots.ts'

/** What a process does about its slots after it has looked at the account. */
export interface Share {
  /** Most slots it may hold now. */
  readonly most: number
  /** So many of them are its own while others wait as well; the others it has for a turn. */
  readonly sure: number
  /** Slots that are nobody's and that it may take. */
  readonly takeable: readonly string[]
}

/**
 * How many of an account's slots are for us; pure. Whoever waits with more urgent calls gets what it waits for first;
 * among equals each has its fair share, and what does not divide they have by turns, in the order in which they began to
 * wait; who waits with less urgent calls takes what is left.
 */
export function shareOf(
  slots: readonly string[],
  held: number,
  wanted: Waiting | null,
  { taken, waiting, parties }: AccountView,
): Share {
  const free = slots.filter((slot) => !taken.has(slot))
  const rank = wanted?.rank ?? Number.POSITIVE_INFINITY
  const urgent = sum(waiting.filter((other) => other.rank < rank).map(({ calls }) => calls))
  const equals = waiting.filter((other) => other.rank === rank)
  const [fair, sure] =
    equals.length === 0
      ? [slots.length, slots.length]
      : [Math.ceil(slots.length / parties), Math.floor(slots.length / parties)]
  const before = equals.filter((other) => other.since < (wanted?.since ?? 0)).length
  const most = Math.max(0, fair - urgent)
  const left = Math.max(0, free.length - urgent)
  const turns = Math.max(0, Math.min(most - Math.max(held, sure), left - before))
  const own = Math.max(0, Math.min(sure, most) - held)
  const want = Math.min(wanted?.calls ?? 0, left, own + turns)
  return { most, sure, takeable: free.slice(0, want) }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
