import { setImmediate } from 'node:timers/promises'
import { joinSignals } from '../../platform/governor/turn-waits.ts'
import { currentSpan, inSpan, type Span } from '../../platform/tracing/tracer.ts'
import { untilAborted } from './until-aborted.ts'

interface Waiter<T, R> {
  readonly item: T
  readonly signal: AbortSignal
  /** The trace span of the caller. */
  readonly span: Span | undefined
  resolve(result: R): void
  reject(error: unknown): void
}

type Work<T, R> = (items: readonly T[], signal: AbortSignal) => Promise<readonly R[]>

/**
 * Combines requests into one call: items requested in the same turn, or while a call is running, go together into the
 * next call, up to `most`. `work` returns one result per item in their order; its failure rejects all of them. A caller
 * that aborts before its item is sent is dropped; after that, `work` continues for the others, and its signal aborts
 * when the last one does. In traces, the call belongs to the item requested first.
 */
export function coalesce<T, R>(work: Work<T, R>, most: number): (item: T, signal: AbortSignal) => Promise<R> {
  const waiting: Waiter<T, R>[] = []
  let running = false
  const run = async (): Promise<void> => {
    running = true
    await setImmediate()
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most).filter(({ signal }) => !signal.aborted)
      if (batch.length > 0) await inSpan(batch[0]?.span, () => runBatch(batch, work))
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

async function runBatch<T, R>(batch: readonly Waiter<T, R>[], work: Work<T, R>): Promise<void> {
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
