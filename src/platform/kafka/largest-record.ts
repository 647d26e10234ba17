import { StreamError } from '../../errors.ts'
import { largestAttribute } from '../../events/largest-attribute.ts'

/** Bytes of a record: a topic takes 1 MiB with what a batch adds. */
export const LARGEST_RECORD = 1_000_000

/** Of an event that no record holds, naming what takes most of the room. */
export function tooLargeError(key: string, data: object, bytes: number): StreamError {
  const attributes = 'attributes' in data && typeof data.attributes === 'object' ? { ...data.attributes } : {}
  const largest = largestAttribute(attributes)
  const most = largest === null ? '' : `; most of it is attribute ${largest.name} with ${largest.bytes} bytes`
  return new StreamError('value_too_large', `${key}: ${bytes} bytes; a record holds ${LARGEST_RECORD}${most}`, {
    field: largest === null ? 'data' : `attributes.${largest.name}`,
  })
}
