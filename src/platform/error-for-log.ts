import { StreamError } from '../errors.ts'

/** An error in a log line. */
export interface LoggedError {
  readonly type: string
  readonly message: string
  readonly stack: readonly string[]
  readonly code?: string
  readonly field?: string
  readonly details?: StreamError['details']
  readonly cause?: LoggedError
}

/** Most causes to follow. */
const DEPTH = 5

/**
 * Logs only what is known to be harmless: the message of a StreamError, which contains no personal data, and the
 * message of any other error without quoted text (JSON.parse quotes its input). No other property: HTTP errors contain
 * requests.
 */
export function errorForLog(error: unknown, depth = DEPTH): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: withoutQuotes(String(error)), stack: [] }
  const cause = error.cause === undefined || depth === 0 ? {} : { cause: errorForLog(error.cause, depth - 1) }
  const base = { type: error.name, stack: framesOf(error), ...cause }
  if (!(error instanceof StreamError)) return { ...base, message: withoutQuotes(error.message), ...codeOf(error) }
  const { code, message, field, details } = error
  // An `unexpected` StreamError has the message of a foreign error.
  const told = code === 'unexpected' ? withoutQuotes(message) : message
  return { ...base, message: told, code, details, ...(field === undefined ? {} : { field }) }
}

function withoutQuotes(message: string): string {
  return message.replace(/"[\s\S]*"/g, '"…"')
}

/** Code of a system error, for example ECONNREFUSED. */
function codeOf(error: Error): { readonly code?: string } {
  return 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
}

function framesOf({ stack = '' }: Error): readonly string[] {
  return stack.split('\n').flatMap((line) => (/^\s+at /.test(line) ? [line.trim()] : []))
}
