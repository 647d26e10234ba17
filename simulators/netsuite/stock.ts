import type { Account } from './account.ts'
import { fromUnits, type Units, unitsOf } from './decimal.ts'

/** An item at a location. */
export interface Place {
  readonly item: number
  readonly location: number
}

/** Stock of items at locations, in units. An item without a row at a location has none there. */
export interface StockStore {
  /** On hand less committed. */
  available(place: Place): Units
  /** Moves `lastquantityavailablechange` only if the available quantity changes. */
  move(place: Place, by: { readonly onHand?: Units; readonly committed?: Units }): void
}

export function createStockStore({ database, clock }: Account): StockStore {
  const find = database.prepare('SELECT * FROM sim_stock WHERE item_id = ? AND location_id = ?')
  const put = database.prepare('INSERT OR REPLACE INTO sim_stock VALUES (?, ?, ?, ?, ?, ?)')
  const levelOf = ({ item, location }: Place) => {
    const row = find.get(item, location)
    return { onHand: unitsOf(row, 'on_hand'), committed: unitsOf(row, 'committed'), changedAt: row?.['changed_at'] }
  }
  return {
    available(place) {
      const { onHand, committed } = levelOf(place)
      return onHand - committed
    },
    move(place, { onHand: more = 0n, committed: taken = 0n }) {
      const { onHand, committed, changedAt } = levelOf(place)
      const isSame = more === taken && changedAt !== undefined
      const at = isSame ? Number(changedAt) : clock.now().getTime()
      const [now, held] = [onHand + more, committed + taken]
      put.run(place.item, place.location, fromUnits(now), fromUnits(now - held), fromUnits(held), at)
    },
  }
}
