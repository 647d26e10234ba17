import { describe, expect, it } from 'vitest'
import { text4, text8 } from '../../../../src/events/decimal.ts'
import { toOrder } from '../../../../src/systems/magento2/order.ts'

const address = {
  firstname: 'Ána',
  lastname: 'B',
  street: ['1 Main', ''],
  city: 'Austin',
  region: 'Texas',
  region_code: 'TX',
  postcode: '78701',
  country_id: 'US',
  telephone: '555',
}

/** A guest's order of a configurable product, with shipping taxed. */
const order = {
  entity_id: 42,
  increment_id: '000000042',
  state: 'processing',
  status: 'processing',
  created_at: '2026-03-02 18:04:11',
  updated_at: '2026-03-02 18:09:30',
  store_id: 1,
  base_currency_code: 'USD',
  order_currency_code: 'USD',
  base_grand_total: 63.5,
  grand_total: 63.5,
  subtotal: 52,
  discount_amount: 0,
  tax_amount: 4.5,
  shipping_amount: 7,
  shipping_tax_amount: 0.5,
  customer_is_guest: 1,
  customer_email: 'a@example.com',
  remote_ip: '203.0.113.9',
  items: [
    {
      item_id: 101,
      product_id: 67,
      sku: 'MH01-M-Gray',
      name: 'Hoodie',
      product_type: 'configurable',
      qty_ordered: 1,
      price: 52,
      row_total: 52,
      tax_amount: 4,
    },
    {
      item_id: 102,
      parent_item_id: 101,
      product_id: 55,
      sku: 'MH01-M-Gray',
      product_type: 'simple',
      qty_ordered: 1,
      price: 0,
      row_total: 0,
      parent_item: { item_id: 101 },
    },
  ],
  billing_address: { address_type: 'billing', ...address },
  payment: { method: 'checkmo', po_number: 'PO-1' },
  extension_attributes: {
    shipping_assignments: [
      { shipping: { address: { ...address, city: 'Dallas' }, method: 'flatrate_flatrate' }, items: [] },
    ],
  },
}

