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
  /** 0: any free port. */
  readonly port: number
  /** True for the default port: if it is in use, a free port is used instead. */
  readonly portIsDefault: boolean
}

export interface RunningApi {
  /** Address for clients on this machine. */
  readonly url: string
  /** Resolves when open requests are answered, at the latest after some seconds. */
  close(): Promise<void>
}

const OPEN =
  'the API is open to every program on this machine until there is a key; create the first with "waldstream keys create <name>"'

/** Longer than any normal response takes, and well within the time limit for the end of the process. */
const ANSWERED_WITHIN_MS = 10_000

/**
 * Starts the API. Throws `configuration_invalid` if other machines could reach it without a key or token, if the
 * address is not this machine's, or if the certificate cannot be used; `port_in_use` if a configured port is in use.
 */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { port, portIsDefault, logger, http } = options
  // Listens on one address only: a second server for ::1 would not have the limits.
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
    logger.warn({ port, taken: portOf(app.server.address()) }, `port ${port} is in use; using a free port instead`)
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
