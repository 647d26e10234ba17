import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decimal8, ZERO8 } from '../../../src/events/decimal.ts'
import { toInventory } from '../../../src/systems/netsuite/inventory.ts'
import { kitInventory } from '../../../src/systems/netsuite/kits.ts'

const amount = (most: number) => fc.integer({ min: -most, max: most }).map((units) => (units / 100).toFixed(2))
const location = fc.constantFrom('1', '2', '3')
const member = fc.record({
  quantity: fc.integer({ min: 1, max: 500 }).map((units) => (units / 100).toFixed(2)),
  stock: fc.dictionary(location, amount(10_000)),
})

it('a kit is never more available than a member allows, and never less than all of them do', () => {
  fc.assert(
    fc.property(fc.array(member, { minLength: 1, maxLength: 5 }), (members) => {
      const needs = members.map(({ quantity }, index) => {
        return { item: String(index), sku: `S${index}`, quantity: decimal8(quantity, 'quantity') }
      })
      const levels = members.map(({ stock }, index) => {
        const rows = Object.entries(stock).map(([id, available]) => {
          return { location: id, locationname: id, quantityonhand: available, quantityavailable: available }
        })
        return [String(index), toInventory(`S${index}`, rows)] as const
      })
      const kit = kitInventory('KIT', needs, new Map(levels))
      expect(kit.locations.map((one) => one.location)).toEqual(
        [...new Set(members.flatMap(({ stock }) => Object.keys(stock)))].toSorted(),
      )
      for (const { location: at, available } of kit.locations) {
        const kits = available / 100_000_000n
        expect(available % 100_000_000n).toBe(0n)
        const has = (item: string) => {
          const own = new Map(levels).get(item)?.locations.find((one) => one.location === at)?.available ?? ZERO8
          return own < 0n ? 0n : own
        }
        expect(needs.every(({ item, quantity }) => kits * quantity <= has(item))).toBe(true)
        expect(needs.some(({ item, quantity }) => (kits + 1n) * quantity > has(item))).toBe(true)
      }
    }),
  )
})
