import type { Account } from './account.ts'
import { timesUnits, toUnits, type Units } from './decimal.ts'

/** Pieces of items with stock that one piece of an item takes: a kit takes its members, a service nothing. */
export type NeedsOf = (item: number) => ReadonlyMap<number, Units>

const stocked: readonly unknown[] = ['InvtPart', 'Assembly']
const one = toUnits(1)

export function createNeeds({ database }: Account): NeedsOf {
  const typeOf = database.prepare('SELECT itemtype FROM sim_item WHERE id = ?')
  const membersOf = database.prepare('SELECT item_id, quantity FROM sim_item_member WHERE kit_id = ?')
  return (item) => {
    const needs = new Map<number, Units>()
    const visit = (id: number, pieces: Units, within: readonly number[]): void => {
      const type = typeOf.get(id)?.['itemtype']
      if (stocked.includes(type)) needs.set(id, (needs.get(id) ?? 0n) + pieces)
      if (type !== 'Kit' || within.includes(id)) return
      for (const { item_id: member, quantity } of membersOf.all(id)) {
        visit(Number(member), timesUnits(pieces, toUnits(Number(quantity))), [...within, id])
      }
    }
    visit(item, one, [])
    return needs
  }
}
