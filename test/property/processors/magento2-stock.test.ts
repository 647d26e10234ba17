import fc from 'fast-check'
import { describe, it } from 'vitest'
import { type Decimal8, decimal8, sum } from '../../../src/events/decimal.ts'
import { stringifyExact } from '../../../src/platform/json.ts'
import { sourceItemsOf } from '../../../src/systems/magento2/stock.ts'

const locations = ['A', 'B', 'C', 'D']
/** Whole ten-thousandths: what Magento keeps. */
const quantity = fc.bigInt({ min: -50_000n, max: 5_000_000_000n }).map((units) => (units * 10_000n) as Decimal8)
const stock = fc.array(fc.record({ location: fc.constantFrom(...locations), available: quantity, onHand: quantity }))
const policy = fc.dictionary(fc.constantFrom(...locations, '*'), fc.constantFrom('default', 'east', 'west'))

const quantitiesOf = (items: readonly object[]) =>
  (JSON.parse(stringifyExact(items)) as { source_code: string; quantity: number; status: number }[]).map((item) => ({
    ...item,
    units: decimal8(String(item.quantity), 'quantity'),
  }))
const positive = (available: Decimal8): Decimal8 => (available < 0n ? (0n as Decimal8) : available)

describe('source items', () => {
  it('have together what the named locations have to sell, none of it twice and none of it lost', () => {
    fc.assert(
      fc.property(stock, policy, (rows, mapped) => {
        const items = quantitiesOf(sourceItemsOf('A', { locations: rows }, { locations: mapped }))
        const named = rows.filter(({ location }) => mapped[location] !== undefined || mapped['*'] !== undefined)
        const wanted = sum(named.map(({ available }) => positive(available)))
        if (sum(items.map(({ units }) => units)) !== wanted) return false
        const sources = items.map(({ source_code: code }) => code)
        const sold = items.every(({ units, status }) => units >= 0n && status === (units > 0n ? 1 : 0))
        return (
          sold &&
          sources.length === new Set(sources).size &&
          Object.values(mapped).every((code) => sources.includes(code))
        )
      }),
    )
  })

  it('without a policy are one, of the default source', () => {
    fc.assert(
      fc.property(stock, (rows) => {
        const items = quantitiesOf(sourceItemsOf('A', { locations: rows }, null))
        const total = sum(rows.map(({ available }) => positive(available)))
        return items.length === 1 && items[0]?.source_code === 'default' && items[0].units === total
      }),
    )
  })
})
