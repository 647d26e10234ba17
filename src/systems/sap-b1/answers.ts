import { type ErrorCode, StreamError } from '../../errors.ts'
import { isWire, textOf, wireOf } from '../kit/wire.ts'

/** The Service Layer's code for an expired session. */
const SESSION_OVER = '301'

const codes: Readonly<Record<string, ErrorCode>> = {
  '-2028': 'not_found',
  '-2039': 'concurrent_change',
  '-6006': 'permission_missing',
  [SESSION_OVER]: 'target_unavailable',
}

/**
 * Turns the Service Layer's error answer into a StreamError, with SAP's code and text in the message. v1 has the code
 * as a number and the message as an object, v2 has both as text. Undefined: the body is not an error of SAP.
 */
export function sapError(status: number, body: unknown): StreamError | undefined {
  const error = wireOf(body)['error']
  if (!isWire(error)) return undefined
  const sapCode = textOf(error['code']) ?? `HTTP ${status}`
  const words = textOf(wireOf(error['message'])['value']) ?? textOf(error['message']) ?? 'no message'
  const message = `SAP Business One answered ${sapCode}: ${words}`
  return new StreamError(codeOf(status, sapCode), message, { details: { status, sapCode } })
}

/** The error of a rejected login: whatever SAP's code, the configured credentials are wrong. */
export function loginError(status: number, body: unknown): StreamError {
  const problem = sapError(status, body)
  const words = problem?.message ?? `SAP Business One answered ${status}`
  const message = `${words}; the login was refused: check secrets.username, secrets.password and settings.companyDb`
  return new StreamError('credentials_refused', message, { details: problem?.details ?? { status } })
}

/** Whether a request was rejected only because its session has expired, and so had no effect. */
export function isSessionOver(error: unknown): error is StreamError {
  return error instanceof StreamError && error.details['status'] === 401
}

function codeOf(status: number, sapCode: string): ErrorCode {
  const known = codes[sapCode]
  if (known !== undefined) return known
  if (status === 401) return 'credentials_refused'
  if (status === 403) return 'permission_missing'
  if (status === 404) return 'not_found'
  return status === 412 ? 'concurrent_change' : 'target_rejected'
}
