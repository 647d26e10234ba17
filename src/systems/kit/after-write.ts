import { type ErrorCode, StreamError, toStreamError } from '../../errors.ts'

/** Codes that are right of a written order: it was taken back, or nobody knows whether it is there. */
const TRUE_OF_WRITTEN: readonly ErrorCode[] = [
  'totals_differ',
  'target_unavailable',
  'timed_out',
  'concurrent_change',
  'unexpected',
]

/**
 * Checks an order that the target has by now. The error of what hinders that (a limit, a permission) would mean that nothing
 * was written, and the next try would find the order's digest and take the order for right: so it is reported as a write
 * that may have taken effect. `target`: its name, for people.
 */
export async function afterWrite<T>(target: string, check: () => Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy === 'stop' || TRUE_OF_WRITTEN.includes(error.code)) throw error
    const message = `${target} has the order, but it could not be compared yet: ${error.message}`
    const { retryAfterMs, details } = error
    const after = retryAfterMs === undefined ? {} : { retryAfterMs }
    throw new StreamError('concurrent_change', message, { cause: error, details, ...after })
  }
}
