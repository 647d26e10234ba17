/** How old what is shared may be. */
export interface Kept {
  /** Milliseconds. */
  readonly now: number
  /** Milliseconds since its read began; 0: only who asks while it is read shares it. */
  readonly keptMs: number
}

interface Read<T> {
  readonly value: Promise<T>
  readonly at: number
  isDone: boolean
}

/** Things that are remembered of one owner; the one that was read first goes first. */
const MOST = 1_000

/**
 * Reads that many ask for at the same time. Those who ask while something is being read get the same answer, and so do those
 * who ask within `keptMs` of the beginning of that read. A read that failed fails for all who wait for it, and is forgotten.
 * `owner`: whose things these are, for example tables.
 */
export function createSharedReads<T>(): (
  owner: object,
  name: string,
  kept: Kept,
  read: () => Promise<T>,
) => Promise<T> {
  const owners = new WeakMap<object, Map<string, Read<T>>>()
  return (owner, name, { now, keptMs }, read) => {
    const reads = owners.get(owner) ?? new Map<string, Read<T>>()
    owners.set(owner, reads)
    const known = reads.get(name)
    if (known !== undefined && (!known.isDone || isYoung(now - known.at, keptMs))) return known.value
    const fresh: Read<T> = { value: read(), at: now, isDone: false }
    reads.delete(name)
    const [oldest] = reads.keys()
    if (reads.size >= MOST && oldest !== undefined) reads.delete(oldest)
    reads.set(name, fresh)
    fresh.value.then(
      () => {
        fresh.isDone = true
      },
      () => reads.delete(name),
    )
    return fresh.value
  }
}

/** A clock may go back. */
function isYoung(age: number, keptMs: number): boolean {
  return age >= 0 && age < keptMs
}
