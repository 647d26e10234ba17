import { createRandom, type Random } from '../harness/random.ts'
import { drawLife } from './draw-life.ts'
import { type Bought, drawRow, type Goods, plainRow, pricedParts } from './draw-rows.ts'
import { toMagentoTime } from './magento-time.ts'
import { fromCents } from './money.ts'
import { computeAmounts, type OrderAmounts } from './order-amounts.ts'
import { drawCharges, noCharges, type OrderCharges } from './order-charges.ts'
import { makeItems } from './order-items.ts'
import { type Buyer, makeBuyer } from './order-people.ts'
import { drawProgress, type OrderProgress, placed } from './order-state.ts'
import type { Sellable } from './sellable.ts'
import type { Address, Order } from './wire-types.ts'

/** Input for making orders. */
export interface OrderMaking {
  seed: number
  mixedStates: boolean
  goods: Goods
  /** Share of orders (0 to 1) like those of real shops: bundles, options, charges, credit memos. Default: none. */
  realShare?: number
}

/** Given parts of an order that are not drawn. */
export interface OrderOrigin {
  /** Number of the order whose buyer it shares. */
  buyerOf?: number
  storeId?: number
  /** It waits for its payment, without any further history. */
  isUnpaid?: boolean
}

/** Makes the order with this number (its `entity_id`): the same seed, number and times give the same order. */
export function makeOrder(
  making: OrderMaking,
  entityId: number,
  createdAt: Date,
  updatedAt: Date,
  { buyerOf = entityId, storeId = 1, isUnpaid = false }: OrderOrigin = {},
): Order {
  const random = createRandom(making.seed, `order ${entityId}`)
  const own = makeBuyer(random)
  const buyer = buyerOf === entityId ? own : makeBuyer(createRandom(making.seed, `order ${buyerOf}`))
  // Drawn separately, so that all other orders are the same with real orders and without.
  const extra = createRandom(making.seed, `real order ${entityId}`)
  const isReal = extra.chance(making.realShare ?? 0)
  const plain = drawGoods(making.goods, random).map((sellable) => plainRow(sellable, drawQuantity(random)))
  const bought = isReal ? plain.map((row) => drawRow(row, making.goods, extra)) : plain
  const isVirtual = bought.every((row) => row.kind === 'product' && row.type !== 'simple')
  const { taxBasisPoints } = buyer.place
  const amounts = computeAmounts(
    { goods: bought.flatMap(pricedParts), rows: bought.length, taxBasisPoints, isVirtual },
    random,
  )
  const charges = isReal ? drawCharges(entityId, taxBasisPoints, extra) : noCharges
  const total = withCharges(amounts, charges, bought)
  const drawn = drawProgress(random, making.mixedStates)
  const lives = isReal && drawn.state === 'processing' && !isUnpaid
  const progress = lives || isUnpaid ? placed : drawn
  const times = { created_at: toMagentoTime(createdAt), updated_at: toMagentoTime(updatedAt) }
  const items = makeItems({ orderId: entityId, storeId, bought, amounts, taxBasisPoints, progress, times })
  const rows = items.filter((item) => item.parent_item_id === undefined)
  const order: Order = {
    entity_id: entityId,
    increment_id: String(entityId).padStart(9, '0'),
    state: progress.state,
    status: progress.status,
    ...times,
    ...storeColumns(entityId, storeId),
    ...(isVirtual ? { is_virtual: 1 } : {}),
    ...customerColumns(buyer),
    ...amountColumns(total),
    ...progressColumns(total, progress),
    total_qty_ordered: rows.reduce((sum, { qty_ordered }) => sum + qty_ordered, 0),
    total_item_count: rows.length,
    items,
    billing_address: makeAddress(buyer, 'billing', entityId),
    ...(isVirtual ? {} : { shipping_address: makeAddress(buyer, 'shipping', entityId) }),
    shipping_method: 'flatrate_flatrate',
    shipping_description: 'Flat Rate - Fixed',
    payment: makePayment(entityId, total, random),
    status_histories: [],
    ...(charges === noCharges ? {} : { extension_attributes: charges.fields }),
  }
  const vendors = new Set(making.goods.vendor.map(({ product }) => product.sku))
  return lives ? drawLife(order, ({ sku }) => vendors.has(sku), extra) : order
}

/**
 * Amounts including what the order costs besides lines and shipping: charges with their tax, and fixed product taxes.
 */
function withCharges(amounts: OrderAmounts, { amount, tax }: OrderCharges, bought: readonly Bought[]): OrderAmounts {
  const productTaxes = bought.map((row) => (row.kind === 'product' ? row.productTax * row.qty : 0))
  const grandTotal = productTaxes.reduce((sum, one) => sum + one, amounts.grandTotal + amount + tax)
  return { ...amounts, tax: amounts.tax + tax, grandTotal }
}

