import { toStreamError } from '../../errors.ts'
import { text8 } from '../../events/decimal.ts'
import type { ShopFulfilmentRequested, VendorOrderRequested } from '../../events/generated/events.ts'
import { isoTime } from '../../events/times.ts'
import type { LogRecord } from '../../platform/kafka/event-log.ts'
import type { FeedRow } from '../../projections/feed-row.ts'
import { CANCELED_BY_HAND, type OutgoingOrder, outgoingId } from '../../projections/outgoing-events.ts'
import { vendorQuantity } from '../../rules/quantities.ts'
import { topLevelLines } from '../../rules/split-order.ts'
import type { OperationDeps } from '../dependencies.ts'
import type { KeyedEvent } from './keyed-event.ts'

/** A row of the stock feed as an event. A row that changed twice has only its current state. */
export function stockEvent(row: FeedRow): KeyedEvent {
  const { connection, source, key: sku, position, digest, updated_at, deleted, data } = row
  // A rebuild may change the content at a position.
  const id = outgoingId('stock.changed', connection, source, sku, position, digest)
  const { total, in_stock, locations } = data
  return {
    key: JSON.stringify(['stock', connection, source, sku]),
    row: null,
    event: {
      id,
      type: 'stock.changed',
      timestamp: updated_at,
      data: { connection, source, sku, deleted, available: total, in_stock, locations },
    },
  }
}

type Staged = Pick<OperationDeps, 'staged'>['staged']

/** Rows of orders as events, with details read from their topics. */
export async function orderEvents(staged: Staged, rows: readonly OutgoingOrder[]): Promise<readonly KeyedEvent[]> {
  const placed = rows.flatMap(({ event_place }) => event_place ?? [])
  const records = placed.length === 0 ? [] : await staged.reader.read(placed)
  const found = new Map(placed.map((place, index) => [place, records[index] ?? null]))
  return await Promise.all(
    rows.map(async (row) => {
      const { owner, place, connection, shop, number, id, type, at: timestamp } = row
      const record = row.event_place === null ? null : (found.get(row.event_place) ?? null)
      const data = { connection, shop, order: number, ...(await detailsOf(staged, row, record)) }
      const event = { id, type, timestamp, data }
      return { key: JSON.stringify(['order', shop, number]), row: { owner, place }, event }
    }),
  )
}

async function detailsOf(staged: Staged, row: OutgoingOrder, record: LogRecord | null) {
  const { type, stage, code, target_id } = row
  if (type === 'order.shipped') {
    const event = await decoded(staged, 'shop-fulfilments', record)
    return { shipment: event === null ? null : shipmentOf(event) }
  }
  if (type === 'order.canceled') {
    const event = await decoded(staged, 'shop-fulfilments', record)
    return { cancellation: event === null ? null : cancellationOf(event) }
  }
  const order = await decoded(staged, 'vendor-orders', record)
  if (code === CANCELED_BY_HAND) return { vendor_order: target_id, canceled: true, lines: [] }
  const lines = order === null ? null : linesOf(order)
  if (type === 'order.failed') return { stage, code, lines }
  return { vendor_order: target_id, canceled: order?.canceled ?? null, lines }
}

/** Null: the topic no longer has the record, or the order was not routed. */
async function decoded<K extends 'vendor-orders' | 'shop-fulfilments'>(
  staged: Staged,
  kind: K,
  record: LogRecord | null,
) {
  if (record === null) return null
  try {
    return await staged.codec.decode(kind, record.value)
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy === 'stop' || error.policy === 'retry') throw error
    return null
  }
}

function linesOf({ data }: VendorOrderRequested) {
  return topLevelLines(data).map((line) => ({ sku: line.sku, quantity: text8(vendorQuantity(line)) }))
}

/** Lines that the vendor does not deliver. */
function cancellationOf({ source, key, data }: ShopFulfilmentRequested) {
  const lines = data.lines.map(({ sku, quantity, reason }) => ({ sku, quantity: text8(quantity), reason }))
  return { id: key, source, lines }
}

function shipmentOf({ source, key, data }: ShopFulfilmentRequested) {
  return {
    id: key,
    source,
    shipped_at: isoTime(data.shippedAt),
    lines: data.lines.map(({ sku, quantity, location }) => ({ sku, quantity: text8(quantity), location })),
    tracks: data.tracks.map(({ carrier, title, number }) => ({ carrier, title, number })),
  }
}
