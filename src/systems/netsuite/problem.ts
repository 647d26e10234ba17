import { StreamError } from '../../errors.ts'
import { textOf, wireOf, wiresOf } from '../wire.ts'

/**
 * A refusal of NetSuite as our error, by the first of its `o:errorDetails`; the message names NetSuite's code and text,
 * `field` is its `o:errorPath`.
 */
export function netsuiteProblem(status: number, body: unknown): StreamError {
  const wire = wireOf(body)
  const problem = wiresOf(wire['o:errorDetails'])[0] ?? wire
  const netsuiteCode = textOf(problem['o:errorCode']) ?? textOf(wire['o:errorCode']) ?? `HTTP ${status}`
  const detail = textOf(problem['detail']) ?? textOf(wire['title']) ?? 'no detail'
  const field = ['o:errorPath', 'o:errorQueryParam', 'o:errorHeader'].map((name) => textOf(problem[name])).find(isText)
  const message = `NetSuite answered ${netsuiteCode}${field === undefined ? '' : ` at ${field}`}: ${detail}`
  const details = { status, netsuiteCode }
  return new StreamError(codeOf(status, netsuiteCode), message, field === undefined ? { details } : { details, field })
}

function codeOf(status: number, netsuiteCode: string): StreamError['code'] {
  if (status === 429 || netsuiteCode.endsWith('_LIMIT_EXCEEDED')) return 'rate_limited'
  if (status === 401 || netsuiteCode.startsWith('INVALID_LOGIN')) return 'credentials_refused'
  if (status === 403 || netsuiteCode === 'INSUFFICIENT_PERMISSION') return 'permission_missing'
  if (status === 404) return 'not_found'
  return status >= 500 ? 'target_unavailable' : 'target_rejected'
}

function isText(value: string | null): value is string {
  return value !== null
}
