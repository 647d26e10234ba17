import { createServer } from 'node:net'
import { type ListenPlace, listenError } from '../src/platform/listening.ts'

interface WantedPort {
  readonly host: string
  readonly port: number
  /** True when nobody asked for this port: a free one is taken instead. */
  readonly portIsDefault: boolean
}

/**
 * Throws `port_in_use`, or `configuration_invalid` for an address that is not this machine's, before the servers start, which
 * takes half a minute: a port that was asked for must be free.
 */
export async function assertFree(
  { host, port, portIsDefault }: WantedPort,
  names: ListenPlace['names'],
): Promise<void> {
  if (portIsDefault || port === 0) return
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const server = createServer()
  server.once('error', (cause) => reject(listenError(cause, { host, port, names })))
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()))
  await promise
}
