import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type OrderClaim, storedClaimsOf } from '../../../src/rules/sku-claims.ts'
import type { Told } from '../../../src/rules/stock-claims.ts'

const BEGIN = 1_780_000_000_000
const DAY_MS = 86_400_000

const acknowledged = (most: number) =>
  fc.array(fc.record({ at: fc.integer({ min: BEGIN, max: BEGIN + DAY_MS }), quantity: fc.constantFrom('1', '2.5') }), {
    maxLength: most,
    size: 'max',
  })

const claimsOf = (told: readonly Told[]) => {
  const orders = told.map((one, index): [string, OrderClaim] => [
    `shop|${index}`,
    { open: '0', told: [one], since: one.at },
  ])
  return { orders: Object.fromEntries(orders), heldUntil: null, oversoldSince: null }
}

/** Pieces that stock read at a time does not include. */
const missingAt = (told: readonly Told[], readAt: number) =>
  told.filter(({ at }) => at >= readAt).reduce((sum, { quantity }) => sum + Number(quantity), 0)

it('a row has at most 500 times of acknowledgements, and sells no piece earlier than the orders do', () => {
  const readAfter = fc.integer({ min: 0, max: DAY_MS + 1 })
  fc.assert(
    fc.property(acknowledged(3_000), readAfter, (pieces, after) => {
      const { told } = storedClaimsOf(claimsOf(pieces), 1)
      expect(told.length).toBeLessThanOrEqual(500)
      expect(missingAt(told, 0)).toBe(missingAt(pieces, 0))
      expect(missingAt(told, BEGIN + after)).toBeGreaterThanOrEqual(missingAt(pieces, BEGIN + after))
    }),
    { numRuns: 60 },
  )
})

it('up to 500 times are kept as they are', () => {
  fc.assert(
    fc.property(acknowledged(500), (pieces) => {
      const { told } = storedClaimsOf(claimsOf(pieces), 1)
      expect(told.map(({ at }) => at)).toEqual([...new Set(pieces.map(({ at }) => at))].toSorted((a, b) => a - b))
    }),
    { numRuns: 60 },
  )
})
