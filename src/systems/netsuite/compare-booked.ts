import { StreamError } from '../../errors.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import { bookedDifference, type Compared, currencyDifference, pricesNote } from './booked.ts'
import type { NetSuiteClient } from './client.ts'
import { hasContent } from './custom-fields.ts'
import type { OrderAmounts } from './order-amounts.ts'
import { closedOrderBody } from './order-body.ts'
import { holdFields } from './order-hold.ts'
import { isBegun } from './order-state.ts'

/** An order that was written, and the amounts it was written with. */
export interface WrittenOrder {
  readonly client: Pick<NetSuiteClient, 'getByExternalId' | 'upsertByExternalId'>
  readonly externalId: string
  readonly event: VendorOrderRequested
  readonly amounts: OrderAmounts
  readonly how: Compared
  /** Internal id of the currency that it was written with; null: none was sent. */
  readonly currency: string | null
  readonly signal: AbortSignal
}

/**
 * Reads an order back with one call and compares it: NetSuite answers a write without the record. Returns a note for
 * people if NetSuite determined the prices, else null. Throws like `assertBooked`.
 */
export async function compareWritten(written: WrittenOrder): Promise<string | null> {
  const { client, externalId, event, signal } = written
  const order = await client.getByExternalId('salesOrder', externalId, { expand: true }, signal)
  if (order === null) {
    throw new StreamError('target_unavailable', `NetSuite accepted order ${event.key}, but does not return it`)
  }
  // Another worker has written since, and compares its own write.
  if (!hasContent(order, event)) return null
  await assertBooked(written, order, true)
  return written.how.erpPrices === null ? null : pricesNote(order)
}

/**
 * Guarantee 7: closes every line of an order that NetSuite booked differently from what was written, with the mark of
 * an order that the shop canceled: so its end is not reported to the shop, and the next try opens it again. A partly
 * fulfilled order is not closed, nor one that is not `fresh`: it was compared before, and a person has changed it
 * since. Throws `totals_differ` with both amounts.
 */
export async function assertBooked(written: WrittenOrder, order: Wire, fresh: boolean): Promise<void> {
  const { client, externalId, event, amounts, how, currency, signal } = written
  const differs = currencyDifference(currency, order) ?? bookedDifference(amounts, how, order)
  if (differs === null) return
  const stays = !fresh || isBegun(order)
  if (!stays) {
    const ended = { ...event, canceled: true, held: false }
    const closed = { ...closedOrderBody(ended, order), ...holdFields(ended, order) }
    await client.upsertByExternalId('salesOrder', externalId, closed, { replace: 'item' }, signal)
  }
  const id = textOf(order['id'])
  const done = stays ? 'stays as it is: settle it there by hand' : 'was closed'
  const message =
    `NetSuite booked order ${event.key} differently: ${differs}; its order ${id} ${done}. ` +
    'Check settings.taxes and settings.discountItem, and the shipping items, price levels and scripts in NetSuite'
  throw new StreamError('totals_differ', message, { field: 'total', details: { salesOrder: id } })
}
