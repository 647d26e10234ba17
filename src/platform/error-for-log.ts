import { StreamError } from '../errors.ts'

/** An error as it is logged. */
export interface LoggedError {
  readonly type: string
  readonly message: string
  readonly stack: readonly string[]
  readonly code?: string
  readonly field?: string
  readonly details?: StreamError['details']
  readonly cause?: LoggedError
}

/** Causes that are followed. */
const DEPTH = 5

/**
 * Only what is known to be harmless: the message of a StreamError, which holds no personal data, and of any other error
 * without what it quotes (JSON.parse quotes the text it failed at). No other property: those of HTTP errors hold requests.
 */
export function errorForLog(error: unknown, depth = DEPTH): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: withoutQuotes(String(error)), stack: [] }
  const cause = error.cause === undefined || depth === 0 ? {} : { cause: errorForLog(error.cause, depth - 1) }
  const base = { type: error.name, stack: framesOf(error), ...cause }
  if (!(error instanceof StreamError)) return { ...base, message: withoutQuotes(error.message), ...codeOf(error) }
  const { code, message, field, details } = error
  // What is not expected is a foreign error under our name.
  const told = code === 'unexpected' ? withoutQuotes(message) : message
  return { ...base, message: told, code, details, ...(field === undefined ? {} : { field }) }
}

function withoutQuotes(message: string): string {
  return message.replace(/"[\s\S]*"/g, '"…"')
}

/** Of system errors: ECONNREFUSED. */
function codeOf(error: Error): { readonly code?: string } {
  return 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
}

function framesOf({ stack = '' }: Error): readonly string[] {
  return stack.split('\n').flatMap((line) => (/^\s+at /.test(line) ? [line.trim()] : []))
}
