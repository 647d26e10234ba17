import type { Random } from '../harness/random.ts'
import { percentOf } from '../magento2/money.ts'

/** Amount without tax, and the tax; cents. */
export interface Cost {
  ex: number
  tax: number
}

/** Costs of an order besides its rows and shipping. */
export interface Charges {
  fees: readonly (Cost & { name: string })[]
  /** Of rows, by index. */
  wrapping: ReadonlyMap<number, Cost>
}

const FEES = [
  { name: 'Packing', ex: 150 },
  { name: 'Package protection', ex: 399 },
  { name: 'Cash on delivery', ex: 265 },
]

/** A packing fee on every thirteenth order, as in a plain store. */
export function plainCharges(id: number): Charges {
  return { fees: id % 13 === 0 ? [{ name: 'Packing', ex: 150, tax: 0 }] : [], wrapping: new Map() }
}

/** Up to three fees, taxed or not, and wrapped rows. */
export function drawCharges(rows: number, taxBasisPoints: number, random: Random): Charges {
  const taxed = (ex: number): Cost => ({ ex, tax: percentOf(ex, taxBasisPoints) })
  const fees = random.chance(0.4) ? random.sample(FEES, random.int(1, FEES.length)) : []
  const wrapped = random.chance(0.25) ? random.sample([...Array(rows).keys()], random.int(1, rows)) : []
  return {
    fees: fees.map(({ name, ex }) => ({ name, ...(random.chance(0.5) ? taxed(ex) : { ex, tax: 0 }) })),
    wrapping: new Map(wrapped.toSorted((a, b) => a - b).map((row) => [row, taxed(299)])),
  }
}

export function costOf(costs: Iterable<Cost>): Cost {
  return [...costs].reduce((sum, { ex, tax }) => ({ ex: sum.ex + ex, tax: sum.tax + tax }), { ex: 0, tax: 0 })
}
