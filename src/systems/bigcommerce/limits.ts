import type { HttpAnswer } from '../../platform/http.ts'
import { retryAfterMs } from '../../platform/http-errors.ts'

const LEFT = 'x-rate-limit-requests-left'
const RESET = 'x-rate-limit-time-reset-ms'
const RETRY_AFTER = 'x-retry-after'

/**
 * Milliseconds that the store's quota is to be left alone for: when what is left is no more than the reserve (other apps
 * share it, and calls of ours are under way), when it was used up (429), or when BigCommerce asks to come back later.
 * Undefined: go on; a 429 that says nothing is load of the platform, which the governor backs off from.
 */
export function bigcommerceQuota({ status, headers }: HttpAnswer, reserve: number, now: number): number | undefined {
  const asked = retryAfterMs(headers.get(RETRY_AFTER), now)
  const reset = headerNumber(headers.get(RESET))
  const left = headerNumber(headers.get(LEFT))
  const usedUp = reset !== undefined && (status === 429 || (left !== undefined && left <= reserve))
  const waits = [...(usedUp ? [reset] : []), ...(asked === undefined ? [] : [asked])]
  return waits.length === 0 ? undefined : Math.max(...waits)
}

function headerNumber(header: string | null): number | undefined {
  const value = header === null || header.trim() === '' ? Number.NaN : Number(header)
  return Number.isFinite(value) && value >= 0 ? value : undefined
}
