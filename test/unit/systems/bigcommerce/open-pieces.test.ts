import { describe, expect, it } from 'vitest'
import { openPieces } from '../../../../src/systems/bigcommerce/fulfilled-lines.ts'

const product = (more: Readonly<Record<string, unknown>>) => ({ quantity: 3, quantity_shipped: 0, ...more })

describe('pieces of a line that can be shipped', () => {
  it.each([
    ['of a new order', product({}), 0, 3],
    ['after a refund', product({ quantity_refunded: 2 }), 0, 1],
    ['after our shipment', product({ quantity_shipped: 2 }), 2, 3],
    ['after the seller’s', product({ quantity_shipped: 2 }), 0, 1],
    // A returned parcel that is looked at again is there: not too many pieces for the order.
    ['after our shipment came back', product({ quantity_shipped: 3, quantity_refunded: 3 }), 3, 3],
  ])('%s', (_when, line, ours, open) => {
    expect(openPieces(line, ours)).toBe(open)
  })
})
