import { countedRows } from '../../simulators/magento2/order-life.ts'
import { renderOrder } from '../../simulators/magento2/render.ts'
import type { Order, OrderItem } from '../../simulators/magento2/wire-types.ts'
import { parseExact } from '../../src/platform/json.ts'
import type { Wire } from '../../src/systems/kit/wire.ts'

/** A row of an order, as a test writes it. */
export interface PlacedRow {
  readonly sku: string
  readonly qty: number
  readonly price: number
  readonly type?: OrderItem['product_type']
  readonly discount?: number
  readonly tax?: number
  /** The number of the row that it is a part of, from 1. */
  readonly partOf?: number
  /** Whatever else Magento has of it. */
  readonly more?: Readonly<Record<string, unknown>>
}

export interface PlacedOrder {
  readonly rows: readonly PlacedRow[]
  readonly currency?: string
  readonly shipping?: number
  /** What no row explains. */
  readonly charges?: number
  readonly extension?: Readonly<Record<string, unknown>>
}

/** As it is placed, and not paid. */
export function placedOrder(
  { rows, currency = 'USD', shipping = 0, charges = 0, extension }: PlacedOrder,
  id: number,
  now: string,
): Order {
  const items = rows.map((row, index) => itemOf(row, id, index))
  const counted = countedRows({ items })
  const total = (of: (item: OrderItem) => number) => counted.reduce((sum, item) => sum + of(item), 0)
  const [subtotal, discount, tax] = [
    total((i) => i.row_total),
    total((i) => i.discount_amount),
    total((i) => i.tax_amount),
  ]
  const productTax = total((item) => Number(item['weee_tax_applied_row_amount'] ?? 0))
  const address = {
    firstname: 'Ada',
    lastname: 'Test',
    street: ['1 Main St'],
    city: 'Austin',
    postcode: '78701',
    country_id: 'US',
    region: 'Texas',
    region_code: 'TX',
    telephone: '5125550100',
  }
  return {
    entity_id: id,
    increment_id: `00000000${id}`,
    state: 'new',
    status: 'pending',
    created_at: now,
    updated_at: now,
    store_id: 1,
    base_currency_code: currency,
    order_currency_code: currency,
    customer_email: 'ada@example.com',
    subtotal,
    discount_amount: 0 - discount,
    shipping_amount: shipping,
    shipping_tax_amount: 0,
    tax_amount: tax,
    grand_total: subtotal - discount + tax + shipping + charges + productTax,
    total_paid: 0,
    total_refunded: 0,
    items,
    billing_address: { ...address, address_type: 'billing' },
    shipping_address: { ...address, address_type: 'shipping' },
    shipping_method: 'flatrate_flatrate',
    payment: { method: 'checkmo' },
    status_histories: [],
    ...(extension === undefined ? {} : { extension_attributes: extension }),
  }
}

function itemOf(row: PlacedRow, orderId: number, index: number): OrderItem {
  const { sku, qty, price, type = 'simple', discount = 0, tax = 0, partOf, more } = row
  const isVirtual = type === 'virtual' || type === 'downloadable'
  return {
    item_id: orderId * 100 + index + 1,
    order_id: orderId,
    ...(partOf === undefined ? {} : { parent_item_id: orderId * 100 + partOf }),
    product_id: 50 + index,
    sku,
    name: sku,
    product_type: type,
    is_virtual: isVirtual ? 1 : 0,
    qty_ordered: qty,
    qty_invoiced: 0,
    qty_shipped: 0,
    qty_canceled: 0,
    qty_refunded: 0,
    price,
    row_total: price * qty,
    discount_amount: discount,
    tax_amount: tax,
    ...more,
  }
}

/** As our client has it from the shop. */
export const magentoWire = (order: Order): Wire => parseExact(JSON.stringify(renderOrder(order))) as Wire
