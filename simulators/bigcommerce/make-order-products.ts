import type { LineAmounts, OrderAmounts } from '../magento2/order-amounts.ts'
import type { Sellable } from '../magento2/sellable.ts'
import { money } from './cents.ts'
import type { Cost } from './draw-charges.ts'
import type { OrderAddress, OrderProduct } from './wire-types.ts'

/** Ids of products and variants by SKU, and the option that distinguishes a variant. */
export type ProductNumbers = ReadonlyMap<string, { productId: number; variantId: number }>

interface Making {
  id: number
  bought: readonly { sellable: Sellable; qty: number }[]
  amounts: OrderAmounts
  byCoupon: boolean
  addresses: readonly OrderAddress[]
  numbers: ProductNumbers
  /** Gift wrapping by row index. */
  wrapping: ReadonlyMap<number, Cost>
}

/**
 * An order's rows. Their tax is that of the price before discounts; coupons appear in each row, an amount off the whole
 * order in none. Every ninth order has a component that belongs to its first row and costs nothing.
 */
export function makeOrderProducts(making: Making): OrderProduct[] {
  const { id, bought, amounts, byCoupon, addresses } = making
  const rows = bought.map(({ sellable }, index) => {
    const line = amounts.lines[index] ?? NOTHING
    const address = addresses[index % addresses.length] ?? addresses[0]
    const { product, parent } = sellable
    const known = making.numbers.get(product.sku) ?? { productId: 0, variantId: 0 }
    return {
      ...rowOf(id * 100 + index + 1, id, address?.id ?? 0, line),
      product_id: known.productId,
      variant_id: known.variantId,
      name: parent?.product.name ?? product.name,
      sku: product.sku,
      weight: product.weight ?? '0.0000',
      parent_order_product_id: null,
      applied_discounts: byCoupon && line.discount > 0 ? [discount(line)] : [],
      product_options: optionsOf(sellable, id * 100 + index + 1),
      ...wrappingOf(making.wrapping.get(index)),
    }
  })
  const [first] = rows
  return id % 9 === 0 && first !== undefined ? [...rows, component(first)] : rows
}

const NOTHING: LineAmounts = {
  qty: 0,
  price: 0,
  rowTotal: 0,
  discount: 0,
  tax: 0,
  priceInclTax: 0,
  rowTotalInclTax: 0,
}

function rowOf(rowId: number, orderId: number, addressId: number, line: LineAmounts) {
  return {
    id: rowId,
    order_id: orderId,
    order_address_id: addressId,
    order_pickup_method_id: 0,
    upc: '',
    type: 'physical',
    base_price: money(line.price),
    price_ex_tax: money(line.price),
    price_inc_tax: money(line.priceInclTax),
    price_tax: money(line.priceInclTax - line.price),
    base_total: money(line.rowTotal),
    total_ex_tax: money(line.rowTotal),
    total_inc_tax: money(line.rowTotalInclTax),
    total_tax: money(line.rowTotalInclTax - line.rowTotal),
    quantity: line.qty,
    quantity_shipped: 0,
    quantity_refunded: 0,
    is_refunded: false,
    refund_amount: money(0),
    is_bundled_product: false,
    bin_picking_number: '',
    external_id: null,
    event_name: null,
    event_date: null,
    brand: '',
    name_customer: '',
    name_merchant: '',
    width: '0.0000',
    height: '0.0000',
    depth: '0.0000',
    base_cost_price: money(0),
    cost_price_ex_tax: money(0),
    cost_price_inc_tax: money(0),
    cost_price_tax: money(0),
    fixed_shipping_cost: money(0),
    discounted_total_inc_tax: money(line.rowTotalInclTax),
    return_id: 0,
    ebay_item_id: '',
    ebay_transaction_id: '',
    option_set_id: null,
    gift_certificate_id: null,
    configurable_fields: [],
  }
}

function wrappingOf(cost: Cost | undefined) {
  const { ex, tax } = cost ?? { ex: 0, tax: 0 }
  return {
    wrapping_id: cost === undefined ? 0 : 1,
    wrapping_name: cost === undefined ? '' : 'Gift paper',
    wrapping_message: '',
    base_wrapping_cost: money(ex),
    wrapping_cost_ex_tax: money(ex),
    wrapping_cost_inc_tax: money(ex + tax),
    wrapping_cost_tax: money(tax),
  }
}

function discount({ discount: cents }: LineAmounts) {
  return { id: 'coupon', amount: money(cents), name: 'Spring', code: 'SPRING', target: 'order' }
}

function component(parent: OrderProduct): OrderProduct {
  return {
    ...parent,
    ...rowOf(parent.id + 50, parent.order_id, parent.order_address_id, { ...NOTHING, qty: parent.quantity }),
    name: 'Care kit',
    sku: 'CARE-KIT',
    product_id: 0,
    variant_id: 0,
    parent_order_product_id: parent.id,
    is_bundled_product: true,
    applied_discounts: [],
    product_options: [],
    ...wrappingOf(undefined),
  }
}

function optionsOf({ parent, product }: Sellable, rowId: number) {
  const variation = parent?.product.children.find(({ sku }) => sku === product.sku)
  return Object.entries(variation?.options ?? {}).map(([name, value], index) => ({
    id: rowId * 10 + index,
    option_id: index + 1,
    order_product_id: rowId,
    product_option_id: index + 1,
    display_name: name,
    display_value: value,
    value: String(index + 1),
    type: 'Multiple choice',
    name,
  }))
}
