import { StreamError, toStreamError } from '../../errors.ts'
import { type KindEvent, kindOf } from '../../events/topics.ts'
import type { LogHeader, LogRecord } from '../../platform/kafka/event-log.ts'
import { shownEvent } from '../../platform/registry/personal-fields.ts'
import type { Letter, LetterDeps } from './letter.ts'

/** The original record of a dead letter, byte for byte. */
export type Original = LogRecord

/**
 * Reads it from the row, or, if it is too large for that, from the topic of dead letters. Throws `not_found` when the
 * topic no longer has it.
 */
export async function originalOf(
  { log, codec }: Pick<LetterDeps<never>, 'log' | 'codec'>,
  letter: Letter,
): Promise<Original> {
  const { topic, partition, offset, appended_at, original } = letter
  const place = { topic, partition, offset: BigInt(offset), timestamp: Date.parse(appended_at) }
  // What never was a record is sealed as a whole. In a record only the personal fields are sealed; they are opened with
  // its event.
  const opened = async (value: Buffer | null) =>
    value === null || offset >= 0 || codec.persons === undefined ? value : await codec.persons.open(value)
  if (original !== null) {
    const headers = original.headers.map(({ key, value }): LogHeader => ({ key, value: bytes(value) }))
    return { ...place, key: bytes(original.key), value: await opened(bytes(original.value)), headers }
  }
  const kept = letter.kept_in
  const record = await log.read(kept.topic, kept.partition, BigInt(kept.offset))
  if (record === null) {
    const message = `the bytes of dead letter ${letter.id} are no longer in ${kept.topic} (partition ${kept.partition}, offset ${kept.offset})`
    throw new StreamError('not_found', message, { field: 'id' })
  }
  const { originalKey, originalValue, headers } = await codec.decode('dead-letters', record.value)
  return {
    ...place,
    key: originalKey,
    value: await opened(originalValue),
    headers: headers.map(({ key, value }) => ({ key, value })),
  }
}

/**
 * Decodes the event with the current schemas, or says why that fails. Throws `registry_unavailable`, which is not about
 * the event.
 */
export async function decodeOriginal(
  { codec, topicPrefix }: Pick<LetterDeps<never>, 'codec' | 'topicPrefix'>,
  original: Original,
): Promise<{ readonly decoded: KindEvent } | { readonly error: StreamError }> {
  if (original.topic === '') {
    const message = 'these are the bytes of the source; no event could be made from them'
    return { error: new StreamError('source_data_invalid', message) }
  }
  try {
    const kind = kindOf(original.topic.slice(topicPrefix.length))
    return { decoded: { kind, event: await codec.decode(kind, original.value) } as KindEvent }
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy === 'stop') throw error
    return { error }
  }
}

/** As JSON values; `persons`: includes personal data. */
export function shownOf({ kind, event }: KindEvent, persons: boolean): unknown {
  return shownEvent(kind, event as never, persons)
}

function bytes(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text, 'base64')
}
