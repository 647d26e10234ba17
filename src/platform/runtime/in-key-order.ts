/**
 * Calls `fn` for every item: those of one key one after the other in their order, keys side by side, at most
 * `concurrency` at once. After the first error nothing new is begun; it rejects with that error once what is under way
 * has ended, so that nothing goes on behind the caller's back.
 */
export async function forEachKey<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  concurrency: number,
  fn: (item: T) => Promise<void>,
): Promise<void> {
  const queues = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const queue = queues.get(key)
    if (queue === undefined) queues.set(key, [item])
    else queue.push(item)
  }
  const left = [...queues.values()].values()
  const errors: unknown[] = []
  const worker = async (): Promise<void> => {
    for (const queue of left) {
      for (const item of queue) {
        if (errors.length > 0) return
        await fn(item).catch((error: unknown) => errors.push(error))
      }
    }
  }
  const workers = Math.min(Math.max(1, concurrency), queues.size)
  await Promise.all(Array.from({ length: workers }, worker))
  if (errors.length > 0) throw errors[0]
}
