import { StreamError } from '../../errors.ts'
import { largestText } from '../../events/largest-text.ts'

/** Bytes of a record: a topic takes 1 MiB with what a batch adds. */
export const LARGEST_RECORD = 1_000_000

/** Of an event that no record holds, naming what takes most of the room. */
export function tooLargeError(key: string, data: object, bytes: number): StreamError {
  const largest = largestText(data)
  const most = largest === null ? '' : `; most of it is ${largest.path} with ${largest.bytes} bytes`
  return new StreamError('value_too_large', `${key}: ${bytes} bytes; a record holds ${LARGEST_RECORD}${most}`, {
    field: `data.${largest?.path ?? ''}`,
  })
}
