import type { LogRecord } from '../../platform/kafka/event-log.ts'
import type { RecordReader } from '../../platform/kafka/record-reader.ts'

/** Part of a partition to search for records of one key. */
export interface KeyRange {
  /** With its prefix. */
  readonly topic: string
  readonly partition: number
  readonly key: string
  /** Offset of the oldest record in the partition. */
  readonly start: bigint
  /** Exclusive. */
  readonly before: bigint
}

export interface KeyRecords {
  /** Records of the key, newest first. */
  readonly records: readonly LogRecord[]
  /** The search covered all records from this offset. */
  readonly from: bigint
  /** Append time of the oldest record searched; null: there was none. */
  readonly time: number | null
}

/** Maximum number of records that one call searches; the caller continues with the next page. */
export const MOST_LOOKED_AT = 10_000
const AT_ONCE = 1_000

/** Searches a partition backwards for records of one key, until there are enough or after `MOST_LOOKED_AT` records. */
export async function keyRecords(
  reader: Pick<RecordReader, 'read'>,
  range: KeyRange,
  isEnough: (found: readonly LogRecord[], time: number | null) => boolean,
): Promise<KeyRecords> {
  const { topic, partition, start, before } = range
  const wanted = Buffer.from(range.key)
  const records: LogRecord[] = []
  let [from, time]: [bigint, number | null] = [before, null]
  while (from > start && before - from < MOST_LOOKED_AT && !isEnough(records, time)) {
    const count = Math.min(AT_ONCE, Number(from - start))
    const first = Number(from) - count
    const places = Array.from({ length: count }, (_, index) => ({ topic, partition, offset: first + index }))
    const read = (await reader.read(places)).filter((record) => record !== null)
    records.push(...read.filter(({ key }) => key?.equals(wanted) === true).toReversed())
    from = BigInt(first)
    time = read[0]?.timestamp ?? time
  }
  return { records, from, time }
}
