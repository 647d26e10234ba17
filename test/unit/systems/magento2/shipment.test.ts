import { describe, expect, it } from 'vitest'
import { decimal8, text8 } from '../../../../src/events/decimal.ts'
import type { FulfilmentLine } from '../../../../src/events/generated/events.ts'
import { stringifyExact } from '../../../../src/platform/json.ts'
import type { Wire } from '../../../../src/systems/kit/wire.ts'
import { newTracks, piecesOf, shipBody } from '../../../../src/systems/magento2/ship-body.ts'
import { missingItems, type ShipmentItem } from '../../../../src/systems/magento2/shipment.ts'

const line = (sku: string, quantity: string, more: Partial<FulfilmentLine> = {}): FulfilmentLine => ({
  sku,
  quantity: decimal8(quantity, 'quantity'),
  lineId: null,
  reason: null,
  location: null,
  ...more,
})

/** A jacket (configurable, in rows 1 and 2), two rows of one cap (3, 4), and a set (bundle, 5) of a cup (6) and plates (7). */
const order: Wire = {
  increment_id: '000000007',
  state: 'processing',
  items: [
    { item_id: 1, sku: 'J-M', product_type: 'configurable', qty_ordered: 2, qty_shipped: 0 },
    { item_id: 2, parent_item_id: 1, sku: 'J-M', product_type: 'simple', qty_ordered: 2, qty_shipped: 0 },
    { item_id: 3, sku: 'CAP', product_type: 'simple', qty_ordered: 3, qty_shipped: 1, qty_canceled: 1 },
    { item_id: 4, sku: 'CAP', product_type: 'simple', qty_ordered: 2, qty_shipped: 0 },
    { item_id: 5, sku: 'SET', product_type: 'bundle', qty_ordered: 2, qty_shipped: 0 },
    { item_id: 6, parent_item_id: 5, sku: 'CUP', product_type: 'simple', qty_ordered: 2, qty_shipped: 0 },
    { item_id: 7, parent_item: { item_id: 5 }, sku: 'PLATE', product_type: 'simple', qty_ordered: 6, qty_shipped: 0 },
  ],
}
const plain = (location: string | null) => location
const told = (items: readonly ShipmentItem[]) =>
  items.map(({ row, quantity, source }) => `${row}: ${text8(quantity)}${source === null ? '' : ` of ${source}`}`)
const missing = (lines: readonly FulfilmentLine[], ours: readonly Wire[] = [], of: Wire = order) =>
  told(missingItems(of, { lines }, plain, ours))
const shipment = (row: number, qty: number, source = 'default'): Wire => ({
  items: [{ order_item_id: row, qty }],
  extension_attributes: { source_code: source },
})

describe('the rows of a shipment', () => {
  it('are named by the shop’s line id, a variant by its parent', () => {
    expect(missing([line('X', '1', { lineId: '4' }), line('Y', '2', { lineId: '2' })])).toEqual(['4: 1', '1: 2'])
  })

  it('are found by SKU over what is open of each, where the ERP kept no line id, or one the order does not have', () => {
    expect(missing([line('CAP', '2')])).toEqual(['3: 1', '4: 1'])
    expect(missing([line('J-M', '1'), line('SET', '1', { lineId: '999' })])).toEqual(['1: 1', '5: 1'])
  })

  it('share what is open: two lines of one SKU are never of the same piece', () => {
    expect(missing([line('CAP', '1', { location: 'E' }), line('CAP', '1', { location: 'W' })])).toEqual([
      '3: 1 of E',
      '4: 1 of W',
    ])
  })

  it('are shipped already where the pieces came back since: a new number of a returned parcel is no second parcel', () => {
    const returned = { ...order, items: [{ item_id: 3, sku: 'CAP', qty_ordered: 3, qty_shipped: 2, qty_refunded: 2 }] }
    expect(missing([line('CAP', '2')], [shipment(3, 2)], returned)).toEqual([])
    expect(missing([line('CAP', '3')], [shipment(3, 2)], returned)).toEqual(['3: 1'])
  })

  it('are whole bundles where the vendor ships all of their components', () => {
    const parts = (cups: string, plates: string) => [
      line('CUP', cups, { lineId: '6' }),
      line('PLATE', plates, { lineId: '7' }),
    ]
    expect(missing([...parts('1', '3'), line('CAP', '1')])).toEqual(['3: 1', '5: 1'])
    expect(missing(parts('2', '6'), [shipment(5, 1)])).toEqual(['5: 1'])
    expect(() => missing(parts('1', '2'))).toThrow(expect.objectContaining({ code: 'target_rejected' }))
  })

  it('are none that are virtual', () => {
    const warranty = { item_id: 8, sku: 'WARRANTY', product_type: 'virtual', qty_ordered: 1 }
    const of = { ...order, items: [...(order['items'] as Wire[]), warranty] }
    const lines = [line('WARRANTY', '1', { lineId: '8' }), line('WARRANTY', '1'), line('CAP', '1')]
    expect(missing(lines, [], of)).toEqual(['3: 1'])
  })

  it('have open what was not shipped, whatever of the rest came back', () => {
    const returned = { item_id: 9, sku: 'MUG', product_type: 'simple', qty_ordered: 5, qty_shipped: 2, qty_refunded: 2 }
    const of = { ...order, items: [returned] }
    expect(missing([line('MUG', '3')], [], of)).toEqual(['9: 3'])
    expect(() => missing([line('MUG', '4')], [], of)).toThrow(expect.objectContaining({ code: 'target_rejected' }))
  })

  it('may be parts of a piece', () => {
    expect(missing([line('J-M', '0.5')])).toEqual(['1: 0.5'])
  })

  it.each([
    ['more than is open', [line('CAP', '4')]],
    ['a SKU the order does not have', [line('HAT', '1')]],
    ['a part of a bundle by its line id', [line('CUP', '1', { lineId: '6' })]],
    ['a part of a bundle by its SKU', [line('PLATE', '1')]],
  ])('are refused for %s', (_what, lines) => {
    expect(() => missing(lines)).toThrow(expect.objectContaining({ code: 'target_rejected' }))
  })

  it('say what state the order is in when nothing is open', () => {
    const items = [{ item_id: 1, sku: 'J-M', qty_ordered: 2, qty_shipped: 0, qty_canceled: 2 }]
    expect(() => missing([line('J-M', '1')], [], { ...order, state: 'canceled', items })).toThrow(/\(canceled\)/)
  })
})

