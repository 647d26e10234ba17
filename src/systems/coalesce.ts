import { setImmediate } from 'node:timers/promises'
import { StreamError } from '../errors.ts'

interface Waiter<T, R> {
  readonly item: T
  readonly signal: AbortSignal
  resolve(result: R): void
  reject(error: unknown): void
}

/**
 * One call for many: what is asked for in one turn, or while a call is under way, goes together in the next, up to
 * `most`. `work` answers one result for each item, in their order; its failure is that of each. Who aborts before its
 * item was taken has asked for nothing; after that, `work` goes on for the others.
 */
export function coalesce<T, R>(
  work: (items: readonly T[]) => Promise<readonly R[]>,
  most: number,
): (item: T, signal: AbortSignal) => Promise<R> {
  const waiting: Waiter<T, R>[] = []
  let running = false
  const run = async (): Promise<void> => {
    running = true
    await setImmediate()
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most).filter(({ signal }) => !signal.aborted)
      if (batch.length > 0) await together(batch, work)
    }
    running = false
  }
  return (item, signal) =>
    new Promise<R>((resolve, reject) => {
      const ended = () => reject(new StreamError('stopping', 'the call was ended', { cause: signal.reason }))
      if (signal.aborted) return ended()
      signal.addEventListener('abort', ended, { once: true })
      const done = () => signal.removeEventListener('abort', ended)
      waiting.push({
        ...{ item, signal },
        resolve: (result) => {
          done()
          resolve(result)
        },
        reject: (error) => {
          done()
          reject(error)
        },
      })
      if (!running) void run()
    })
}

async function together<T, R>(
  batch: readonly Waiter<T, R>[],
  work: (items: readonly T[]) => Promise<readonly R[]>,
): Promise<void> {
  try {
    const results = await work(batch.map(({ item }) => item))
    for (const [index, waiter] of batch.entries()) waiter.resolve(results[index] as R)
  } catch (error) {
    for (const waiter of batch) waiter.reject(error)
  }
}
