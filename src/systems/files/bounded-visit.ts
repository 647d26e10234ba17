import { isIP, type LookupFunction } from 'node:net'
import { cutOffError } from './place-errors.ts'

export interface Connections<C> {
  /** Makes a client that is not connected yet. */
  open(): C | Promise<C>
  /** May be called twice. */
  close(client: C): void
}

/**
 * A visit by a library that does not end by a signal: the client is closed when `signal` aborts or the time is over, and
 * when the work ends.
 */
export async function boundedVisit<C, T>(
  { name, timeoutMs }: { readonly name: string; readonly timeoutMs: number },
  { open, close }: Connections<C>,
  signal: AbortSignal,
  work: (client: C, ending: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  const { promise: cut, reject } = Promise.withResolvers<never>()
  cut.catch(() => undefined)
  let client: C | undefined
  const stop = () => {
    reject(cutOffError(name, signal.aborted, ending.reason))
    if (client !== undefined) close(client)
  }
  ending.addEventListener('abort', stop)
  try {
    ending.throwIfAborted()
    const done = (async () => {
      client = await open()
      try {
        ending.throwIfAborted()
        return await work(client, ending)
      } finally {
        close(client)
      }
    })()
    done.catch(() => undefined)
    return await Promise.race([done, cut])
  } catch (error) {
    throw ending.aborted ? cutOffError(name, signal.aborted, error) : error
  } finally {
    ending.removeEventListener('abort', stop)
  }
}

/** The address of a host, for libraries that resolve no names: `lookup` gives those that may be called. */
export function checkedAddress({ host, lookup }: { readonly host: string; readonly lookup: LookupFunction }) {
  if (isIP(host) !== 0) return Promise.resolve(host)
  return new Promise<string>((resolve, reject) => {
    lookup(host, { all: false }, (error, address) => {
      if (error === null && typeof address === 'string') resolve(address)
      else reject(error ?? new Error(`${host} has no address`))
    })
  })
}
