import type { DatabaseSync } from 'node:sqlite'
import type { FastifyInstance } from 'fastify'
import { inTransaction } from '../harness/database.ts'
import type { Account, Wire } from './account.ts'
import { createCommitments } from './commitments.ts'
import { ControlError, columnValue, itemIdOf, requireNumber, requireObject } from './control-values.ts'
import { fromUnits, lineAmount, toUnits } from './decimal.ts'
import { addOrderControls, type OrderControls } from './order-controls.ts'
import { NetSuiteProblem } from './problems.ts'
import { changeRules } from './rules.ts'
import { currencies } from './schema.ts'

const itemColumns: Readonly<Record<string, string>> = {
  displayname: 'displayname',
  description: 'description',
  salesdescription: 'description',
  upccode: 'upccode',
  isinactive: 'isinactive',
  manufacturer: 'manufacturer',
  mpn: 'mpn',
  weight: 'weight',
  matrixtype: 'matrixtype',
  cost: 'cost',
}
const priceFields: Readonly<Record<string, number>> = { price: 1, wholesaleprice: 2 }

/** Routes that change the account from outside, as its users would; `start.ts` lists them. */
export function addControlRoutes(app: FastifyInstance, account: Account, orders: OrderControls): void {
  const { database, clock } = account
  app.register(
    (control, _options, done) => {
      control.setErrorHandler((error, _request, reply) => {
        const { statusCode = 400 } = Object(error) as { statusCode?: number }
        const status = error instanceof NetSuiteProblem ? error.status : statusCode
        return reply.code(status).send({ message: String(error) })
      })
      control.patch<{ Params: { itemid: string } }>('/items/:itemid', async ({ params, body }) => {
        const id = itemIdOf(database, params.itemid)
        inTransaction(database, () => changeItem(account, id, requireObject(body)))
        return { id: String(id), changed: clock.now().toISOString() }
      })
      control.post('/items', async ({ body }, reply) => {
        const id = inTransaction(database, () => makeItem(account, requireObject(body)))
        return reply.code(201).send({ id: String(id) })
      })
      control.delete<{ Params: { itemid: string } }>('/items/:itemid', async ({ params }) => {
        database.prepare('DELETE FROM sim_item WHERE id = ?').run(itemIdOf(database, params.itemid))
        return { deleted: params.itemid }
      })
      control.put<{ Params: { itemid: string; location: string } }>(
        '/items/:itemid/locations/:location',
        async ({ params, body }) =>
          inTransaction(database, () =>
            changeStock(account, itemIdOf(database, params.itemid), params.location, requireObject(body)),
          ),
      )
      control.put<{ Params: { location: string } }>('/locations/:location', async ({ params, body }) =>
        changeLocation(database, params.location, requireObject(body)),
      )
      control.put<{ Params: { level: string } }>('/price-levels/:level', async ({ params, body }) =>
        inTransaction(database, () => changePriceLevel(database, params.level, requireObject(body))),
      )
      control.put('/rules', async ({ body }) => {
        changeRules(account.rules, body)
        return { changed: Object.keys(requireObject(body)) }
      })
      addOrderControls(control, account, orders)
      done()
    },
    { prefix: '/_sim' },
  )
}

/**
 * A new item, without stock and with price 0 until it is changed: `itemid`, `itemtype` (InvtPart), and any changeable
 * field.
 */
function makeItem(account: Account, { itemid, itemtype = 'InvtPart', ...fields }: Wire): number {
  const { database, clock } = account
  if (typeof itemid !== 'string' || itemid === '')
    throw new ControlError(400, '"itemid" must be the SKU of the new item.')
  const known = database.prepare('SELECT 1 FROM sim_item WHERE itemid = ?').get(itemid)
  if (known !== undefined) throw new ControlError(409, `There is an item ${itemid} already.`)
  const now = clock.now().getTime()
  const { lastInsertRowid } = database
    .prepare('INSERT INTO sim_item (itemid, displayname, itemtype, created_at, modified_at) VALUES (?, ?, ?, ?, ?)')
    .run(itemid, itemid, String(itemtype), now, now)
  const id = Number(lastInsertRowid)
  for (const level of Object.values(priceFields)) {
    database.prepare('INSERT INTO sim_price (item_id, level_id, price) VALUES (?, ?, 0)').run(id, level)
  }
  changeItem(account, id, fields)
  return id
}

