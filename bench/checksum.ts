import type { Platform } from '../src/cli/platform.ts'
import type { LogRange } from '../src/platform/kafka/event-log.ts'

/** What routed orders come to: the same for all who did the job right. */
export interface Checksum {
  readonly orders: number
  readonly lines: number
  /** Ten-thousandths. */
  readonly grandTotals: bigint
}

/** Where a topic ends now. */
export async function endsOf({ admin }: Platform, topic: string): Promise<ReadonlyMap<number, bigint>> {
  return new Map((await admin.ends(topic)).map(({ partition, end }) => [partition, end]))
}

/** Of what was appended to a topic since it ended at `before`; `kind`: whose schema its events have. */
export async function checksum(
  platform: Platform,
  kind: 'orders' | 'vendor-orders',
  topic: string,
  before: ReadonlyMap<number, bigint>,
): Promise<Checksum> {
  const sums = { orders: 0, lines: 0, grandTotals: 0n }
  const after = await endsOf(platform, topic)
  const range: LogRange = new Map(
    [...after].map(([partition, to]) => [partition, { from: before.get(partition) ?? 0n, to }]),
  )
  await platform.log.scan(topic, range, async (records) => {
    for (const { value } of records) {
      const { data } = await platform.codec.decode(kind, value)
      if (!('lines' in data)) throw new Error('a routed order has no lines')
      sums.orders += 1
      sums.lines += data.lines.length
      sums.grandTotals += data.grandTotal
    }
  })
  return sums
}
