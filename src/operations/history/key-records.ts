import type { LogRecord } from '../../platform/kafka/event-log.ts'
import type { RecordReader } from '../../platform/kafka/record-reader.ts'

/** Records of one key are looked for in this part of a partition. */
export interface KeyRange {
  /** With its prefix. */
  readonly topic: string
  readonly partition: number
  readonly key: string
  /** The oldest record there is. */
  readonly start: bigint
  /** Exclusive. */
  readonly before: bigint
}

export interface KeyRecords {
  /** Of the key, the newest first. */
  readonly records: readonly LogRecord[]
  /** Everything from here on was looked at. */
  readonly from: bigint
  /** Append time of the oldest record that was looked at; null: there was none. */
  readonly time: number | null
}

/** Records that are looked at for one answer, at most; of each there is more than one, where a reader asks on. */
export const MOST_LOOKED_AT = 10_000
const AT_ONCE = 1_000

/** Looks back through a partition for the records of one key, until there are enough or it has looked at `MOST_LOOKED_AT`. */
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