describe('an order of Magento', () => {
  it('becomes an order with its rows, parent and child', () => {
    const { lines, ...head } = toOrder(order)
    expect(head).toMatchObject({
      orderId: '42',
      orderNumber: '000000042',
      state: 'processing',
      placedAt: Date.UTC(2026, 2, 2, 18, 4, 11),
      customerId: null,
      shippingMethod: 'flatrate_flatrate',
      paymentMethod: 'checkmo',
      purchaseOrderNumber: 'PO-1',
      billingAddress: { firstName: 'Ána', street: ['1 Main'], countryCode: 'US' },
      shippingAddress: { city: 'Dallas' },
    })
    expect(lines.map(({ lineId, parentLineId, sku }) => [lineId, parentLineId, sku])).toEqual([
      ['101', null, 'MH01-M-Gray'],
      ['102', '101', 'MH01-M-Gray'],
    ])
    expect(text8(lines[0]?.unitPrice ?? (0n as never))).toBe('52')
  })

  it('has all parts of a name, and the VAT number of the address or of the customer', () => {
    const names = { prefix: 'Dr.', middlename: 'Maria', suffix: 'Jr.', vat_id: 'ATU1' }
    const whole = { namePrefix: 'Dr.', middleName: 'Maria', nameSuffix: 'Jr.', vatNumber: 'ATU1' }
    const named = { ...order, billing_address: { ...order.billing_address, ...names }, customer_taxvat: 'ATU2' }
    expect(toOrder(named).billingAddress).toMatchObject(whole)
    expect(toOrder(named).shippingAddress).toMatchObject({ middleName: null, vatNumber: null })
    expect(toOrder({ ...order, customer_taxvat: 'ATU2' }).billingAddress).toMatchObject({ vatNumber: 'ATU2' })
  })

  it('tells the tax of the lines from the tax of shipping', () => {
    const { tax, shippingTax, shipping } = toOrder(order)
    expect([tax, shippingTax, shipping].map(text4)).toEqual(['4', '0.5', '7'])
  })

  it('gives discounts as positive amounts, and shipping as what is paid for it', () => {
    const discounted = toOrder({
      ...order,
      discount_amount: -7.2,
      shipping_discount_amount: 2,
      grand_total: 56.3,
      items: [{ ...order.items[0], discount_amount: 5.2 }, order.items[1]],
    })
    expect([discounted.discount, discounted.shipping].map(text4)).toEqual(['5.2', '5'])
    expect(discounted.lines.map((line) => text4(line.discount))).toEqual(['5.2', '0'])
  })

  it('takes the net discount where prices include tax', () => {
    const { discount, lines } = toOrder({
      ...order,
      subtotal: 100,
      discount_amount: -11,
      discount_tax_compensation_amount: 1,
      tax_amount: 9,
      shipping_amount: 0,
      shipping_tax_amount: 0,
      grand_total: 99,
      items: [
        {
          ...order.items[0],
          row_total: 100,
          price: 100,
          tax_amount: 9,
          discount_amount: 11,
          discount_tax_compensation_amount: 1,
        },
      ],
    })
    expect([discount, lines[0]?.discount].map((amount) => text4(amount ?? (0n as never)))).toEqual(['10', '10'])
  })

  it('counts what was paid by gift card, store credit and reward points', () => {
    const extension_attributes = {
      ...order.extension_attributes,
      gift_cards_amount: 10,
      customer_balance_amount: 3.25,
      reward_currency_amount: 0.25,
    }
    const { giftCard, storeCredit, grandTotal } = toOrder({ ...order, extension_attributes, grand_total: 50 })
    expect([giftCard, storeCredit, grandTotal].map(text4)).toEqual(['10', '3.5', '50'])
  })

  it.each([
    ['a child that repeats its parent', { price: 52, row_total: 52, tax_amount: 4 }, order.items[0]],
    [
      'a bundle that has its amounts with the children',
      { price: 52, row_total: 52, tax_amount: 4 },
      { ...order.items[0], row_total: 0, tax_amount: 0 },
    ],
  ])('counts amounts once: %s', (_, child, parent) => {
    const { lines } = toOrder({ ...order, items: [parent, { ...order.items[1], ...child }] })
    expect(lines.map((line) => [line.rowTotal, line.tax, line.discount].map(text4))).toEqual([
      ['52', '4', '0'],
      ['0', '0', '0'],
    ])
    expect(lines[1]?.unitPrice).toBe(0n)
  })

  const chargesOf = (more: object) =>
    toOrder({ ...order, ...more }).charges.map((one) => [
      one.kind,
      one.name,
      one.lineId,
      text4(one.amount),
      text4(one.tax),
    ])

  it('has no charges where its amounts add up', () => {
    expect(chargesOf({ mollie_payment_fee: 2.65, base_fee: 2.65 })).toEqual([])
  })

  it.each([
    [
      'a payment fee',
      { grand_total: 66.15, mollie_payment_fee: 2.65 },
      ['fee', 'mollie_payment_fee', null, '2.65', '0'],
    ],
    [
      'a fee with its tax',
      { grand_total: 66.71, extension_attributes: { ...order.extension_attributes, cod_fee: 2.65, cod_fee_tax: 0.56 } },
      ['fee', 'cod_fee', null, '2.65', '0.56'],
    ],
    ['gift wrapping', { grand_total: 68.5, gw_price: 5 }, ['gift_wrapping', 'gw_price', null, '5', '0']],
    [
      'custom fees',
      {
        grand_total: 64.75,
        extension_attributes: { ...order.extension_attributes, custom_fees: [{ title: 'Oversize', value: 1.25 }] },
      },
      ['custom_fee', 'Oversize', null, '1.25', '0'],
    ],
    [
      'a fixed product tax, of its row',
      { grand_total: 68.5, items: [{ ...order.items[0], weee_tax_applied_row_amount: 5 }, order.items[1]] },
      ['fixed_product_tax', 'weee', '101', '5', '0'],
    ],
    ['rounding, to a cent a row', { grand_total: 63.51 }, ['rounding', null, null, '0.01', '0']],
    ['what nothing explains', { grand_total: 70 }, ['unexplained', null, null, '6.5', '0']],
  ])('tells what is charged beside its lines: %s', (_, more, charge) => {
    expect(chargesOf(more)).toEqual([charge])
  })

  it('takes a discount off the price with tax where the tax is that of the full price', () => {
    const row = { ...order.items[0], row_total: 100, price: 100, tax_amount: 20, tax_percent: 20, discount_amount: 12 }
    const amounts = { subtotal: 100, tax_amount: 20, shipping_amount: 0, shipping_tax_amount: 0, discount_amount: -12 }
    const taken = toOrder({ ...order, ...amounts, grand_total: 108, items: [{ ...row, discount_percent: 10 }] })
    expect([taken.discount, taken.tax, taken.grandTotal].map(text4)).toEqual(['10', '18', '108'])
    const ofNet = toOrder({ ...order, ...amounts, grand_total: 108, items: [{ ...row, discount_percent: 12 }] })
    expect([ofNet.discount, ofNet.tax].map(text4)).toEqual(['12', '20'])
  })

  it('knows a row without SKU by its product, or by its own number', () => {
    const rows = [{ item_id: 5 }, { item_id: 6, product_id: 77 }].map((row) => ({ ...row, qty_ordered: 1 }))
    const { lines } = toOrder({ ...order, items: [order.items[0], ...rows] })
    expect(lines.map(({ sku }) => sku)).toEqual(['MH01-M-Gray', 'item 5', 'product 77'])
  })

  it('has the SKU of what is sent, without those of options, and keeps the one that was ordered', () => {
    const custom = {
      product_option: { extension_attributes: { custom_options: [{ option_id: '5', option_value: '1' }] } },
    }
    const item = { ...order.items[0], sku: 'MH01-M-Gray-gift', ...custom }
    const [configurable] = toOrder({ ...order, items: [item, order.items[1]] }).lines
    expect([configurable?.sku, configurable?.attributes['ordered_sku']]).toEqual(['MH01-M-Gray', '"MH01-M-Gray-gift"'])
    const simple = { ...item, product_type: 'simple' }
    const skuWith = (baseSkus: (id: string) => string | undefined) =>
      toOrder({ ...order, items: [simple] }, baseSkus).lines[0]?.sku
    expect(skuWith(() => 'MH01-M-Gray')).toBe('MH01-M-Gray')
    // Renamed since, or unknown: what was ordered is not guessed at.
    expect(skuWith(() => 'HOODIE')).toBe('MH01-M-Gray-gift')
    expect(skuWith(() => undefined)).toBe('MH01-M-Gray-gift')
    expect(toOrder({ ...order, items: [order.items[0]] }, () => 'MH01').lines[0]?.sku).toBe('MH01-M-Gray')
  })

  it.each([
    ['increment_id', { increment_id: undefined }, 'value_missing', 'increment_id'],
    ['a row without id', { items: [order.items[0], { sku: 'X' }] }, 'value_missing', 'items[1].item_id'],
    [
      'a quantity that is none',
      { items: [{ ...order.items[0], qty_ordered: 'x' }] },
      'decimal_invalid',
      'items[0].qty_ordered',
    ],
    ['a time that is none', { created_at: 'yesterday' }, 'time_invalid', 'created_at'],
  ])('names the field: %s', (_, change, code, field) => {
    expect(() => toOrder({ ...order, ...change })).toThrow(expect.objectContaining({ code, field }))
  })

  it('keeps other fields as JSON text, without what changes by itself or is nobody’s business', () => {
    const { attributes, lines } = toOrder({ ...order, x_custom: { a: [1] } })
    expect(attributes['x_custom']).toBe('{"a":[1]}')
    expect(attributes['customer_is_guest']).toBe('1')
    expect(Object.keys(attributes)).not.toEqual(expect.arrayContaining(['updated_at']))
    expect(Object.keys(attributes)).not.toEqual(expect.arrayContaining(['remote_ip']))
    expect(lines[1]?.attributes).toEqual({ product_id: '55' })
  })

  it('takes state and status that are null', () => {
    expect(toOrder({ ...order, state: null, status: null })).toMatchObject({ state: 'unknown', status: 'unknown' })
  })

  it('has no shipping address for a virtual order', () => {
    expect(toOrder({ ...order, extension_attributes: {} }).shippingAddress).toBeNull()
  })
})
