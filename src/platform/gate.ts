import { StreamError } from '../errors.ts'

/** Lets at most so many through at once, in the order they came. */
export interface Gate {
  /** Rejects with `stopping` when the signal aborts while waiting. */
  run<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T>
}

export function createGate(most: number): Gate {
  let inside = 0
  const waiting: (() => void)[] = []
  const enter = (signal: AbortSignal | undefined): Promise<void> => {
    if (inside < most) {
      inside += 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const admit = () => {
        signal?.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = () => {
        waiting.splice(waiting.indexOf(admit), 1)
        reject(ended(signal))
      }
      waiting.push(admit)
      signal?.addEventListener('abort', giveUp, { once: true })
    })
  }
  /** The place of who leaves goes to who waits longest; nobody can slip in between. */
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) inside -= 1
    else next()
  }
  return {
    async run(call, signal) {
      if (signal?.aborted === true) throw ended(signal)
      await enter(signal)
      try {
        return await call()
      } finally {
        leave()
      }
    },
  }
}

function ended(signal: AbortSignal | undefined): StreamError {
  return new StreamError('stopping', 'the call was ended before it began', { cause: signal?.reason })
}
