/**
 * Calls `call` for every item, at most `atOnce` at a time, started in order. Starts no call after the first error;
 * rejects with that error once all calls under way have ended, so that none continues unnoticed.
 */
export async function forEachBounded<T>(
  items: readonly T[],
  atOnce: number,
  call: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values()
  const errors: unknown[] = []
  const worker = async (): Promise<void> => {
    for (const item of left) {
      if (errors.length > 0) return
      await call(item).catch((error: unknown) => errors.push(error))
    }
  }
  const workers = Math.min(Math.max(1, atOnce), items.length)
  await Promise.all(Array.from({ length: workers }, worker))
  if (errors.length > 0) throw errors[0]
}

/** The results of `call` for every item, in the order of the items. */
export async function mapBounded<T, R>(
  items: readonly T[],
  atOnce: number,
  call: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const answers: R[] = []
  await forEachBounded([...items.entries()], atOnce, async ([index, item]) => {
    answers[index] = await call(item)
  })
  return answers
}

/**
 * Like `forEachBounded`, but handles the items of one key one after the other, in order; different keys run in
 * parallel.
 */
export async function forEachKey<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  atOnce: number,
  call: (item: T) => Promise<void>,
): Promise<void> {
  const queues = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const queue = queues.get(key)
    if (queue === undefined) queues.set(key, [item])
    else queue.push(item)
  }
  let failed = false
  await forEachBounded([...queues.values()], atOnce, async (queue) => {
    for (const item of queue) {
      if (failed) return
      await call(item).catch((error: unknown) => {
        failed = true
        throw error
      })
    }
  })
}
