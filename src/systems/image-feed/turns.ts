import { setImmediate as nextTurn } from 'node:timers/promises'

/*
 * Splits long work on a vendor's data so that the process can do other work in between. The pieces are counted, not
 * timed, so they are the same on every machine.
 */

/** Characters processed without yielding. */
export const CHARACTERS_AT_ONCE = 16 * 1024
/** Rows processed without yielding. */
export const ROWS_AT_ONCE = 2000

/** Returns a function to await after each item: it yields to other work after every `atOnce` items. */
export function createTurns(atOnce: number): () => Promise<void> {
  let done = 0
  return async () => {
    done += 1
    if (done % atOnce === 0) await nextTurn()
  }
}

/** Cuts or joins the text into pieces of one size and yields to other work after each piece. */
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

/** Stable merge sort that yields to other work between short runs. */
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