/** About every fifth order has no line of the vendor, some have only the vendor's lines, most have both. */
function drawGoods({ vendor, others }: OrderMaking['goods'], random: Random): Sellable[] {
  const kind = random.next()
  const wanted = { vendor: kind < 0.2 ? 0 : random.int(1, 3), others: kind > 0.7 ? 0 : random.int(1, 3) }
  const chosen = [...random.sample(vendor, wanted.vendor), ...random.sample(others, wanted.others)]
  const all = [...vendor, ...others]
  return chosen.length > 0 ? random.sample(chosen, chosen.length) : random.sample(all, random.int(1, 3))
}

function drawQuantity(random: Random): number {
  return random.chance(0.7) ? 1 : random.int(2, 7)
}

function storeColumns(entityId: number, storeId: number): object {
  const currency = 'USD'
  return {
    store_id: storeId,
    store_name: `Main Website\nMain Website Store\n${storeId === 1 ? 'Default Store View' : 'Outlet'}`,
    quote_id: entityId,
    is_virtual: 0,
    base_currency_code: currency,
    global_currency_code: currency,
    order_currency_code: currency,
    store_currency_code: currency,
    base_to_global_rate: 1,
    base_to_order_rate: 1,
    email_sent: 1,
  }
}

function customerColumns({ customerId, email, firstname, lastname }: Buyer) {
  const name = { customer_email: email, customer_firstname: firstname, customer_lastname: lastname }
  if (customerId === undefined) return { ...name, customer_is_guest: 1, customer_group_id: 0 }
  return { ...name, customer_is_guest: 0, customer_group_id: 1, customer_id: customerId }
}

/** The shop's base currency is also the order's: each amount appears twice. */
function amountColumns(amounts: OrderAmounts) {
  const columns = withBase({
    subtotal: amounts.subtotal,
    subtotal_incl_tax: amounts.lines.reduce((total, line) => total + line.rowTotalInclTax, 0),
    discount_amount: 0 - amounts.discount,
    shipping_amount: amounts.shipping,
    shipping_tax_amount: amounts.shippingTax,
    shipping_incl_tax: amounts.shipping + amounts.shippingTax,
    shipping_discount_amount: 0,
    discount_tax_compensation_amount: 0,
    tax_amount: amounts.tax,
    grand_total: amounts.grandTotal,
  })
  return amounts.discount === 0 ? columns : { ...columns, coupon_code: 'SPRING', discount_description: 'SPRING' }
}

function progressColumns({ grandTotal }: OrderAmounts, { invoiced, canceled, refunded }: OrderProgress): object {
  return withBase({
    total_due: invoiced || canceled ? 0 : grandTotal,
    ...(invoiced ? { total_paid: grandTotal, total_invoiced: grandTotal } : {}),
    ...(canceled ? { total_canceled: grandTotal } : {}),
    ...(refunded ? { total_refunded: grandTotal } : {}),
  })
}

function withBase<T extends Record<string, number>>(cents: T): T & Record<string, number> {
  const columns = Object.entries(cents).flatMap(([name, amount]) => [
    [name, fromCents(amount)] as const,
    [`base_${name}`, fromCents(amount)] as const,
  ])
  return Object.fromEntries(columns) as T & Record<string, number>
}

function makeAddress(buyer: Buyer, type: Address['address_type'], orderId: number): Address {
  const { place, firstname, lastname, email, street, telephone, company } = buyer
  const { region } = place
  return {
    address_type: type,
    entity_id: orderId * 2 - (type === 'billing' ? 1 : 0),
    parent_id: orderId,
    firstname,
    lastname,
    email,
    street,
    city: place.city,
    postcode: place.postcode,
    country_id: place.country,
    telephone,
    ...(region === undefined ? {} : { region: region.name, region_code: region.code, region_id: region.id }),
    ...(company === undefined ? {} : { company }),
  }
}

function makePayment(orderId: number, { grandTotal, shipping }: OrderAmounts, random: Random): Record<string, unknown> {
  const money = withBase({ amount_ordered: grandTotal, shipping_amount: shipping })
  const columns = { entity_id: orderId, parent_id: orderId, account_status: '', cc_last4: '', ...money }
  if (random.chance(0.2)) {
    const poNumber = `PO-${random.int(1000, 9999)}`
    return { ...columns, method: 'purchaseorder', additional_information: ['Purchase Order'], po_number: poNumber }
  }
  return { ...columns, method: 'checkmo', additional_information: ['Check / Money order'] }
}
