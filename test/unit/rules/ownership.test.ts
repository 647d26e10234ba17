import { describe, expect, it } from 'vitest'
import type { Ownership } from '../../../src/configuration/model.ts'
import { ownsLine, ownsProduct, ownsSku } from '../../../src/rules/ownership.ts'
import { lineOf } from '../../data/processor-events.ts'

const of = (ownership: Ownership) => ({ ownership })
const line = (sku: string, attributes: Readonly<Record<string, string>> = {}) => lineOf('1', sku, { attributes })
const brand = of({ attribute: { name: 'brand', values: ['Acme', 'Apex'] } })
const maker = of({ manufacturer: ['Acme'] })
const feed = of({ feed: true })

describe('a line is the vendor’s', () => {
  it.each([
    ['by a pattern', of({ skuPattern: '^A-' }), line('A-1'), undefined, true],
    ['not by a pattern it breaks', of({ skuPattern: '^A-' }), line('B-1'), { brand: 'Acme' }, false],
    ['by a list', of({ skus: ['A-1', 'A-2'] }), line('A-2'), undefined, true],
    ['not by a list it is not in', of({ skus: ['A-1'] }), line('A-10'), undefined, false],
    ['by an attribute of the product', brand, line('X'), { brand: 'Apex' }, true],
    ['not by another value of it', brand, line('X'), { brand: 'Other' }, false],
    ['not by a product without it', brand, line('X'), {}, false],
    ['by what the shop says on the line', brand, line('X', { brand: '"Acme"' }), undefined, true],
    ['not against what the shop says', brand, line('X', { brand: '"Other"' }), { brand: 'Acme' }, false],
    ['by its manufacturer', maker, line('X'), { manufacturer: 'Acme' }, true],
    ['not without a product', maker, line('X'), undefined, false],
    ['by being in the feed', feed, line('X'), {}, true],
    ['not when the feed does not have it', feed, line('X'), undefined, false],
  ] as const)('%s', (_what, owner, of_line, product, expected) => {
    expect(ownsLine(owner, of_line, product)).toBe(expected)
  })

  it('as the SKU alone can tell for patterns and lists', () => {
    expect([of({ skuPattern: '^A' }), of({ skus: ['A'] }), brand, maker, feed].map((one) => ownsSku(one, 'A'))).toEqual(
      [true, true, undefined, undefined, undefined],
    )
  })

  it('where an attribute decides, and else whatever the product is', () => {
    expect([brand, maker, feed].map((one) => ownsProduct(one, { brand: 'Acme' }))).toEqual([true, false, true])
  })
})
