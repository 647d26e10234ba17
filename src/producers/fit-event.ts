import { StreamError, toStreamError } from '../errors.ts'
import { digest } from '../events/identity.ts'
import { type Entity, recordKey, type SourceEvent, topicOf } from '../events/topics.ts'
import type { EventCodec } from '../platform/codec.ts'
import type { OutgoingRecord } from '../platform/kafka/event-log.ts'
import { LARGEST_RECORD, tooLargeError } from '../platform/kafka/largest-record.ts'
import { recordBytes } from '../platform/kafka/request-packer.ts'
import type { Page, UnreadableEntity } from '../systems/kit/source.ts'

/** Bytes of a key: tables put a source or connection before it, in keys of at most 1024 bytes. */
const LONGEST_KEY = 500
/** Bytes of an original that a dead letter holds: its topic accepts four times as much. */
const LARGEST_ORIGINAL = 3_000_000

/** Moves entities with a key that no table accepts to the unreadable ones of the page (Guarantee 5). */
export function withFittingKeys<E extends Entity>(page: Page<E>): Page<E> {
  const fits = ({ key }: { readonly key: string }) => Buffer.byteLength(key) <= LONGEST_KEY
  const long = page.entities
    .filter((entity) => !fits(entity))
    .map(({ key, raw }): UnreadableEntity => {
      const error = new StreamError('value_too_large', `the key has more than ${LONGEST_KEY} bytes`, { field: 'key' })
      return { key, error, raw: raw ?? '' }
    })
  const unreadable = [...page.unreadable, ...long].map((one) => (fits(one) ? one : { ...one, key: shortened(one.key) }))
  return { ...page, entities: page.entities.filter(fits), unreadable }
}

const shortened = (key: string): string => `${key.slice(0, 100)}… ${digest(key)}`

/**
 * The record of an event, without the source's original text if it would be too large with it; or why there is none: an
 * event that can't be sent must not hold up the others, now and in every later run (Guarantee 5).
 */
export function fitEvent(
  { codec, topicPrefix }: { readonly codec: EventCodec; readonly topicPrefix: string },
  entity: Entity,
  event: SourceEvent,
): { readonly record: OutgoingRecord } | { readonly unfit: UnreadableEntity } {
  const topic = `${topicPrefix}${topicOf(entity)}`
  const recordOf = (one: SourceEvent): OutgoingRecord => {
    return { topic, key: recordKey(one.source, one.key), value: codec.encode(entity, one as never) }
  }
  try {
    const whole = recordOf(event)
    if (recordBytes(whole) <= LARGEST_RECORD) return { record: whole }
    const record = recordOf({ ...event, raw: null })
    const bytes = recordBytes(record)
    if (bytes <= LARGEST_RECORD) return { record }
    throw tooLargeError(event.key, event.data, bytes)
  } catch (error) {
    if (toStreamError(error).policy === 'stop') throw error
    return { unfit: { key: event.key, error, raw: event.raw ?? '' } }
  }
}

/** What a dead letter stores of an original, and a note if that is not all. */
export function fitOriginal(raw: string): { readonly original: Buffer; readonly note: string } {
  const original = Buffer.from(raw)
  if (original.length <= LARGEST_ORIGINAL) return { original, note: '' }
  const note = `; only the first ${LARGEST_ORIGINAL} of ${original.length} bytes of the original are stored`
  return { original: original.subarray(0, LARGEST_ORIGINAL), note }
}
