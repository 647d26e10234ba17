import type { PlacedRow } from '../worlds/magento-orders.ts'
import type { SeededRandom } from './seeded-random.ts'

/** What is done with an order in the shop; `vendors ship`: in the ERP, and the shop hears of it. */
export type Deed =
  | 'authorize'
  | 'pay'
  | 'pay a part'
  | 'cancel'
  | 'refund'
  | 'refund all'
  | 'pay back'
  | 'ship own'
  | 'vendors ship'
  | 'vendors ship all'
  | 'hold'
  | 'release'
  | 'review'
  | 'accept'
  | 'edit'
  | 'rename'

/** An order of the shop, and what becomes of it in time. */
export interface Life {
  /** The shop's id of the order. */
  readonly id: number
  readonly rows: readonly PlacedRow[]
  readonly placedAt: number
  /** Nothing of it is read before. */
  readonly seenFrom: number
  readonly deeds: readonly { readonly at: number; readonly deed: Deed; readonly behind: number }[]
}

/** Each begins with how it is paid; other deeds may come in between. */
const STORIES: readonly (readonly Deed[])[] = [
  ['pay', 'refund', 'vendors ship', 'vendors ship all'],
  ['pay', 'vendors ship', 'refund', 'vendors ship all', 'refund all'],
  ['pay', 'ship own', 'vendors ship all', 'refund all'],
  ['pay', 'vendors ship', 'refund all'],
  ['pay', 'refund', 'refund', 'refund all'],
  ['pay a part', 'cancel', 'vendors ship all'],
  ['pay a part', 'vendors ship', 'cancel', 'refund'],
  ['authorize', 'edit', 'vendors ship', 'refund'],
  ['authorize', 'edit', 'edit', 'cancel'],
  ['authorize', 'cancel'],
  ['pay', 'hold', 'release', 'vendors ship all'],
  ['pay', 'hold', 'release', 'hold', 'release', 'refund'],
  ['authorize', 'review', 'accept', 'hold'],
  ['pay', 'refund', 'hold', 'release', 'vendors ship all', 'refund all'],
  ['pay', 'pay back', 'rename', 'ship own'],
]
const OTHERS: readonly Deed[] = ['refund', 'vendors ship', 'ship own', 'rename', 'pay back', 'hold', 'release', 'edit']

/** Ids that no other order has. */
const FIRST_ID = 20
const PRICE = 10.5

export function plannedLives(random: SeededRandom, chaosMs: number, skus: readonly string[]): readonly Life[] {
  return Array.from({ length: random.int(0, 2) }, (_, index) => {
    const placedAt = random.int(0, chaosMs / 2)
    const others = Array.from({ length: random.int(0, 2) }, () => random.pick(OTHERS))
    const story = random.pick(STORIES)
    const deeds = others.reduce((all, deed) => all.toSpliced(random.int(1, all.length), 0, deed), story)
    // Soon after each other, or over all the time that there is.
    const until = random.chance(0.3) ? Math.min(chaosMs, placedAt + 15_000) : chaosMs
    const times = deeds.map(() => random.int(placedAt, until)).toSorted((a, b) => a - b)
    return {
      id: FIRST_ID + index,
      rows: rowsOf(random, skus),
      placedAt,
      seenFrom: random.chance(0.25) ? random.int(placedAt, chaosMs) : placedAt,
      deeds: deeds.map((deed, turn) => ({ at: times[turn] ?? placedAt, deed, behind: random.int(0, 900) })),
    }
  })
}

function rowsOf(random: SeededRandom, skus: readonly string[]): readonly PlacedRow[] {
  return Array.from({ length: random.int(1, 4) }, () => {
    return { sku: random.pick(skus), qty: random.int(1, 5), price: PRICE }
  })
}
