import { StreamError } from '../../errors.ts'
import type { OffsetRange } from './replay.ts'

/**
 * `0:100-200,3:5-` as ranges by partition: from inclusive, to exclusive, open-ended if absent. Throws
 * `request_invalid`.
 */
export function parseOffsets(text: string): Readonly<Record<string, OffsetRange>> {
  const parts = text.split(',').map((part) => {
    const [, partition, from, to] = /^\s*(\d{1,5}):(\d{1,18})-(\d{1,18})?\s*$/.exec(part) ?? []
    if (partition === undefined || from === undefined) {
      const message = `offsets: write partition:from-to, for example 0:100-200,3:5-, not "${part}"`
      throw new StreamError('request_invalid', message, { field: 'offsets' })
    }
    return [partition, { from, to: to ?? String(Number.MAX_SAFE_INTEGER) }] as const
  })
  return Object.fromEntries(parts)
}
