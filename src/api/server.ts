import { Server as SecureServer } from 'node:https'
import { isInUse, listenError, portOf, reachableHost } from '../platform/listening.ts'
import { checkAddress } from './access.ts'
import { buildApp } from './app.ts'
import { watchConnections } from './connections.ts'
import type { ApiDeps } from './dependencies.ts'
import { createHttpServer } from './http-server.ts'
import { warnOfPlaintext } from './plaintext.ts'
import { asksForKey } from './sign-in.ts'
import { followTlsFiles, readTlsFiles } from './tls-files.ts'
import { trustedProxies } from './trusted-proxies.ts'

export interface ApiOptions extends ApiDeps {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** True when nobody asked for this port: a free one is taken when it is in use. */
  readonly portIsDefault: boolean
}

export interface RunningApi {
  /** Where it can be reached from this machine. */
  readonly url: string
  /** Resolves when requests under way are answered, or some seconds later. */
  close(): Promise<void>
}

const OPEN =
  'the API is open to every program on this machine, until there is a key: "waldstream keys create <name>" creates the first'

/** Longer than any answer takes that is not stuck, and well within the time that the whole process has for its end. */
const ANSWERED_WITHIN_MS = 10_000

/**
 * Starts the API. Throws `configuration_invalid` when others could reach it and there is neither key nor token, the address is not this
 * machine's, or the certificate can't be used; `port_in_use` when a port that was asked for is taken.
 */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { port, portIsDefault, logger, http } = options
  // One address: a second server for ::1 would have none of the limits.
  const host = options.host === 'localhost' ? '127.0.0.1' : options.host
  const isClosed = await asksForKey(options)
  checkAddress(host, isClosed)
  warnOfPlaintext(host, http, logger)
  const trusted = trustedProxies(http.trustedProxies)
  const pair = http.tls === null ? null : await readTlsFiles(http.tls)
  const app = buildApp(options, (handler) => createHttpServer(handler, http, pair))
  const connections = watchConnections(app.server, http, trusted)
  try {
    await app.listen({ host, port })
  } catch (error) {
    if (!(portIsDefault && isInUse(error))) {
      await app.close()
      throw listenError(error, { host, port, names: { host: 'API_HOST', port: 'API_PORT' } })
    }
    await app.listen({ host, port: 0 })
    logger.warn({ port, taken: portOf(app.server.address()) }, `port ${port} is in use; a free one was taken`)
  }
  if (!isClosed) logger.warn(OPEN)
  const following =
    http.tls !== null && app.server instanceof SecureServer ? followTlsFiles(app.server, http.tls, logger) : null
  const url = `${http.tls === null ? 'http' : 'https'}://${reachableHost(host)}:${portOf(app.server.address())}`
  return {
    url,
    async close() {
      following?.close()
      const late = setTimeout(() => connections.destroy(), ANSWERED_WITHIN_MS)
      const closed = app.close()
      connections.end()
      await closed.finally(() => clearTimeout(late))
    },
  }
}