/** Moves `lastmodifieddate`. Accepts field names in SuiteQL's and in the record service's spelling. */
function changeItem({ database, clock }: Account, id: number, changes: Wire): void {
  for (const [name, value] of Object.entries(changes)) {
    const field = name.toLowerCase()
    const column = itemColumns[field]
    const level = priceFields[field]
    if (field === 'members') replaceMembers(database, id, value)
    else if (field === 'prices') addPrices(database, id, value)
    else if (field === 'itemid') {
      database.prepare('UPDATE sim_item SET itemid = ? WHERE id = ?').run(columnValue('itemid', value), id)
    } else if (field === 'parent') {
      const parent = value === null ? null : itemIdOf(database, String(value))
      database.prepare('UPDATE sim_item SET parent_id = ? WHERE id = ?').run(parent, id)
    } else if (column !== undefined) {
      database.prepare(`UPDATE sim_item SET ${column} = ? WHERE id = ?`).run(columnValue(column, value), id)
    } else if (level !== undefined) {
      const price = requireNumber(name, value)
      database
        .prepare(
          'UPDATE sim_price SET price = ? WHERE item_id = ? AND level_id = ? AND currency_id = 1 AND quantity = 0',
        )
        .run(price, id, level)
    } else if (database.prepare('SELECT 1 FROM sim_custom_field WHERE scriptid = ?').get(field) !== undefined) {
      const patch = JSON.stringify({ [field]: value })
      database.prepare('UPDATE sim_item SET custom = json_patch(custom, ?) WHERE id = ?').run(patch, id)
    } else {
      const known = [
        'itemid',
        'members',
        'parent',
        'prices',
        ...Object.keys(itemColumns),
        ...Object.keys(priceFields),
        "the account's custitem_ fields",
      ]
      throw new ControlError(400, `"${name}" can't be changed; there are ${known.join(', ')}.`)
    }
  }
  database.prepare('UPDATE sim_item SET modified_at = ? WHERE id = ?').run(clock.now().getTime(), id)
}

/** `isinactive` and `makeinventoryavailablestore` of a location, each T or F. */
function changeLocation(database: DatabaseSync, location: string, changes: Wire): Wire {
  const found = database.prepare('SELECT id FROM sim_location WHERE id = ? OR name = ?').get(location, location)
  if (found === undefined) throw new ControlError(404, `There is no location ${location}.`)
  const flag = (name: string, usual: string) => (changes[name] === undefined ? usual : String(changes[name]))
  const [inactive, webStore] = [flag('isinactive', 'F'), flag('makeinventoryavailablestore', 'T')]
  database
    .prepare('INSERT OR REPLACE INTO sim_closed_location VALUES (?, ?, ?)')
    .run(Number(found['id']), inactive, webStore)
  return { location: Number(found['id']), isinactive: inactive, makeinventoryavailablestore: webStore }
}

/** Members of a kit: a list of `{itemid, quantity}`. */
function replaceMembers(database: DatabaseSync, kit: number, members: unknown): void {
  if (!Array.isArray(members)) throw new ControlError(400, '"members" must be a list of {itemid, quantity}.')
  database.prepare('DELETE FROM sim_item_member WHERE kit_id = ?').run(kit)
  const add = database.prepare('INSERT INTO sim_item_member VALUES (?, ?, ?)')
  for (const { itemid, quantity } of members as Wire[]) {
    add.run(kit, itemIdOf(database, String(itemid)), requireNumber('quantity', quantity))
  }
}

/**
 * Prices in any currency and for any quantity: a list of `{level, currency, price, quantity}`, the level by its internal
 * id; `quantity` is the lowest one (0 if it is not given), and a price of null removes the price.
 */