describe('what the shop has shipped of it before', () => {
  const shipped = {
    ...order,
    items: [{ item_id: 4, sku: 'CAP', product_type: 'simple', qty_ordered: 2, qty_shipped: 2 }],
  }

  it('is not shipped again', () => {
    expect(missing([line('CAP', '2')], [shipment(4, 2)], shipped)).toEqual([])
  })

  it('is completed where a part came through', () => {
    const half = { ...order, items: [{ item_id: 4, sku: 'CAP', qty_ordered: 2, qty_shipped: 1 }] }
    const lines = [line('CAP', '1', { location: 'E' }), line('CAP', '1', { location: 'W' })]
    expect(missing(lines, [shipment(4, 1, 'W')], half)).toEqual(['4: 1 of E'])
    expect(missing(lines, [shipment(4, 1, 'default')], half)).toEqual(['4: 1 of W'])
  })

  it('can’t become less', () => {
    expect(() => missing([line('CAP', '1')], [shipment(4, 2)], shipped)).toThrow(
      expect.objectContaining({ code: 'target_conflict' }),
    )
  })
})

describe('the body', () => {
  it('names rows once, carriers by the policy, and the source where there is one', () => {
    const items = missingItems(order, { lines: [line('CAP', '1'), line('CAP', '1'), line('J-M', '0.25')] }, plain, [])
    const tracks = newTracks(
      {
        tracks: [
          { number: 'T1', carrier: 'UPS Ground', title: null },
          { number: 'T1', carrier: 'UPS Ground', title: null },
          { number: 'T2', carrier: null, title: 'Van' },
          { number: '', carrier: 'x', title: null },
          { number: 'OLD', carrier: 'x', title: null },
        ],
      },
      { 'UPS Ground': 'ups' },
      [{ tracks: [{ track_number: 'OLD' }] }],
    )
    const body = shipBody(items, { notify: true, comment: 'c', tracks, source: 'east' })
    expect(JSON.parse(stringifyExact(body))).toEqual({
      items: [
        { order_item_id: 3, qty: 1 },
        { order_item_id: 4, qty: 1 },
        { order_item_id: 1, qty: 0.25 },
      ],
      notify: true,
      appendComment: false,
      comment: { comment: 'c', is_visible_on_front: 0 },
      tracks: [
        { track_number: 'T1', title: 'UPS Ground', carrier_code: 'ups' },
        { track_number: 'T2', title: 'Van', carrier_code: 'custom' },
      ],
      arguments: { extension_attributes: { source_code: 'east' } },
    })
    expect(shipBody(items, { notify: false, comment: 'c', tracks: [], source: null })).not.toHaveProperty('arguments')
  })

  it('takes a bundle’s parts from the source, and a variant under its own SKU', () => {
    const items = missingItems(order, { lines: [line('SET', '1'), line('J-M', '2')] }, plain, [])
    expect([...piecesOf(order, items)].map(([sku, quantity]) => `${text8(quantity)} ${sku}`)).toEqual([
      '1 CUP',
      '3 PLATE',
      '2 J-M',
    ])
  })
})
