import type { OwnOrderFields } from '../../../src/configuration/system-type.ts'
import { StreamError } from '../../../src/errors.ts'
import { text4, text8 } from '../../../src/events/decimal.ts'
import type { Address, OrderLine, VendorOrderRequested } from '../../../src/events/generated/events.ts'
import { exactNumber } from '../../../src/platform/json.ts'
import { topLevelLines } from '../../../src/rules/split-order.ts'
import { applyOrderFields } from '../../../src/systems/kit/order-fields.ts'
import type { Sink } from '../../../src/systems/kit/sink.ts'
import { textOf, type Wire } from '../../../src/systems/kit/wire.ts'
import type { AcmeClient, AcmeValues } from './client.ts'

const bodyFields = [
  'status',
  'digest',
  'number',
  'currency',
  'ship_to',
  'ship_method',
  'ship_from',
  'lines',
  'shipping',
] as const
type BodyField = (typeof bodyFields)[number]
const lineFields = ['id', 'sku', 'ordered', 'canceled', 'price', 'amount', 'discount', 'tax'] as const
type LineField = (typeof lineFields)[number]

/** Fields that Waldstream writes itself: rules of an order map may not set them. */
export const orderFields: OwnOrderFields = {
  own: [...bodyFields, ...lineFields.map((name) => `line.${name}`)],
  mappable: [],
}

/**
 * Writes vendor orders to Acme. Acme stores our reference, `<connection>-<order number>`, and a second PUT replaces the
 * first: so a write whose answer was lost may be repeated (Guarantee 3). Acme also stores the digest of the content: an
 * equal digest means that there is nothing to write.
 */
export function writeAcmeOrders(client: AcmeClient, settings: AcmeValues): Sink<'vendor-orders'> {
  return {
    kind: 'vendor-orders',
    naturalKey: true,
    async probe(signal) {
      await client.check(signal)
    },
    async deliver(event, connection, signal) {
      const reference = `${connection.id}-${event.key}`
      const order = await client.order(reference, signal)
      const targetId = order === null ? null : textOf(order['id'])
      if (order?.['digest'] === event.contentDigest) return { outcome: 'unchanged', targetId }
      // An order that Acme never had needs no cancellation.
      if (event.canceled && order === null) return { outcome: 'unchanged', targetId: null }
      if (order !== null && order['status'] !== 'open') throw begunError(event)
      return { outcome: 'written', targetId: await client.putOrder(reference, orderBody(event, settings), signal) }
    },
  }
}

/** Acme refuses it too if it begins at this moment (`in_delivery`). */
function begunError({ key }: VendorOrderRequested): StreamError {
  const message = `order ${key} changed in the shop, but Acme has begun or closed it; settle it with Acme`
  return new StreamError('target_conflict', message)
}

/** Pure. Amounts are those of the shop, with all digits. No line is left out. */
function orderBody({ canceled, contentDigest, data, fields }: VendorOrderRequested, { shipFrom }: AcmeValues): Wire {
  const body: Readonly<Record<Exclude<BodyField, 'lines'>, unknown>> = {
    status: canceled ? 'canceled' : 'open',
    digest: contentDigest,
    number: data.orderNumber,
    currency: data.currency,
    ship_to: data.shippingAddress === null ? null : addressBody(data.shippingAddress),
    ship_method: data.shippingMethod,
    ship_from: shipFrom,
    shipping: exactNumber(text4(data.shipping)),
  }
  const bodies = topLevelLines(data).map((line) => ({ lineId: line.lineId, body: lineBody(line) }))
  // Adds the connection's fields, by Acme's names. They can't replace the fields above.
  const { order, lines } = applyOrderFields({ order: body, lines: bodies }, fields, orderFields)
  return { ...order, lines }
}

function lineBody(line: OrderLine): Readonly<Record<LineField, unknown>> {
  return {
    id: line.lineId,
    sku: line.sku,
    ordered: exactNumber(text8(line.quantityOrdered)),
    canceled: exactNumber(text8(line.quantityCanceled)),
    price: exactNumber(text8(line.unitPrice)),
    amount: exactNumber(text4(line.rowTotal)),
    discount: exactNumber(text4(line.discount)),
    tax: exactNumber(text4(line.tax)),
  }
}

function addressBody(address: Address): Wire {
  const { firstName, lastName, company, street, city, region, postalCode, countryCode, phone } = address
  const name = [firstName, lastName].filter((part) => part !== null).join(' ')
  return { name, company, street, city, region, postal_code: postalCode, country: countryCode, phone }
}
