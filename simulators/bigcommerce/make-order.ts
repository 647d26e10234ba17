import { createRandom, type Random } from '../harness/random.ts'
import { apportion, toCents } from '../magento2/money.ts'
import { computeAmounts, type OrderAmounts } from '../magento2/order-amounts.ts'
import { type Buyer, makeBuyer } from '../magento2/order-people.ts'
import type { Sellable } from '../magento2/sellable.ts'
import { money } from './cents.ts'
import { type Charges, costOf, drawCharges, plainCharges } from './draw-charges.ts'
import { makeOrderProducts, type ProductNumbers } from './make-order-products.ts'
import type { Address, Order, OrderAddress } from './wire-types.ts'

/** Input for making orders. */
export interface OrderMaking {
  seed: number
  mixedStates: boolean
  /** The store's prices, and so its discounts, include tax. */
  taxInclusive: boolean
  /** Every sixth order with several lines goes to two addresses. */
  severalAddresses: boolean
  goods: { vendor: readonly Sellable[]; others: readonly Sellable[] }
  numbers: ProductNumbers
  /** Share of orders (0 to 1) like those of real shops: with fees, wrapping, addresses, and a life. */
  realShare: number
}

/** Randomness for a real-shop order, or null; all other orders are the same with and without it. */
export function drawReal({ seed, realShare }: OrderMaking, id: number): Random | null {
  const random = createRandom(seed, `real order ${id}`)
  return random.chance(realShare) ? random : null
}

/** First order id of a new store, as in a real one. */
export const FIRST_ORDER = 100

const COUNTRIES: Readonly<Record<string, string>> = {
  US: 'United States',
  CA: 'Canada',
  DE: 'Germany',
  FR: 'France',
  PL: 'Poland',
  SE: 'Sweden',
  GB: 'United Kingdom',
}

/** Makes the order with this id: the same seed, id and times give the same order. */
export function makeOrder(making: OrderMaking, id: number, createdAt: Date, modifiedAt: Date): Order {
  const random = createRandom(making.seed, `order ${id}`)
  const buyer = makeBuyer(random)
  const bought = drawGoods(making.goods, random).map((sellable) => ({
    sellable,
    qty: random.chance(0.7) ? 1 : random.int(2, 7),
  }))
  const priced = bought.map(({ sellable, qty }) => ({ price: toCents(sellable.price), qty }))
  const amounts = computeAmounts(
    { goods: priced, rows: priced.length, taxBasisPoints: buyer.place.taxBasisPoints, isVirtual: false },
    random,
  )
  const real = drawReal(making, id)
  const charges = real === null ? plainCharges(id) : drawCharges(priced.length, buyer.place.taxBasisPoints, real)
  const isOfTwo = id % 6 === 0 || real?.chance(0.3) === true
  const addresses = makeAddresses(buyer, id, making.severalAddresses && bought.length > 1 && isOfTwo, amounts)
  const byCoupon = amounts.discountPercent !== undefined
  return {
    id,
    customer_id: buyer.customerId ?? 0,
    date_created: createdAt.toISOString(),
    date_modified: modifiedAt.toISOString(),
    date_shipped: '',
    status_id: making.mixedStates ? random.pick([11, 11, 11, 0, 1, 5, 7, 9, 12, 14]) : 11,
    channel_id: 1,
    staff_notes: '',
    customer_message: random.chance(0.2) ? 'Please leave it at the door.' : '',
    is_deleted: false,
    billing_address: toAddress(buyer),
    columns: columns(making, id, amounts, charges),
    products: makeOrderProducts({
      id,
      bought,
      amounts,
      byCoupon,
      addresses,
      numbers: making.numbers,
      wrapping: charges.wrapping,
    }),
    addresses,
    coupons: byCoupon ? [coupon(id, amounts)] : [],
    fees: charges.fees.map((fee, index) => renderFee(id * 10 + index, fee)),
  }
}

function drawGoods({ vendor, others }: OrderMaking['goods'], random: Random): Sellable[] {
  const kind = random.next()
  const wanted = { vendor: kind < 0.2 ? 0 : random.int(1, 3), others: kind > 0.7 ? 0 : random.int(1, 3) }
  const chosen = [...random.sample(vendor, wanted.vendor), ...random.sample(others, wanted.others)]
  const all = [...vendor, ...others]
  return chosen.length > 0 ? random.sample(chosen, chosen.length) : random.sample(all, random.int(1, 3))
}

const HANDLING = 200

/**
 * `discount_amount` and `coupon_discount` include tax if prices do. Every seventh order is partly paid by store credit,
 * which does not reduce the total; every eleventh by a gift certificate, which does: a store's releases differ.
 */
