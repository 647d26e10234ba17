import { StreamError } from '../../errors.ts'

/**
 * Lets one of several callers wait for a shared promise: a caller that aborts stops waiting, and the shared call
 * continues for the others.
 */
export function untilAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return shared
  return new Promise((resolve, reject) => {
    const ended = () => reject(new StreamError('stopping', 'the call was aborted', { cause: signal.reason }))
    shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', ended))
    if (signal.aborted) return ended()
    signal.addEventListener('abort', ended, { once: true })
  })
}
