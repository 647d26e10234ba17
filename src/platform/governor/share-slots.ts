import type { AccountView, Waiting } from './call-slots.ts'

/** A process's share of an account's slots. */
export interface Share {
  /** Most slots it may hold now. */
  readonly most: number
  /** Slots that it keeps while others wait; it holds further ones for a turn only. */
  readonly sure: number
  /** Free slots that it may take. */
  readonly takeable: readonly string[]
}

/**
 * This process's share of an account's slots; pure. Processes with more urgent calls come first; those with equally
 * urgent calls get equal shares, and take turns with the remainder in the order in which they started to wait; those
 * with less urgent calls get the rest.
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
