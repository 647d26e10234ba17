import { type ErrorCode, StreamError, toStreamError } from '../../errors.ts'

/** Codes that stay correct after a write: the order was undone, or nobody knows whether it was written. */
const TRUE_OF_WRITTEN: readonly ErrorCode[] = [
  'totals_differ',
  'target_unavailable',
  'timed_out',
  'concurrent_change',
  'unexpected',
]

/**
 * Checks an order that is already written at the target. If the check itself fails (limit, permission), its error code
 * would mean that nothing was written, and the next attempt would find the order's digest and treat the order as
 * correct. The error is therefore reported as a write that may have taken effect. `target`: its name, for people.
 */
export async function afterWrite<T>(target: string, check: () => Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy === 'stop' || TRUE_OF_WRITTEN.includes(error.code)) throw error
    const message = `${target} has the order, but it could not be verified yet: ${error.message}`
    const { retryAfterMs, details } = error
    const after = retryAfterMs === undefined ? {} : { retryAfterMs }
    throw new StreamError('concurrent_change', message, { cause: error, details, ...after })
  }
}
