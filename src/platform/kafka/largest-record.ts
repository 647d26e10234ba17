import { StreamError } from '../../errors.ts'
import { largestText } from '../../events/largest-text.ts'

/** Most bytes of a record: a topic accepts 1 MiB including the overhead of a batch. */
export const LARGEST_RECORD = 1_000_000

/** Error for an event that is too large for a record; names its largest field. */
export function tooLargeError(key: string, data: object, bytes: number): StreamError {
  const largest = largestText(data)
  const most = largest === null ? '' : `; the largest field is ${largest.path} with ${largest.bytes} bytes`
  return new StreamError('value_too_large', `${key}: ${bytes} bytes; the limit is ${LARGEST_RECORD}${most}`, {
    field: `data.${largest?.path ?? ''}`,
  })
}
