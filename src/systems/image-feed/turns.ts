import { setImmediate as nextTurn } from 'node:timers/promises'

/*
 * What a vendor sends takes the time it takes, and everything else the process does goes on meanwhile. Counted is the work,
 * not the time: it is done the same on every machine.
 */

/** Characters that are read at one time. */
export const CHARACTERS_AT_ONCE = 16 * 1024
/** Rows that are looked at at one time. */
export const ROWS_AT_ONCE = 2000

/** To be awaited for each piece of work: lets others have their turn after so many. */
export function createTurns(atOnce: number): () => Promise<void> {
  let done = 0
  return async () => {
    done += 1
    if (done % atOnce === 0) await nextTurn()
  }
}

/**
 * The text in pieces of one size, each of which is read in no time, with a turn for others in between: pieces that come
 * larger are parted, and smaller ones joined.
 */
export async function* inTurns(text: AsyncIterable<string>, size = CHARACTERS_AT_ONCE): AsyncGenerator<string> {
  let parts: string[] = []
  let length = 0
  for await (const chunk of text) {
    for (let start = 0; start < chunk.length; ) {
      const part = chunk.slice(start, start + size - length)
      parts.push(part)
      length += part.length
      start += part.length
      if (length < size) continue
      yield parts.join('')
      parts = []
      length = 0
      await nextTurn()
    }
  }
  if (length > 0) yield parts.join('')
}

/** Sorted: runs that are sorted in no time, and merged. What is equal stays in its order. */
export async function sortInTurns<T>(items: readonly T[], compare: (a: T, b: T) => number): Promise<T[]> {
  let runs: T[][] = []
  for (let at = 0; at < items.length; at += ROWS_AT_ONCE) {
    runs.push(items.slice(at, at + ROWS_AT_ONCE).toSorted(compare))
    await nextTurn()
  }
  while (runs.length > 1) {
    const merged: T[][] = []
    for (let at = 0; at < runs.length; at += 2) merged.push(await merge(runs[at] ?? [], runs[at + 1] ?? [], compare))
    runs = merged
  }
  return runs[0] ?? []
}

async function merge<T>(a: readonly T[], b: readonly T[], compare: (a: T, b: T) => number): Promise<T[]> {
  const both: T[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]]
    if (right === undefined || (left !== undefined && compare(left, right) <= 0)) {
      if (left !== undefined) both.push(left)
      i += 1
    } else {
      both.push(right)
      j += 1
    }
    if (both.length % ROWS_AT_ONCE === 0) await nextTurn()
  }
  return both
}
