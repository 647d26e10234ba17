import { describe, expect, it } from 'vitest'
import { decimal8, text8, ZERO8 } from '../../../../src/events/decimal.ts'
import { type RoutedOrder, routeOrders } from '../../../../src/processors/route-orders.ts'
import type { Wire } from '../../../../src/systems/kit/wire.ts'
import { notedPieces, noteParts } from '../../../../src/systems/magento2/bundle-note.ts'
import { planBundles } from '../../../../src/systems/magento2/bundle-shipment.ts'
import { bundlesApart, linesApart } from '../../../../src/systems/magento2/bundles-apart.ts'
import { toOrderLines } from '../../../../src/systems/magento2/order-lines.ts'
import { fulfilmentLine } from '../../../data/magento2-events.ts'
import { connectionOf, contextOf, orderChanged, orderOf } from '../../../data/processor-events.ts'

/** Two sets (row 5) of a cup (6) and two plates (7) each. */
const order = (shipped = 0, comments: readonly string[] = []): Wire => ({
  items: [
    { item_id: 5, product_id: 50, sku: 'SET', product_type: 'bundle', qty_ordered: 2, qty_shipped: shipped },
    { item_id: 6, parent_item_id: 5, sku: 'CUP', product_type: 'simple', qty_ordered: 2 },
    { item_id: 7, parent_item_id: 5, sku: 'PLATE', product_type: 'simple', qty_ordered: 4 },
  ],
  status_histories: comments.map((comment, index) => ({ entity_id: index + 1, comment })),
})
const cups = (quantity: string) => fulfilmentLine('CUP', quantity, { lineId: '6' })
const plates = (quantity: string) => fulfilmentLine('PLATE', quantity, { lineId: '7' })
const none = new Map()
const told = ({ lines, parts }: ReturnType<typeof planBundles>) =>
  [lines, parts].map((of) => of.map(({ lineId, quantity }) => `${lineId}:${text8(quantity)}`))

describe('components of a bundle that the shop ships as a whole', () => {
  it('make the bundle with those that were noted before', () => {
    const comments = ['Shipped. [waldstream a/50 part 6:2]']
    expect(told(planBundles(order(), [plates('4')], notedPieces(order(0, comments), 'b/7'), none))).toEqual([
      ['5:2'],
      [],
    ])
  })

  it('wait where none is whole, and what is more than whole waits for the next', () => {
    expect(told(planBundles(order(), [cups('2')], none, none))).toEqual([[], ['6:2']])
    expect(told(planBundles(order(), [cups('2'), plates('2')], none, none))).toEqual([['5:1'], ['6:2', '7:2']])
    const noted = new Map([
      ['6', decimal8('2', 'q')],
      ['7', decimal8('2', 'q')],
    ])
    expect(told(planBundles(order(1), [plates('2')], noted, none))).toEqual([['5:1'], []])
  })

  it('are found by their SKU where the vendor keeps no line ids, if only one row has it', () => {
    const [cup, plate] = [fulfilmentLine('CUP', '2', { lineId: null }), fulfilmentLine('PLATE', '4', { lineId: null })]
    expect(told(planBundles(order(), [cup, plate], none, none))).toEqual([['5:2'], []])
    expect(told(planBundles(order(), [plate], none, none))).toEqual([[], ['7:4']])
    const twice = { ...order(), items: [...(order()['items'] as Wire[]), { item_id: 8, sku: 'CUP', qty_ordered: 2 }] }
    expect(told(planBundles(twice, [cup], none, none))).toEqual([['null:2'], []])
  })

  it('are not shipped twice: neither by the shipment that made the bundle, nor by one that was noted', () => {
    const noted = new Map([['6', decimal8('2', 'q')]])
    const ours = new Map([['5', decimal8('2', 'q')]])
    expect(told(planBundles(order(2), [plates('4')], noted, ours))).toEqual([['5:2'], []])
    expect(told(planBundles(order(2), [cups('2')], new Map(), none))).toEqual([[], ['6:2']])
  })

  it('are noted by the last word of each shipment, and none by itself', () => {
    const comments = ['a/50 part 6:1', 'a/50 part 6:2', 'a/51 part 7:1'].map((note) => `[waldstream ${note}]`)
    const pieces = (but: string) => [...notedPieces(order(0, comments), but)].map(([row, n]) => `${row}:${text8(n)}`)
    expect(pieces('b/1')).toEqual(['6:2', '7:1'])
    expect(pieces('a/50')).toEqual(['7:1'])
  })

  it('are noted once, and again with what the vendor adds or corrects', async () => {
    const comments: string[] = []
    const client = {
      addComment: async (_id: string, { comment }: Wire) => {
        comments.push(String(comment))
      },
    }
    const noted = async (quantity: string, ...numbers: readonly string[]) => {
      const parts = { shipment: 'a/50', parts: [cups(quantity)], tracks: numbers.map((number) => ({ number })) }
      const now = { entity_id: 1, ...order(0, comments) }
      return await noteParts(client, now, parts, new AbortController().signal)
    }
    expect([await noted('1'), await noted('1')]).toEqual(['written', 'unchanged'])
    expect([await noted('1', 'Z-7'), await noted('1', 'Z-7')]).toEqual(['written', 'unchanged'])
    expect([await noted('2', 'Z-7'), await noted('1', 'Z-7')]).toEqual(['written', 'written'])
    expect(comments[1]).toMatch(/^The vendor has shipped \(Z-7\): 1 × CUP/)
    expect([...notedPieces(order(0, comments), 'b/1')].map(([row, n]) => [row, text8(n)])).toEqual([['6', '1']])
  })
})