function columns(making: OrderMaking, id: number, amounts: OrderAmounts, charges: Charges): Record<string, unknown> {
  const handling = id % 5 === 0 ? HANDLING : 0
  const [fees, wrapping] = [costOf(charges.fees), costOf(charges.wrapping.values())]
  const byCoupon = amounts.discountPercent !== undefined
  const gift = id % 11 === 0 ? 300 : 0
  const subtotalInc = amounts.lines.reduce((sum, line) => sum + line.rowTotalInclTax, 0)
  const shippingInc = amounts.shipping + amounts.shippingTax
  const discountInc = subtotalInc + shippingInc - amounts.grandTotal
  const discount = making.taxInclusive ? discountInc : amounts.discount
  const chargeTax = fees.tax + wrapping.tax
  const total = amounts.grandTotal + handling + fees.ex + wrapping.ex + chargeTax - gift
  const three = (name: string, ex: number, inc: number) => ({
    [`${name}_ex_tax`]: money(ex),
    [`${name}_inc_tax`]: money(inc),
    [`${name}_tax`]: money(inc - ex),
  })
  return {
    ...three('subtotal', amounts.subtotal, subtotalInc),
    base_shipping_cost: money(amounts.shipping),
    ...three('shipping_cost', amounts.shipping, shippingInc),
    base_handling_cost: money(handling),
    ...three('handling_cost', handling, handling),
    base_wrapping_cost: money(wrapping.ex),
    ...three('wrapping_cost', wrapping.ex, wrapping.ex + wrapping.tax),
    ...three('total', total - amounts.tax - chargeTax, total),
    discount_amount: money(byCoupon ? 0 : discount),
    coupon_discount: money(byCoupon ? discount : 0),
    refunded_amount: money(0),
    store_credit_amount: money(id % 7 === 0 ? 100 : 0),
    gift_certificate_amount: money(gift),
    items_total: amounts.lines.reduce((sum, { qty }) => sum + qty, 0),
    payment_method: id % 3 === 0 ? 'Manual' : 'Credit Card',
    payment_provider_id: '',
    payment_status: 'captured',
    currency_id: 1,
    currency_code: 'USD',
    currency_exchange_rate: '1.0000000000',
    default_currency_id: 1,
    default_currency_code: 'USD',
    store_default_currency_code: 'USD',
    store_default_to_transactional_exchange_rate: '1.0000000000',
    is_tax_inclusive_pricing: making.taxInclusive,
    order_is_digital: false,
    cart_id: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
    external_id: null,
    external_source: null,
    external_order_id: '',
    external_merchant_id: null,
    ip_address: '203.0.113.7',
    ip_address_v6: '',
    geoip_country: 'United States',
    geoip_country_iso2: 'US',
    customer_locale: 'en',
    ebay_order_id: '0',
    is_email_opt_in: false,
    shipping_cost_tax_class_id: 2,
    handling_cost_tax_class_id: 2,
    wrapping_cost_tax_class_id: 3,
    order_source: 'www',
    tax_provider_id: 'BasicTaxProvider',
  }
}

function coupon(id: number, { discount, discountPercent = 0 }: OrderAmounts): Order['coupons'][number] {
  return { id, coupon_id: 1, code: 'SPRING', amount: money(discountPercent * 100), type: 1, discount: discount / 100 }
}

function renderFee(id: number, { name, ex, tax }: Charges['fees'][number]): Order['fees'][number] {
  return {
    id,
    type: 'custom_fee',
    display_name_customer: name,
    display_name_merchant: name,
    source: 'AA',
    base_cost: money(ex),
    cost_ex_tax: money(ex),
    cost_inc_tax: money(ex + tax),
    cost_tax: money(tax),
    tax_class_id: null,
  }
}

function toAddress({ place, firstname, lastname, email, street, telephone, company }: Buyer): Address {
  const [street_1 = '', street_2 = ''] = street
  return {
    first_name: firstname,
    last_name: lastname,
    company: company ?? '',
    street_1,
    street_2,
    city: place.city,
    state: place.region?.name ?? '',
    zip: place.postcode,
    country: COUNTRIES[place.country] ?? place.country,
    country_iso2: place.country,
    phone: telephone,
    email,
  }
}

/** One address, or two with the shipping divided. */
function makeAddresses(buyer: Buyer, orderId: number, two: boolean, amounts: OrderAmounts): OrderAddress[] {
  const weights = two ? [2, 1] : [1]
  const [ex, tax] = [apportion(amounts.shipping, weights), apportion(amounts.shippingTax, weights)]
  return weights.map((_, index) => ({
    ...toAddress(buyer),
    ...(index === 0 ? {} : { street_1: 'Second Street 2', company: 'Branch office' }),
    id: orderId * 10 + index,
    order_id: orderId,
    shipping_method: 'Flat Rate',
    shipping_zone_id: 1,
    shipping_zone_name: 'Everywhere',
    cost_ex_tax: money(ex[index] ?? 0),
    cost_inc_tax: money((ex[index] ?? 0) + (tax[index] ?? 0)),
    cost_tax: money(tax[index] ?? 0),
    form_fields: [],
  }))
}
