import { describe, expect, it } from 'vitest'
import { decimal4, decimal8, text4, text8 } from '../../../src/events/decimal.ts'
import type { OrderLine } from '../../../src/events/generated/events.ts'
import { hasComposedSku, withKnownBundles } from '../../../src/rules/components.ts'
import { lineNotes } from '../../../src/rules/line-note.ts'
import { openQuantity, vendorQuantity } from '../../../src/rules/quantities.ts'
import { splitOrder, topLevelLines } from '../../../src/rules/split-order.ts'
import { connectionOf, lineOf, orderOf } from '../../data/processor-events.ts'

const d = (text: string) => decimal4(text, 'amount')
const q = (text: string) => decimal8(text, 'quantity')
const [a, b] = [connectionOf('a', '^A'), connectionOf('b', '^B')]

const bundle = (sku: string, rowTotal: string, more: Partial<OrderLine> = {}) =>
  lineOf('1', sku, { productType: 'bundle', rowTotal: d(rowTotal), ...more })

/** A component; with a price, what so many pieces cost is its own row. */
const part = (id: string, sku: string, pieces: string, rowTotal?: string, unitPrice = rowTotal) => {
  const own = { unitPrice: q(unitPrice ?? '0'), rowTotal: d(rowTotal ?? '0'), discount: d('0'), tax: d('0') }
  return lineOf(id, sku, {
    parentLineId: '1',
    quantityOrdered: q(pieces),
    unitPrice: q('0'),
    rowTotal: d('0'),
    ownAmounts: rowTotal === undefined ? null : own,
  })
}

const told = (lines: readonly OrderLine[]) =>
  lines.map((line) => `${line.sku} ×${text8(line.quantityOrdered)} @${text8(line.unitPrice)} =${text4(line.rowTotal)}`)
const partsOf = (lines: readonly OrderLine[], connections = [a, b]) =>
  splitOrder(orderOf(lines), connections).parts.map(({ connection, order }) => [
    connection,
    ...told(topLevelLines(order)),
  ])

describe('whose a bundle is', () => {
  it('is its own vendor’s, with components that nobody else has', () => {
    expect(partsOf([bundle('A-SET', '70'), part('2', 'A-1', '2'), part('3', 'OWN', '1')])).toEqual([
      ['a', 'A-SET ×1 @10 =70'],
    ])
  })

  it('of the seller gives each vendor its components, by their prices', () => {
    const lines = [bundle('SET', '61'), part('2', 'A-1', '1', '27'), part('3', 'B-1', '2', '34', '17')]
    expect(partsOf(lines)).toEqual([
      ['a', 'A-1 ×1 @27 =27'],
      ['b', 'B-1 ×2 @17 =34'],
    ])
  })

  it('of the seller with components of its own leaves these to it, exactly', () => {
    const lines = [bundle('SET', '10', { discount: d('1') }), part('2', 'A-1', '1', '5'), part('3', 'OWN', '2', '10')]
    const { parts } = splitOrder(orderOf(lines), [a])
    // 10.00 by 5 and 10, and 1.00 off by what these are.
    expect(parts.map(({ order }) => [order.subtotal, order.discount].map(text4))).toEqual([['3.33', '0.33']])
  })

  it('of one vendor with a component of another is split', () => {
    const lines = [bundle('A-SET', '30'), part('2', 'A-1', '1', '20'), part('3', 'B-1', '1', '10')]
    expect(partsOf(lines)).toEqual([
      ['a', 'A-1 ×1 @20 =20'],
      ['b', 'B-1 ×1 @10 =10'],
    ])
  })

  it('owned in part is refused, with the reason, where the connection says so', () => {
    const lines = [bundle('SET', '30'), part('2', 'A-1', '1', '20'), part('3', 'OWN', '1', '10')]
    const careful = { ...a, bundles: 'refuse' as const }
    const { parts, refused } = splitOrder(orderOf(lines), [careful, b])
    expect(parts).toEqual([])
    expect(refused.get('a')).toMatchObject({ code: 'bundle_owned_in_part', field: 'lines.1' })
    const all = [bundle('SET', '30'), part('2', 'A-1', '1', '20'), part('3', 'A-2', '1', '10')]
    expect(splitOrder(orderOf(all), [careful]).parts).toHaveLength(1)
  })
})

describe('the components of a bundle as lines of their own', () => {
  it('are what a vendor gets whose ERP has no item of the bundle, and has all of these', () => {
    const order = orderOf([bundle('A-SET', '61'), part('2', 'A-1', '1', '27'), part('3', 'A-2', '2', '34', '17')])
    const with_ = (known: readonly string[]) =>
      told(topLevelLines(withKnownBundles(order, (sku) => known.includes(sku))))
    expect(with_(['A-SET', 'A-1', 'A-2'])).toEqual(['A-SET ×1 @10 =61'])
    expect(with_(['A-1', 'A-2'])).toEqual(['A-1 ×1 @27 =27', 'A-2 ×2 @17 =34'])
    // Half a bundle would look complete: the order waits for the item.
    expect(with_(['A-1'])).toEqual(['A-SET ×1 @10 =61'])
  })

  it('were canceled and shipped as the bundle was, or by themselves', () => {
    const set = bundle('A-SET', '140', { quantityOrdered: q('2'), quantityShipped: q('1') })
    const canceled = { ...part('3', 'A-2', '2', '60', '30'), quantityCanceled: q('1') }
    const order = orderOf([set, part('2', 'A-1', '4', '80', '20'), canceled])
    const lines = topLevelLines(withKnownBundles(order, (sku) => sku !== 'A-SET'))
    expect(lines.map((line) => [vendorQuantity(line), openQuantity(line)].map(text8))).toEqual([
      ['4', '2'],
      ['1', '0'],
    ])
  })

  it.each([
    ['SET-A-1-B-1', true],
    ['SET-B-1-A-1', true],
    ['A-SET', false],
    ['SET-A-1', false],
  ])('have their SKUs in %s: %s', (sku, isComposed) => {
    expect(hasComposedSku(bundle(sku, '1'), [part('2', 'A-1', '1'), part('3', 'B-1', '1')])).toBe(isComposed)
  })
})

describe('the note of a line', () => {
  it('tells the options by the names that the shop gives them', () => {
    const options = JSON.stringify([{ display_name: 'Color', display_value: 'Red' }])
    const line = lineOf('1', 'A-1', { attributes: { product_options: options, ordered_sku: '"A-1-red"' } })
    expect(lineNotes(orderOf([line, lineOf('2', 'A-2')]))).toEqual(new Map([['1', 'A-1-red, Color: Red']]))
  })
})
