import type { Account, Wire } from './account.ts'
import { fromUnits, timesUnits, toUnits, type Units, unitsOf } from './decimal.ts'
import { createNeeds } from './line-needs.ts'
import { createWants } from './line-wants.ts'
import type { OrderLine } from './sales-order-lines.ts'
import { createStockStore, type Place } from './stock.ts'

/**
 * Stock that sales orders commit (Oracle Help: Selling Inventory, section_N2281482; Reallocating Items,
 * section_N2263567; Order Management Accounting Preferences, section_N1388149; read 2026):
 * - An order commits what is available as it is entered or approved; the rest is back-ordered. The order is accepted
 *   either way.
 * - Available is on hand less committed. Closed lines and cancelled orders release what they committed.
 * - What becomes available is committed to back orders, the oldest first (_Perform Item Commitment After Transaction
 *   Entry_, by the order's date).
 * - Stock is committed at the line's location, otherwise at the order's. A line without a location commits nothing: it
 *   is not even back-ordered (Backorder Rules, section_4821595614).
 * - A kit commits its members.
 * - Items leave the stock when their fulfilment is shipped; picked and packed ones stay committed (_Pick, Pack, and
 *   Ship_). A line may ship more than it committed (_Fulfill Based on Commitment: Ignore Commitment_): on hand then goes
 *   below zero.
 */
export interface Commitments {
  /** After each change of an order or of what is shipped of it. */
  settle(orderId: number): void
  /** Takes a fulfilment's items out of the stock, or puts them back; `settle` follows. */
  ship(fulfilmentId: number, direction: 'out' | 'back'): void
  /** After stock was set to a level: orders keep at most `committed` of it, the oldest most. */
  limit(place: Place, committed: Units): void
  /** Commits what is available to back orders. */
  allocate(place: Place): void
  /** Of kits whole ones. */
  ofLine(line: OrderLine): LineCommitment
}

export interface LineCommitment {
  readonly committed: number
  readonly backOrdered: number
}

export function createCommitments(account: Account): Commitments {
  const { database } = account
  const stock = createStockStore(account)
  const needsOf = createNeeds(account)
  const wantsOf = createWants(account)
  const ofOrder = database.prepare('SELECT * FROM sim_commitment WHERE order_id = ?')
  const ofPlace = database.prepare(`SELECT * FROM sim_commitment WHERE item_id = ? AND location_id = ?
    ORDER BY order_id, line_key`)
  const ofLine = database.prepare('SELECT * FROM sim_commitment WHERE line_key = ?')
  const ofItem = database.prepare('SELECT * FROM sim_commitment WHERE line_key = ? AND item_id = ?')
  const insert = database.prepare('INSERT INTO sim_commitment VALUES (?, ?, ?, ?, ?, 0)')
  const remove = database.prepare('DELETE FROM sim_commitment WHERE line_key = ? AND item_id = ?')
  const setWanted = database.prepare('UPDATE sim_commitment SET wanted = ? WHERE line_key = ? AND item_id = ?')
  const setCommitted = database.prepare('UPDATE sim_commitment SET committed = ? WHERE line_key = ? AND item_id = ?')
  const shippedLines = database.prepare(`SELECT f.order_id, f.quantity, f.location_id, l.unique_key, l.item_id
    FROM (SELECT * FROM sim_fulfilment_line JOIN sim_fulfilment ON id = fulfilment_id WHERE id = ?) f
    JOIN sim_sales_order_line l ON l.order_id = f.order_id AND l.line = f.line`)

  const keep = (row: Wire, committed: Units): void => {
    const before = unitsOf(row, 'committed')
    if (committed === before) return
    setCommitted.run(fromUnits(committed), Number(row['line_key']), Number(row['item_id']))
    stock.move(placeOf(row), { committed: committed - before })
  }
  const allocate = (place: Place): void => {
    for (const row of ofPlace.all(place.item, place.location)) {
      const more = least(stock.available(place), unitsOf(row, 'wanted') - unitsOf(row, 'committed'))
      if (more > 0n) keep(row, unitsOf(row, 'committed') + more)
    }
  }
  const takeOut = (row: Wire, item: number, pieces: Units): void => {
    const place = { item, location: Number(row['location_id']) }
    const commitment = ofItem.get(Number(row['unique_key']), item)
    const released = commitment === undefined ? 0n : least(pieces, unitsOf(commitment, 'committed'))
    if (commitment === undefined || Number(commitment['location_id']) !== place.location) {
      if (commitment !== undefined) keep(commitment, unitsOf(commitment, 'committed') - released)
      stock.move(place, { onHand: -pieces })
      return
    }
    const left = unitsOf(commitment, 'committed') - released
    setCommitted.run(fromUnits(left), Number(row['unique_key']), item)
    stock.move(place, { onHand: -pieces, committed: -released })
  }
  return {
    settle(orderId) {
      const before = ofOrder.all(orderId)
      const wants = new Map(wantsOf(orderId).map((want) => [identityOf(want), want]))
      const known = new Set<string>()
      for (const row of before) {
        const [key, place] = [Number(row['line_key']), placeOf(row)]
        const want = wants.get(identityOf({ key, ...place }))
        keep(row, least(unitsOf(row, 'committed'), want?.wanted ?? 0n))
        if (want === undefined) remove.run(key, place.item)
        else setWanted.run(fromUnits(want.wanted), key, place.item)
        if (want !== undefined) known.add(identityOf(want))
      }
      for (const [identity, { key, item, location, wanted }] of wants) {
        if (!known.has(identity)) insert.run(key, item, location, orderId, fromUnits(wanted))
      }
      for (const place of [...before.map(placeOf), ...wants.values()]) allocate(place)
    },
    ship(fulfilmentId, direction) {
      for (const row of shippedLines.all(fulfilmentId)) {
        if (row['location_id'] === null) continue
        for (const [item, pieces] of needsOf(Number(row['item_id']))) {
          const quantity = timesUnits(pieces, unitsOf(row, 'quantity'))
          const place = { item, location: Number(row['location_id']) }
          if (direction === 'out') takeOut(row, item, quantity)
          else stock.move(place, { onHand: quantity })
        }
      }
    },
    limit(place, committed) {
      let left = committed
      for (const row of ofPlace.all(place.item, place.location)) {
        const kept = least(unitsOf(row, 'committed'), left)
        setCommitted.run(fromUnits(kept), Number(row['line_key']), place.item)
        left -= kept
      }
    },
    allocate,
    ofLine({ uniqueKey, itemId }) {
      const needs = needsOf(itemId)
      const rows = ofLine.all(Number(uniqueKey))
      const pieces = (column: string) => rows.map((row) => perPiece(row, column, needs))
      const wanted = pieces('wanted').reduce(greatest, 0n)
      const committed = pieces('committed').reduce(least, wanted)
      return { committed: fromUnits(committed), backOrdered: fromUnits(wanted - committed) }
    },
  }
}

const least = (a: Units, b: Units): Units => (a < b ? a : b)
const greatest = (a: Units, b: Units): Units => (a > b ? a : b)

const placeOf = (row: Wire): Place => ({ item: Number(row['item_id']), location: Number(row['location_id']) })
const identityOf = ({ key, item, location }: Place & { key: number }) => `${key} ${item} ${location}`

/** How many pieces of the line a quantity of the item makes. */
function perPiece(row: Wire, column: string, needs: ReadonlyMap<number, Units>): Units {
  const one = toUnits(1)
  const need = needs.get(Number(row['item_id'])) ?? one
  const units = unitsOf(row, column)
  return need === one ? units : (units / need) * one
}
