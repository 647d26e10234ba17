import { type ErrorCode, StreamError } from '../../errors.ts'

/** What failed where, for messages. */
export interface Placing {
  readonly place: string
  readonly path: string
}

/** Codes of SFTP and of the operating system. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  2: 'not_found',
  3: 'permission_missing',
  ENOENT: 'not_found',
  ENOTDIR: 'not_found',
  EACCES: 'permission_missing',
  ELOOP: 'permission_missing',
  EPERM: 'permission_missing',
  EROFS: 'permission_missing',
}

const MESSAGES: Readonly<Partial<Record<ErrorCode, string>>> = {
  not_found: 'does not exist; create it, or correct the path in the settings',
  permission_missing: 'must not be read or written by this user; have its owner allow it',
}

/** A failure of a place as our error. */
export function placeError(cause: unknown, { place, path }: Placing): StreamError {
  if (cause instanceof StreamError) return cause
  if (cause instanceof Error && cause.name === 'AbortError') {
    return new StreamError('stopping', `the work at ${place} was cut off`, { cause })
  }
  const code = CODES[codeOf(cause)] ?? 'target_unavailable'
  return codedError(code, { place, path }, cause)
}

export function codedError(code: ErrorCode, { place, path }: Placing, cause?: unknown): StreamError {
  const message = MESSAGES[code] ?? `failed: ${cause instanceof Error ? cause.message : String(cause)}`
  return new StreamError(code, `${place}: ${path === '' ? 'its folder' : path} ${message}`, { cause })
}

/** A visit that ended before its work: because the process stops, or because it took too long. */
export function cutOffError(name: string, isStopping: boolean, cause: unknown): StreamError {
  if (isStopping) return new StreamError('stopping', `the work at ${name} was cut off`, { cause })
  return new StreamError('timed_out', `${name} took too long`, { cause })
}

export function conflictError({ place, path }: Placing): StreamError {
  return new StreamError('target_conflict', `${place}: there is a file ${path} already; it is not overwritten`)
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}
