import { decimal4, decimal8 } from '../../src/events/decimal.ts'
import type { VendorOrderRequested } from '../../src/events/generated/events.ts'
import { contentDigest } from '../../src/events/identity.ts'
import type { Entity } from '../../src/events/topics.ts'
import type { AnySourceReader, SourceReader } from '../../src/systems/kit/source.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { sourceRuns } from './source-runs.ts'
import { readOf, wallClock } from './sources.ts'

/** The runs of one reader of the system `netsuite`, over tables and a log in memory. */
export function runsOf<E extends Entity>(entity: E, reader: SourceReader<E>) {
  const read = readOf('netsuite', entity, 50)
  /** How long was waited, for whatever; nothing is waited for. */
  const waits: number[] = []
  const clock = { now: () => wallClock.now(), sleep: async (ms: number) => void waits.push(ms) }
  return { waits, ...sourceRuns(entity, read, clock, () => reader as AnySourceReader) }
}

export const netsuiteConnection = connectionOf('shop-a', '^WLD-')

/** A vendor's order of so many pieces of each SKU, ten each. */
export function netsuiteOrder(number: string, skus: readonly string[], pieces = 1): VendorOrderRequested {
  const lines = skus.map((sku, index) =>
    lineOf(String(11 + index), sku, {
      quantityOrdered: decimal8(String(pieces), 'quantity'),
      rowTotal: decimal4(String(10 * pieces), 'total'),
    }),
  )
  const made = vendorOrder(netsuiteConnection.id, number, orderOf(lines))
  return { ...made, contentDigest: contentDigest({ deleted: false, data: made.data }) }
}
