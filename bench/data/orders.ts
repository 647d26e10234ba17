import {
  add,
  type Decimal4,
  decimal4,
  decimal8,
  multiply,
  subtract,
  sum,
  ZERO4,
  ZERO8,
} from '../../src/events/decimal.ts'
import type { Address, Order, OrderChanged, OrderLine } from '../../src/events/generated/events.ts'
import { digest } from '../../src/events/identity.ts'
import { address } from './addresses.ts'
import { type Seeded, seeded } from './seeded.ts'

export interface OrderOptions {
  readonly seed: number
  readonly count: number
  /** Changes of this many orders, some changed more often than others; absent: every event is a new order. */
  readonly keys?: number
}

export const SHOP = 'magento'
/** What the SKUs of the vendor's own lines begin with. */
export const VENDOR_PREFIX = 'VND-'

const VENDOR_SHARE = 0.3
const BEGIN = Date.UTC(2026, 0, 1)
const EVENTS_A_TASK = 200
const NAMES = [
  'Compact Water Bottle',
  'Heavy-Duty Messenger Bag',
  'Insulated Trail Jacket',
  'Classic Desk Lamp',
] as const
const COLORS = ['black', 'blue', 'grey', 'red'] as const

/** Orders of about 1 kB with 1 to 8 lines, 30 % of them the vendor's. The same options give the same events. */
export function* orders({ seed, count, keys }: OrderOptions): Generator<OrderChanged> {
  const random = seeded(seed)
  const addresses = Array.from({ length: 1000 }, () => address(random))
  for (let index = 0; index < count; index += 1) {
    const key = String(1 + (keys === undefined ? index : random.rank(keys))).padStart(9, '0')
    const id = digest(String(seed), 'order', key, String(index))
    const readAt = BEGIN + index * 1370
    yield {
      eventId: id,
      contentDigest: id,
      source: SHOP,
      key,
      taskId: `orders-${Math.floor(index / EVENTS_A_TASK)}`,
      occurredAt: readAt - 30_000,
      readAt,
      deleted: false,
      data: order(random, key, readAt, addresses),
      raw: null,
    }
  }
}

function order(random: Seeded, orderNumber: string, placedAt: number, addresses: readonly Address[]): Order {
  const lines = Array.from({ length: 1 + lineCount(random) }, (_, index) => line(random, `${orderNumber}-${index}`))
  const billingAddress = addresses[random.below(addresses.length)] ?? address(random)
  const shipping = decimal4(5 + random.below(20), 'shipping')
  const totals = {
    subtotal: sum(lines.map(({ rowTotal }) => rowTotal)),
    discount: sum(lines.map(({ discount }) => discount)),
    tax: sum(lines.map(({ tax }) => tax)),
    shipping,
    shippingTax: percent(shipping, 8),
  }
  const state = random.next() < 0.6 ? 'processing' : 'complete'
  return {
    orderId: String(Number(orderNumber)),
    orderNumber,
    state,
    status: state,
    placedAt,
    amends: null,
    storeId: '1',
    currency: 'USD',
    baseCurrency: 'USD',
    baseGrandTotal: null,
    customerId: random.next() < 0.3 ? null : String(random.below(50_000)),
    customerGroup: '1',
    customerEmail: billingAddress.email ?? '',
    billingAddress,
    shippingAddress: random.next() < 0.6 ? billingAddress : address(random),
    shippingMethod: 'flatrate_flatrate',
    paymentMethod: 'checkmo',
    purchaseOrderNumber: random.next() < 0.2 ? `PO-${orderNumber}` : null,
    couponCode: null,
    lines,
    ...totals,
    giftCard: ZERO4,
    storeCredit: ZERO4,
    charges: [],
    grandTotal: [totals.tax, totals.shipping, totals.shippingTax].reduce(
      add,
      subtract(totals.subtotal, totals.discount),
    ),
    attributes: random.next() < 0.5 ? { store_name: '"Main Website"', remote_ip: '"203.0.113.7"' } : {},
  }
}

/** 0 to 7, three on average. */
function lineCount(random: Seeded): number {
  return Array.from({ length: 7 }, () => random.next() < 3 / 7).filter(Boolean).length
}

function line(random: Seeded, lineId: string): OrderLine {
  const prefix = random.next() < VENDOR_SHARE ? VENDOR_PREFIX : 'SKU-'
  const quantity = decimal8(1 + random.below(12), 'quantity')
  const unitPrice = decimal8(`${2 + random.below(248)}.99`, 'price')
  const rowTotal = multiply(quantity, unitPrice)
  const discount = random.next() < 0.35 ? percent(rowTotal, random.below(21)) : ZERO4
  return {
    lineId,
    parentLineId: null,
    sku: `${prefix}${String(random.below(6000)).padStart(6, '0')}`,
    name: random.oneOf(NAMES),
    productType: 'simple',
    quantityOrdered: quantity,
    quantityCanceled: ZERO8,
    quantityInvoiced: random.next() < 0.5 ? quantity : ZERO8,
    quantityShipped: ZERO8,
    quantityRefunded: ZERO8,
    unitPrice,
    originalPrice: null,
    discount,
    tax: percent(subtract(rowTotal, discount), 8),
    rowTotal,
    ownAmounts: null,
    attributes: random.next() < 0.6 ? { color: JSON.stringify(random.oneOf(COLORS)), size: '"M"' } : {},
  }
}

function percent(amount: Decimal4, rate: number): Decimal4 {
  return (((amount as bigint) * BigInt(rate)) / 100n) as Decimal4
}
