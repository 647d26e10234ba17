import { StreamError } from '../errors.ts'
import type { Entity } from '../events/topics.ts'
import type { ReadWindow, SourceReader, WindowRow } from '../systems/kit/source.ts'

const DAY_MS = 24 * 60 * 60_000

/**
 * Keys of everything a source has now. Throws `configuration_invalid` for a reader that can't list them: it would look
 * like an empty source, and a sweep would delete everything.
 */
export function allKeys<E extends Entity>(
  reader: SourceReader<E>,
  now: number,
  signal: AbortSignal,
  accepted: boolean,
): AsyncIterable<readonly Pick<WindowRow, 'key'>[]> {
  // The window ends a day from now: a row that changes during the listing moves towards the end and is still met.
  const whole: ReadWindow = { from: null, to: now + DAY_MS, again: true }
  const pages = reader.keys?.(signal, accepted) ?? reader.list?.(whole, signal)
  if (pages === undefined) throw new StreamError('configuration_invalid', `${reader.name} can't list its entities`)
  return pages
}
