import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { SellableStock } from '../../../src/configuration/model.ts'
import { type Decimal8, sum, ZERO8 } from '../../../src/events/decimal.ts'
import { type LocationLevel, sellableStock } from '../../../src/rules/sellable-stock.ts'

const NAMES = ['a', 'b', 'c', 'd']
const quantity = (min: bigint) => fc.bigInt({ min, max: 10n ** 12n }).map((units) => units as Decimal8)
const levels = fc.uniqueArray(
  fc.record<LocationLevel>({
    location: fc.constantFrom(...NAMES),
    onHand: quantity(-(10n ** 12n)),
    available: quantity(-(10n ** 12n)),
  }),
  { selector: ({ location }) => location },
)
const names = fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 })
const amount = fc.oneof(
  fc.constant({}),
  fc.integer({ min: 0, max: 5_000 }).map((fixed) => ({ fixed })),
  fc.integer({ min: 1, max: 100 }).map((percent) => ({ percent })),
)
const policies = fc.record<SellableStock>(
  {
    locations: fc.oneof(
      fc.constant({ policy: 'sum' as const }),
      names.map((list) => ({ policy: 'list' as const, names: list })),
      names.map((list) => ({ policy: 'priority' as const, names: list })),
    ),
    buffer: amount,
  },
  { requiredKeys: [] },
)
const claims = fc.record({ reserved: quantity(0n), held: fc.boolean() })
const positive = (units: bigint) => (units > 0n ? units : 0n)

it('is what the counted locations have, less what is reserved and the buffer, and never negative', () => {
  fc.assert(
    fc.property(levels, policies, claims, (own, policy, claimed) => {
      const found = sellableStock('S', own, policy, claimed)
      const counted = own.filter(({ location }) => found.counted.includes(location))
      const available = counted.reduce((total, level) => total + positive(level.available), 0n)
      expect(found.available).toBe(available)
      expect(found.sellable).toBe(claimed.held ? ZERO8 : positive(available - claimed.reserved - found.buffer))
      expect(found.sellable > 0n).toBe(found.reason === null)
    }),
  )
})

it('is shared among the locations: no more than each has, together exactly what may be sold', () => {
  fc.assert(
    fc.property(levels, policies, claims, (own, policy, claimed) => {
      const { sellable, counted, locations } = sellableStock('S', own, policy, claimed)
      expect(sum(locations.map(({ available }) => available))).toBe(sellable)
      for (const [index, { location, available, onHand }] of locations.entries()) {
        expect(available >= 0n && available <= positive(own[index]?.available ?? 0n)).toBe(true)
        expect([location, onHand]).toEqual([own[index]?.location, own[index]?.onHand])
        if (!counted.includes(location)) expect(available).toBe(ZERO8)
      }
    }),
  )
})

it('never grows when more is reserved, and never exceeds the sum of all locations', () => {
  fc.assert(
    fc.property(levels, policies, claims, quantity(0n), (own, policy, claimed, more) => {
      const before = sellableStock('S', own, policy, claimed).sellable
      const after = sellableStock('S', own, policy, { ...claimed, reserved: (claimed.reserved + more) as Decimal8 })
      expect(after.sellable <= before).toBe(true)
      expect(before <= sellableStock('S', own, {}).sellable).toBe(true)
    }),
  )
})

it('counts one location by priority, and all of them without a policy', () => {
  fc.assert(
    fc.property(levels, names, claims, (own, list, claimed) => {
      const found = sellableStock('S', own, { locations: { policy: 'priority', names: list } }, claimed)
      expect(found.counted.length <= 1).toBe(true)
      expect(found.counted.every((name) => list.includes(name))).toBe(true)
      expect(sellableStock('S', own, {}, claimed).counted).toEqual(own.map(({ location }) => location))
    }),
  )
})
