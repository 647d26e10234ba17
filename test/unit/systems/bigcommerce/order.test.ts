import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { sum, text4, text8 } from '../../../../src/events/decimal.ts'
import type { Order } from '../../../../src/events/generated/events.ts'
import { expectedTotal } from '../../../../src/events/order-total.ts'
import { splitOrder } from '../../../../src/rules/split-order.ts'
import { totalDiffers } from '../../../../src/rules/unexplained.ts'
import { type OrderParts, toOrder } from '../../../../src/systems/bigcommerce/order.ts'
import { partsByAddress } from '../../../../src/systems/bigcommerce/order-addresses.ts'
import { orderState } from '../../../../src/systems/bigcommerce/order-states.ts'
import type { Wire } from '../../../../src/systems/kit/wire.ts'
import { connectionOf } from '../../../data/processor-events.ts'

const product = (id: number, more: Wire = {}): Wire => ({
  id,
  product_id: id,
  order_address_id: 1,
  sku: `SKU-${id}`,
  name: 'Thing',
  type: 'physical',
  quantity: 1,
  quantity_shipped: 0,
  parent_order_product_id: null,
  applied_discounts: [],
  product_options: [],
  price_ex_tax: '50.0000',
  price_inc_tax: '55.0000',
  total_ex_tax: '50.0000',
  total_tax: '5.0000',
  ...more,
})

/** Two things of 50, 10 % tax, 10 shipping. */
const plain: Wire = {
  id: 100,
  customer_id: 7,
  status_id: 11,
  status: 'Awaiting Fulfillment',
  channel_id: 1,
  is_deleted: false,
  date_created: 'Mon, 02 Mar 2026 18:04:11 +0000',
  date_modified: 'Mon, 02 Mar 2026 18:09:30 +0000',
  subtotal_ex_tax: '100.0000',
  subtotal_inc_tax: '110.0000',
  discount_amount: '0.0000',
  coupon_discount: '0.0000',
  shipping_cost_ex_tax: '10.0000',
  shipping_cost_inc_tax: '11.0000',
  total_ex_tax: '110.0000',
  total_inc_tax: '121.0000',
  total_tax: '11.0000',
  currency_code: 'EUR',
  default_currency_code: 'USD',
  store_default_currency_code: 'GBP',
  ip_address: '203.0.113.7',
  staff_notes: 'ours',
  custom_thing: 'kept',
  billing_address: { first_name: 'A', last_name: 'B', email: 'a@example.com', street_1: '1 Main', country_iso2: 'US' },
}
const address = (id: number, more: Wire = {}): Wire => ({
  id,
  street_1: `Street ${id}`,
  shipping_method: 'Flat Rate',
  ...more,
})

const partsOf = (order: Wire = {}, more: Partial<OrderParts> = {}): OrderParts => ({
  order: { ...plain, ...order },
  products: [product(1), product(2)],
  addresses: [address(1)],
  coupons: [],
  b2b: null,
  ...more,
})
const read = (order: Wire = {}, more: Partial<OrderParts> = {}): Order => toOrder(partsOf(order, more)).order
const amounts = (order: Order) =>
  (['subtotal', 'discount', 'shipping', 'shippingTax', 'tax', 'giftCard', 'storeCredit', 'grandTotal'] as const).map(
    (name) => text4(order[name]),
  )
const chargesOf = (order: Order) =>
  order.charges.map(({ kind, name, amount, tax }) => [kind, name, text4(amount), text4(tax)])
const codeOf = (order: Wire, more: Partial<OrderParts> = {}) => {
  try {
    read(order, more)
    return 'read'
  } catch (error) {
    return error instanceof StreamError ? `${error.code} ${error.field}` : String(error)
  }
}

