import fc from 'fast-check'
import { expect, it } from 'vitest'
import { orderOf, orderReference } from '../../../src/rules/order-reference.ts'

const id = fc.stringMatching(/^[a-z0-9-]{1,6}$/)
const key = fc.stringMatching(/^[0-9a-z_~-]{1,6}$/)

it('no two connections’ orders are called alike, and each is read back', () => {
  fc.assert(
    fc.property(id, key, id, key, (a, keyOfA, b, keyOfB) => {
      const reference = orderReference(a, keyOfA)
      if (a !== b || keyOfA !== keyOfB) expect(orderReference(b, keyOfB)).not.toBe(reference)
      if (a !== b) {
        expect(orderOf(reference, [{ id: a }, { id: b }])).toEqual({ connection: a, key: keyOfA })
      }
    }),
    { numRuns: 2000 },
  )
})
