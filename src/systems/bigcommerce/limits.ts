import type { HttpAnswer } from '../../platform/http.ts'
import { retryAfterMs } from '../../platform/http-errors.ts'

const LEFT = 'x-rate-limit-requests-left'
const RESET = 'x-rate-limit-time-reset-ms'
const RETRY_AFTER = 'x-retry-after'

/**
 * How long to make no calls, in ms: if the remaining quota is at most the reserve (other apps share it, and calls are
 * in flight), if it is used up (429), or if BigCommerce asks to wait. Undefined: no wait; a 429 without details means
 * that the platform is overloaded, and the governor backs off.
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
