/**
 * Found with a simulator that makes gift wrapping as Adobe Commerce does: its tax is in the order's `tax_amount` and in that
 * of no row, so that no order with taxed wrapping went to any vendor (`totals_differ`); and `custom_fees` of 2.4.9, whose
 * fields were not read by their names.
 */
import { describe, expect, it } from 'vitest'
import { text4 } from '../../../../src/events/decimal.ts'
import type { Wire } from '../../../../src/systems/kit/wire.ts'
import { toOrder } from '../../../../src/systems/magento2/order.ts'
import { caseConnection, linesOf, routed } from '../../cases/order-versions.ts'

const order = (amounts: Wire, extension: Wire): Wire => ({
  entity_id: 42,
  increment_id: '000000042',
  state: 'processing',
  created_at: '2026-03-02 18:04:11',
  order_currency_code: 'USD',
  subtotal: 100,
  tax_amount: 20,
  grand_total: 120,
  billing_address: {},
  items: [
    { item_id: 1, sku: 'WLD-1', product_type: 'simple', qty_ordered: 1, price: 100, row_total: 100, tax_amount: 20 },
  ],
  ...amounts,
  extension_attributes: extension,
})

const chargesOf = (wire: Wire) =>
  toOrder(wire).charges.map(({ kind, amount, tax }) => `${kind} ${text4(amount)} ${text4(tax)}`)

describe('charges with tax in the order’s tax', () => {
  it.each([
    ['gift wrapping', { gw_price: '5.0000', gw_tax_amount: '1.0000' }, ['gift_wrapping 5 0', 'gift_wrapping 0 1']],
    [
      'a printed card',
      { gw_card_price: '5.0000', gw_card_tax_amount: '1.0000' },
      ['gift_wrapping 5 0', 'gift_wrapping 0 1'],
    ],
    ['a fee of an extension', { payment_fee: 5, payment_fee_tax: 1 }, ['fee 5 1']],
  ])('%s', async (_what, extension, charges) => {
    const wire = order({ tax_amount: 21, grand_total: 126 }, extension)
    expect(chargesOf(wire)).toEqual(charges)
    const [sent] = await routed([toOrder(wire)], [caseConnection(null)])
    expect(sent?.events.map(linesOf)).toEqual([['WLD-1 ×1 =100']])
    expect(sent?.events.map(({ data }) => text4(data.grandTotal))).toEqual(['120'])
  })

  it('stay as they are where the order’s tax has none of them', () => {
    expect(chargesOf(order({ grand_total: 126 }, { gw_price: '5.0000', gw_tax_amount: '1.0000' }))).toEqual([
      'gift_wrapping 5 0',
      'gift_wrapping 0 1',
    ])
  })

  it('are no reason to take a tax that no charge explains', async () => {
    const wire = order({ tax_amount: 27, grand_total: 127 }, { gw_tax_amount: '1.0000' })
    const [sent] = await routed([toOrder(wire)], [caseConnection(null)]).catch(() => [undefined])
    expect(sent?.events ?? []).toEqual([])
  })
})

it('custom fees of 2.4.9 are read by the names of their interface', () => {
  const fee = { custom_fee_code: 'small_order', custom_fee_label: 'Small order', custom_fee_amount: 2.65 }
  expect(chargesOf(order({ grand_total: 122.65 }, { custom_fees: [fee] }))).toEqual(['custom_fee 2.65 0'])
})