function addPrices(database: DatabaseSync, item: number, prices: unknown): void {
  if (!Array.isArray(prices))
    throw new ControlError(400, '"prices" must be a list of {level, currency, price, quantity}.')
  const add = database.prepare('INSERT OR REPLACE INTO sim_price VALUES (?, ?, ?, ?, ?)')
  const remove = database.prepare(
    'DELETE FROM sim_price WHERE item_id = ? AND level_id = ? AND currency_id = ? AND quantity = ?',
  )
  for (const { level, currency, price, quantity = 0 } of prices as Wire[]) {
    const id = Object.keys(currencies).find((one) => currencies[one]?.code === currency)
    if (id === undefined) throw new ControlError(400, `There is no currency ${String(currency)}.`)
    const from = requireNumber('quantity', quantity)
    if (price === null) remove.run(item, Number(level), Number(id), from)
    else add.run(item, Number(level), Number(id), requireNumber('price', price), from)
  }
}

/**
 * A price level with a percentage of the base price, and "Update Existing Prices": rewrites the level's price of every
 * item (SOAP records browser 2020.1, PriceLevel.updateExistingPrices). Oracle does not say that the items change with
 * it, so `lastmodifieddate` stays: the case that a reader must find without it.
 */
function changePriceLevel(database: DatabaseSync, level: string, changes: Wire): Wire {
  const found = database.prepare('SELECT id FROM sim_price_level WHERE id = ? OR name = ?').get(level, level)
  if (found === undefined) throw new ControlError(404, `There is no price level ${level}.`)
  const factor = 1 + requireNumber('discountpct', changes['discountpct']) / 100
  const bases = database.prepare('SELECT * FROM sim_price WHERE level_id = 1').all()
  const set = database.prepare('INSERT OR REPLACE INTO sim_price VALUES (?, ?, ?, ?, ?)')
  for (const { item_id: item, currency_id: currency, price, quantity } of bases) {
    set.run(Number(item), Number(found['id']), Number(currency), lineAmount(Number(price), factor), Number(quantity))
  }
  return { level: Number(found['id']), changed: bases.length }
}

/**
 * Moves `lastquantityavailablechange` but not the item's `lastmodifieddate`: a stock change is not an item change. With
 * `quantityavailable`, orders have committed as much as that leaves of `quantityonhand`; without it, stock that arrives
 * is committed to back orders.
 */
function changeStock(account: Account, itemId: number, location: string, changes: Wire): Wire {
  const { database, clock } = account
  const found = database.prepare('SELECT id, name FROM sim_location WHERE id = ? OR name = ?').get(location, location)
  if (found === undefined) throw new ControlError(404, `There is no location ${location}.`)
  const place = { item: itemId, location: Number(found['id']) }
  const find = database.prepare('SELECT * FROM sim_stock WHERE item_id = ? AND location_id = ?')
  const before = find.get(place.item, place.location)
  const sent = (name: string) => (changes[name] === undefined ? undefined : requireNumber(name, changes[name]))
  const committed = Number(before?.['committed'] ?? 0)
  const onHand = sent('quantityonhand') ?? Number(before?.['on_hand'] ?? 0)
  const available = sent('quantityavailable') ?? Math.max(0, fromUnits(toUnits(onHand) - toUnits(committed)))
  if (available > onHand) throw new ControlError(400, '"quantityavailable" must not be more than "quantityonhand".')
  const stillCommitted = toUnits(onHand) - toUnits(available)
  const changedAt = clock.now()
  database
    .prepare('INSERT OR REPLACE INTO sim_stock VALUES (?, ?, ?, ?, ?, ?)')
    .run(place.item, place.location, onHand, available, fromUnits(stillCommitted), changedAt.getTime())
  const commitments = createCommitments(account)
  commitments.limit(place, stillCommitted)
  if (changes['quantityavailable'] === undefined) commitments.allocate(place)
  const after = find.get(place.item, place.location) ?? {}
  return {
    location: found['name'],
    quantityonhand: after['on_hand'],
    quantityavailable: after['available'],
    changed: changedAt.toISOString(),
  }
}