describe("an order's amounts", () => {
  it('are without tax, with tax and shipping apart', () => {
    const order = read()
    expect(amounts(order)).toEqual(['100', '0', '10', '1', '10', '0', '0', '121'])
    expect(order).toMatchObject({
      currency: 'USD',
      baseCurrency: 'GBP',
      customerId: '7',
      state: 'awaiting_fulfillment',
    })
  })

  it('keep four decimals', () => {
    const third = product(1, { total_ex_tax: '33.3333', price_ex_tax: '33.3333', total_tax: '3.3333' })
    const order = read(
      {
        subtotal_ex_tax: '33.3333',
        subtotal_inc_tax: '36.6666',
        total_ex_tax: '43.3333',
        total_inc_tax: '47.6666',
        total_tax: '4.3333',
      },
      { products: [third] },
    )
    expect(amounts(order)).toEqual(['33.3333', '0', '10', '1', '3.3333', '0', '0', '47.6666'])
  })

  it('take a discount without tax as it is, and one with tax as what is missing from the totals', () => {
    const exclusive = {
      discount_amount: '20.0000',
      total_ex_tax: '90.0000',
      total_inc_tax: '99.0000',
      total_tax: '9.0000',
    }
    expect(amounts(read(exclusive))).toEqual(['100', '20', '10', '1', '8', '0', '0', '99'])
    const inclusive = { ...exclusive, discount_amount: '22.0000', is_tax_inclusive_pricing: true }
    expect(amounts(read(inclusive))).toEqual(['100', '20', '10', '1', '8', '0', '0', '99'])
    expect(totalDiffers(read({ ...exclusive, discount_amount: '25.0000' }))?.details).toEqual({ difference: '5' })
  })

  it.each([
    ['before', { total_ex_tax: '110.0000', total_inc_tax: '121.0000' }],
    ['after', { total_ex_tax: '80.0000', total_inc_tax: '91.0000' }],
  ])('know a total %s gift certificates and store credit', (_, totals) => {
    const paid = { gift_certificate_amount: '25.0000', store_credit_amount: '5.0000' }
    expect(amounts(read({ ...totals, ...paid }))).toEqual(['100', '0', '10', '1', '10', '25', '5', '91'])
  })

  it('charge handling with the shipping; wrapping and fees are charges of their own', () => {
    const order = read({
      handling_cost_ex_tax: '2.0000',
      handling_cost_inc_tax: '2.2000',
      wrapping_cost_ex_tax: '1.0000',
      wrapping_cost_inc_tax: '1.1000',
      fees: [{ type: 'custom_fee', display_name_customer: 'Packing', cost_exc_tax: '3.0000', cost_inc_tax: '3.3000' }],
      total_ex_tax: '116.0000',
      total_inc_tax: '127.6000',
      total_tax: '11.6000',
    })
    expect(amounts(order)).toEqual(['100', '0', '12', '1.2', '10', '0', '0', '127.6'])
    expect(chargesOf(order)).toEqual([
      ['gift_wrapping', 'wrapping_cost', '1', '0.1'],
      ['custom_fee', 'Packing', '3', '0.3'],
    ])
    expect(text4(expectedTotal(order))).toBe('127.6')
  })

  it.each([
    ['the seller’s', {}, []],
    ['shared by kind', { custom_fee: 'shared' }, [['custom_fee', null, '1.5', '0']]],
    ['of another kind', { fee: 'shared', gift_wrapping: 'shared' }, []],
  ] as const)('have fees that are %s, as a connection says', (_, charges, own) => {
    const fees = [{ type: 'custom_fee', cost_ex_tax: '3.0000', cost_inc_tax: '3.0000' }]
    const order = read({ fees, total_ex_tax: '113.0000', total_inc_tax: '124.0000' })
    const { parts, differing } = splitOrder(order, [connectionOf('a', '^SKU-1$', { charges })])
    expect(differing).toBeNull()
    expect(parts.map((part) => chargesOf(part.order))).toEqual([own])
  })

  it('have fees of a type that we don’t know as fees, whatever it is', () => {
    const fees = [{ type: 'unexplained', cost_ex_tax: '3.0000', cost_inc_tax: '3.0000' }]
    const order = read({ fees, total_ex_tax: '113.0000', total_inc_tax: '124.0000' })
    expect(chargesOf(order)).toEqual([['fee', null, '3', '0']])
  })

  it.each([
    [
      'a total with tax',
      { total_inc_tax: '120.0000' },
      'total_inc_tax is 120, but total_ex_tax and total_tax add up to 121 (difference -1)',
    ],
    [
      'a total without tax',
      { total_ex_tax: '90.0000', total_inc_tax: '101.0000' },
      'total_ex_tax is 90, but subtotal, charges and discounts add up to 110 (difference -20)',
    ],
    [
      'a subtotal',
      { subtotal_ex_tax: '120.0000', total_ex_tax: '130.0000', total_inc_tax: '141.0000' },
      "subtotal_ex_tax is 120, but the order's products add up to 100 (difference 20)",
    ],
  ])('that do not add up say what was compared, and are read: %s', (_, more, message) => {
    const order = read(more)
    expect(totalDiffers(order)?.message).toContain(message)
    expect(text4(expectedTotal(order))).toBe(text4(order.grandTotal))
  })

  it('that are wrong are not guessed at', () => {
    expect(codeOf({ items_total: 2 }, { products: [product(1)] })).toBe('totals_differ subtotal_ex_tax')
    expect(codeOf({}, { products: [] })).toBe('totals_differ subtotal_ex_tax')
    expect(codeOf({ total_ex_tax: '110.00001' })).toBe('decimal_invalid total_ex_tax')
    expect(codeOf({ total_inc_tax: '' })).toBe('value_missing total_inc_tax')
  })
})

