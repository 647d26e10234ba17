import { StreamError } from '../../errors.ts'

/** What several wait for, for one of them: who aborts waits no longer, and the others' call goes on. */
export function untilAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return shared
  return new Promise((resolve, reject) => {
    const ended = () => reject(new StreamError('stopping', 'the call was ended', { cause: signal.reason }))
    shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', ended))
    if (signal.aborted) return ended()
    signal.addEventListener('abort', ended, { once: true })
  })
}
