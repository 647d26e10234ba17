import type { Logger } from 'pino'
import type { HttpSettings } from '../config.ts'
import { isLoopback } from '../platform/loopback.ts'

/**
 * Says when others can reach the API without encryption, and nobody said that they may: keys and orders are then read by
 * whoever is on the way. The next version does not start then (CHANGELOG.md, upgrade notes).
 */
export function warnOfPlaintext(host: string, http: HttpSettings, logger: Logger): void {
  const { tls, trustedProxies, plaintextAllowed } = http
  if (isLoopback(host) || tls !== null || trustedProxies.length > 0 || plaintextAllowed) return
  const ways = 'set API_TLS_CERT_FILE and API_TLS_KEY_FILE, or API_TRUSTED_PROXIES, or API_ALLOW_PLAINTEXT=true'
  logger.warn(
    { host },
    `API_HOST: ${host} can be reached by others without encryption; ${ways}: the next version does not start without one of them`,
  )
}