describe("an order's lines", () => {
  it('share a discount of the whole order by what they cost, and its tax by what they are taxed', () => {
    const totals = {
      discount_amount: '20.0000',
      total_ex_tax: '90.0000',
      total_inc_tax: '99.0000',
      total_tax: '9.0000',
    }
    const lines = read(totals).lines
    expect(lines.map((line) => [text4(line.discount), text4(line.tax)])).toEqual([
      ['10', '4'],
      ['10', '4'],
    ])
    const own = [product(1, { applied_discounts: [{ id: 'x', amount: '20.0000' }] }), product(2)]
    const told = read(totals, { products: own }).lines
    expect(told.map((line) => [text4(line.discount), text4(line.tax)])).toEqual([
      ['20', '3'],
      ['0', '5'],
    ])
  })

  it.each([
    ['counted in the subtotal', '25.0000', '50.0000'],
    ['not counted', '25.0000', '75.0000'],
  ])('have components %s with their parent', (what, componentTotal, parentTotal) => {
    const counted = what === 'counted in the subtotal'
    const parent = product(1, { total_ex_tax: counted ? parentTotal : '100.0000', total_tax: '5.0000' })
    const component = product(3, { parent_order_product_id: 1, total_ex_tax: componentTotal, total_tax: '0.0000' })
    const rest = counted ? [product(2, { total_ex_tax: '25.0000' })] : []
    const { lines } = read({}, { products: [parent, ...rest, component] })
    const [first] = lines
    expect(text4(first?.rowTotal ?? (0n as never))).toBe(counted ? '75' : '100')
    const last = lines.at(-1)
    expect([last?.parentLineId, text4(last?.rowTotal ?? (1n as never))]).toEqual(['1', '0'])
  })

  it('without a SKU stay, under a name of their own', () => {
    const { lines } = read({}, { products: [product(1, { sku: '' }), product(2, { sku: '', product_id: 0 })] })
    expect(lines.map(({ sku }) => sku)).toEqual(['product 1', 'custom 2'])
    expect(lines.map(({ quantityOrdered }) => text8(quantityOrdered))).toEqual(['1', '1'])
  })
})

