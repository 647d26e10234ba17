import { orderConnections } from './configuration.ts'
import type { SeededRandom } from './seeded-random.ts'

/** What an operator does about a vendor's part of an order, whatever the shop does with it. */
export type OperatorDeed = 'hold' | 'hold for a while' | 'release' | 'cancel' | 'resend'

/** Somebody who sees to one order. */
export interface PlannedOperator {
  /** Which of the orders that there are by then. */
  readonly turn: number
  /** Null: every vendor's part. */
  readonly connection: string | null
  /** When they look for it first. */
  readonly from: number
  /** `afterMs`: since the deed before was done. */
  readonly deeds: readonly { readonly afterMs: number; readonly deed: OperatorDeed; readonly forMs: number }[]
}

const STORIES: readonly (readonly OperatorDeed[])[] = [
  ['hold', 'release'],
  ['hold', 'release', 'hold', 'release'],
  ['hold', 'hold for a while'],
  ['hold for a while', 'hold', 'release'],
  ['hold for a while'],
  ['cancel'],
  ['cancel', 'resend'],
  ['cancel', 'resend', 'cancel'],
  ['resend', 'resend'],
  ['hold', 'cancel', 'release', 'cancel', 'resend'],
  ['cancel', 'hold', 'release', 'resend'],
]

export function plannedOperators(random: SeededRandom, chaosMs: number): readonly PlannedOperator[] {
  return Array.from({ length: random.int(0, 4) }, () => {
    const story = random.pick(STORIES)
    return {
      turn: random.int(0, 100),
      connection: random.pick([null, ...orderConnections.map(({ id }) => id)]),
      from: random.int(0, (chaosMs * 3) / 4),
      deeds: story.map((deed) => ({ afterMs: random.int(0, 25_000), deed, forMs: random.int(2_000, 30_000) })),
    }
  })
}
