import type { Logger } from 'pino'
import type { HttpSettings } from '../config.ts'
import { isLoopback } from '../platform/loopback.ts'

/** Whether other machines can reach the API without encryption, and this is not allowed explicitly. */
export function isUnencrypted(host: string, { tls, trustedProxies, plaintextAllowed }: HttpSettings): boolean {
  return !(isLoopback(host) || tls !== null || trustedProxies.length > 0 || plaintextAllowed)
}

/**
 * Warns if other machines can reach the API without encryption and this is not allowed explicitly: anyone on the
 * network path could read keys and orders. The next version refuses to start then (CHANGELOG.md, upgrade notes).
 */
export function warnOfPlaintext(host: string, http: HttpSettings, logger: Logger): void {
  if (!isUnencrypted(host, http)) return
  const ways = 'set API_TLS_CERT_FILE and API_TLS_KEY_FILE, or API_TRUSTED_PROXIES, or API_ALLOW_PLAINTEXT=true'
  logger.warn(
    { host },
    `API_HOST: other machines can reach ${host} without encryption; ${ways}; the next version does not start without one of them`,
  )
}