describe('an order', () => {
  it('of a guest has no customer, and needs an address to write to', () => {
    const guest = { customer_id: 0, billing_address: { email: '' } }
    expect(read(guest).customerEmail).toBe('')
    const order = read(guest, { addresses: [address(1, { email: 'there@example.com' })] })
    expect(order).toMatchObject({ customerId: null, customerEmail: 'there@example.com' })
  })

  it('tells nothing of the customer’s computer, and nothing that we write ourselves', () => {
    const { attributes } = read()
    expect(attributes).toEqual({
      custom_thing: '"kept"',
      currency_code: '"EUR"',
      shipping_cost_ex_tax: '"10.0000"',
      shipping_cost_inc_tax: '"11.0000"',
      subtotal_inc_tax: '"110.0000"',
    })
  })

  it('has company, PO number and extra fields of B2B Edition', () => {
    const order = { id: 9, companyId: 7000, poNumber: 'PO-1', extraFields: [{ fieldName: 'Centre', fieldValue: 'C' }] }
    const b2b = { order, company: { companyName: 'Alpine', bcGroupName: 'Wholesale', extraFields: [] } }
    const taken = read({}, { b2b })
    expect(taken.purchaseOrderNumber).toBe('PO-1')
    expect(taken.attributes).toMatchObject({
      b2b_company: '"Alpine"',
      b2b_company_id: '"7000"',
      b2b_company_group: '"Wholesale"',
      b2b_extra_fields: '{"Centre":"C"}',
    })
  })

  it.each([
    ['11', 'awaiting_fulfillment'],
    ['5', 'canceled'],
    ['6', 'canceled'],
    ['4', 'closed'],
    ['99', 'status_99'],
  ])('of status %s is %s', (status, state) => {
    expect(orderState(status)).toBe(state)
  })
})

describe('an order to several addresses', () => {
  const products = [
    product(1),
    product(2, { order_address_id: 2 }),
    product(3, { parent_order_product_id: 2, total_ex_tax: '0.0000', total_tax: '0.0000' }),
  ]
  const addresses = [address(2, { cost_ex_tax: '4.0000' }), address(1, { cost_ex_tax: '6.0000' })]

  it('is one for each, which add up to it', () => {
    const parts = partsOf({}, { products, addresses })
    const split = partsByAddress(toOrder(parts), addresses)
    expect(
      split.map(({ key, order }) => [key, order.shippingAddress?.street[0], order.lines.map(({ lineId }) => lineId)]),
    ).toEqual([
      ['100', 'Street 1', ['1']],
      ['100-2', 'Street 2', ['2', '3']],
    ])
    expect(split.map(({ order }) => amounts(order))).toEqual([
      ['50', '0', '6', '0.5', '5', '0', '0', '61.5'],
      ['50', '0', '4', '0.5', '5', '0', '0', '59.5'],
    ])
  })

  it('shares its charges by what the lines cost; what nothing explains is in each of them', () => {
    const fees = [{ type: 'custom_fee', cost_ex_tax: '3.0100', cost_inc_tax: '3.3100' }]
    const more = { fees, total_ex_tax: '113.0100', total_inc_tax: '124.3100', total_tax: '11.3000' }
    const split = partsByAddress(toOrder(partsOf(more, { products, addresses })), addresses)
    expect(split.map(({ order }) => chargesOf(order))).toEqual([
      [['custom_fee', null, '1.51', '0.15']],
      [['custom_fee', null, '1.5', '0.15']],
    ])
    expect(text4(sum(split.map(({ order }) => order.grandTotal)))).toBe('124.31')
    const wrong = partsByAddress(toOrder(partsOf({ total_inc_tax: '120.0000' }, { products, addresses })), addresses)
    expect(wrong.map(({ order }) => totalDiffers(order)?.details)).toEqual([{ difference: '-1' }, { difference: '-1' }])
    for (const { order } of [...split, ...wrong]) expect(text4(order.grandTotal)).toBe(text4(expectedTotal(order)))
  })

  it('is one when all goes to one of them', () => {
    const parts = partsOf({}, { addresses })
    const split = partsByAddress(toOrder(parts), addresses)
    expect(split.map(({ key, order }) => [key, order.shippingAddress?.street[0]])).toEqual([['100', 'Street 1']])
  })
})
