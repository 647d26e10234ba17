import { setImmediate } from 'node:timers/promises'
import { joinSignals } from '../../platform/governor/turn-waits.ts'
import { currentSpan, inSpan, type Span } from '../../platform/tracing/tracer.ts'
import { untilAborted } from './until-aborted.ts'

interface Waiter<T, R> {
  readonly item: T
  readonly signal: AbortSignal
  /** Of what it is asked for. */
  readonly span: Span | undefined
  resolve(result: R): void
  reject(error: unknown): void
}

type Work<T, R> = (items: readonly T[], signal: AbortSignal) => Promise<readonly R[]>

/**
 * One call for many: what is asked for in one turn, or while a call is under way, goes together in the next, up to
 * `most`. `work` answers one result for each item, in their order; its failure is that of each. Who aborts before its
 * item was taken has asked for nothing; after that, `work` goes on for the others, and its signal aborts with the last.
 * In traces it is of the item that was asked for first.
 */
export function coalesce<T, R>(work: Work<T, R>, most: number): (item: T, signal: AbortSignal) => Promise<R> {
  const waiting: Waiter<T, R>[] = []
  let running = false
  const run = async (): Promise<void> => {
    running = true
    await setImmediate()
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most).filter(({ signal }) => !signal.aborted)
      if (batch.length > 0) await inSpan(batch[0]?.span, () => together(batch, work))
    }
    running = false
  }
  return (item, signal) => {
    const span = currentSpan()
    const asked = new Promise<R>((resolve, reject) => waiting.push({ item, signal, span, resolve, reject }))
    if (!running) void run()
    return untilAborted(asked, signal)
  }
}

async function together<T, R>(batch: readonly Waiter<T, R>[], work: Work<T, R>): Promise<void> {
  const joint = joinSignals(batch.map(({ signal }) => signal))
  try {
    const results = await work(
      batch.map(({ item }) => item),
      joint.signal,
    )
    for (const [index, waiter] of batch.entries()) waiter.resolve(results[index] as R)
  } catch (error) {
    for (const waiter of batch) waiter.reject(error)
  } finally {
    joint.release()
  }
}