describe('a bundle whose components the shop ships one by one', () => {
  const signal = new AbortController().signal
  const client = (type: string) => ({
    findProducts: async () => ({
      items: [{ id: 50, custom_attributes: [{ attribute_code: 'shipment_type', value: type }] }],
      total: 1,
    }),
  })

  it('is known by its product', async () => {
    expect(await bundlesApart(client('1'), order(), [cups('1')], signal)).toEqual(new Set(['5']))
    expect(await bundlesApart(client('0'), order(), [cups('1')], signal)).toEqual(new Set())
  })

  it('is its components where the vendor ships it as a kit', () => {
    const kit = fulfilmentLine('SET', '1', { lineId: '5' })
    const lines = linesApart(order(), [kit], new Set(['5']))
    expect(lines.map(({ lineId, sku, quantity }) => [lineId, sku, text8(quantity)])).toEqual([
      ['6', 'CUP', '1'],
      ['7', 'PLATE', '2'],
    ])
  })

  // https://github.com/magento/magento2/issues/19069: the bundle's row counts shipments.
  it('is shipped as often as all of its components are', () => {
    const items = [
      { item_id: 5, sku: 'SET', product_type: 'bundle', qty_ordered: 2, qty_shipped: 1 },
      { item_id: 6, parent_item_id: 5, sku: 'CUP', product_type: 'simple', qty_ordered: 2, qty_shipped: 2 },
      { item_id: 7, parent_item_id: 5, sku: 'PLATE', product_type: 'simple', qty_ordered: 4, qty_shipped: 0 },
    ]
    expect(toOrderLines(items).map(({ quantityShipped }) => text8(quantityShipped))).toEqual(['0', '2', '0'])
  })
})

describe('a bundle of which a component was refunded before it was shipped', () => {
  /** Two sets of a cup and two plates each, with what the shop tells of each row. */
  const items = (...rows: readonly [set: Wire, cups: Wire, plates: Wire]) => [
    { item_id: 5, sku: 'SET', product_type: 'bundle', qty_ordered: 2, ...rows[0] },
    { item_id: 6, parent_item_id: 5, sku: 'CUP', product_type: 'simple', qty_ordered: 2, ...rows[1] },
    { item_id: 7, parent_item_id: 5, sku: 'PLATE', product_type: 'simple', qty_ordered: 4, ...rows[2] },
  ]
  const shipped = (...rows: Parameters<typeof items>) =>
    text8(toOrderLines(items(...rows))[0]?.quantityShipped ?? ZERO8)

  it('is shipped as often as the others are, also once they came back', () => {
    expect(shipped({ qty_shipped: 2 }, { qty_shipped: 2 }, { qty_refunded: 4 })).toBe('2')
    const returned = { qty_shipped: 2, qty_refunded: 2 }
    expect(shipped(returned, returned, { qty_refunded: 4 })).toBe('2')
  })

  it('is shipped as often as its row says, where of each component all that is left was shipped', () => {
    expect(shipped({ qty_shipped: 2 }, { qty_shipped: 2 }, { qty_shipped: 2, qty_refunded: 2 })).toBe('2')
    expect(shipped({ qty_shipped: 2 }, { qty_shipped: 2 }, { qty_shipped: 3, qty_refunded: 1 })).toBe('2')
    expect(shipped({ qty_shipped: 2 }, { qty_shipped: 2 }, { qty_shipped: 3, qty_canceled: 1 })).toBe('2')
  })

  it('is not shipped while something of it is to be shipped', () => {
    expect(shipped({ qty_shipped: 2 }, { qty_shipped: 2 }, { qty_refunded: 2 })).toBe('0')
    expect(shipped({ qty_shipped: 0 }, {}, { qty_refunded: 4 })).toBe('0')
  })

  it('is delivered, and later a return, to the vendor that has it: no cancellation', async () => {
    const context = contextOf(connectionOf('a', '^SET'))
    let state: RoutedOrder | undefined
    const outcome = async (of: string, version: number, ...rows: Parameters<typeof items>) => {
      const order = { ...orderOf(toOrderLines(items(...rows))), state: of }
      const event = orderChanged(order, { occurredAt: version, readAt: version })
      const processed = await routeOrders.process(event, context, state)
      state = processed.state
      const [decision] = processed.decisions
      return decision?.status === 'failed' ? decision.error.code : (decision?.code ?? decision?.status)
    }
    const plates = { qty_refunded: 4 }
    const returned = { qty_shipped: 2, qty_refunded: 2 }
    expect(await outcome('processing', 1, {}, {}, plates)).toBe('processing')
    expect(await outcome('complete', 2, { qty_shipped: 2 }, { qty_shipped: 2 }, plates)).toBe('delivered')
    expect(await outcome('closed', 3, returned, returned, plates)).toBe('returned')
  })
})
