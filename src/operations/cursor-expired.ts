import { StreamError } from '../errors.ts'

/** The reader has to read the feed again from its beginning. */
export function cursorExpired(reason: string): StreamError {
  const message = `cursor: ${reason}; read the feed again without a cursor and replace your copy`
  return new StreamError('cursor_expired', message, { field: 'cursor' })
}
