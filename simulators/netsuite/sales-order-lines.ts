import type { Account, Wire } from './account.ts'
import { lineAmount } from './decimal.ts'
import { type Reference, readSublist } from './fields.ts'
import { createLocationCheck } from './location-check.ts'
import { invalidContent } from './problems.ts'
import { salesOrderLineSpec } from './sales-order-fields.ts'

/** Price level of a custom price of a line. */
const customPrice = '-1'

/** A stored line. `uniqueKey` is absent until it is written. */
export interface OrderLine {
  uniqueKey: number | undefined
  line: number
  itemId: number
  itemName: string
  quantity: number
  /** Fulfilled quantity. */
  fulfilled: number
  rate: number
  amount: number
  /** Its other fields, as sent. */
  document: Wire
}

/** The lines of sales orders in the database. */
export interface LineStore {
  list(orderId: number): OrderLine[]
  replace(orderId: number, lines: readonly OrderLine[]): void
}

export function createLineStore({ database }: Account): LineStore {
  const select = database.prepare('SELECT * FROM sim_sales_order_line WHERE order_id = ? ORDER BY line')
  const remove = database.prepare('DELETE FROM sim_sales_order_line WHERE order_id = ?')
  const insert = database.prepare(`INSERT INTO sim_sales_order_line
    (unique_key, order_id, line, item_id, item_name, quantity, fulfilled, rate, amount, document)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  return {
    list: (orderId) => select.all(orderId).map(toLine),
    replace(orderId, lines) {
      remove.run(orderId)
      for (const { uniqueKey, line, itemId, itemName, quantity, fulfilled, rate, amount, document } of lines) {
        const text = JSON.stringify(document)
        insert.run(uniqueKey ?? null, orderId, line, itemId, itemName, quantity, fulfilled, rate, amount, text)
      }
    },
  }
}

/**
 * The lines after a save: a sent line with an existing `line` changes that line, any other is appended; with `replace`,
 * unnamed lines are dropped. Prices are in the order's currency. @throws NetSuiteProblem for an item or location that
 * does not exist
 */
export type MergeLines = (
  before: readonly OrderLine[],
  sublist: unknown,
  how: { replace: boolean; currency: string },
) => { lines: OrderLine[]; unknown: string[] }

export function createLineMerge(account: Account): MergeLines {
  const { database, rules } = account
  const itemById = database.prepare('SELECT id, itemid FROM sim_item WHERE id = ?')
  const priceOf = database.prepare(
    'SELECT price FROM sim_price WHERE item_id = ? AND level_id = ? AND currency_id = ? AND quantity = 0',
  )
  const refuseLocation = createLocationCheck(account)
  const itemOf = (sent: Wire, path: string): Wire => {
    const reference = sent['item'] as Reference | undefined
    if (reference === undefined) throw invalidContent(path, 'Please enter value(s) for: Item')
    const item = reference.id === undefined ? undefined : itemById.get(reference.id)
    if (item !== undefined) return item
    throw invalidContent(
      path,
      `Invalid Field Value ${reference.id ?? reference.externalId} for the following field: item`,
    )
  }
  const changed = (
    before: OrderLine | undefined,
    sent: Wire,
    at: { number: number; path: string; currency: string },
  ) => {
    const { number, path, currency } = at
    refuseLocation(sent['location'], `${path}.location`)
    const item = before !== undefined && sent['item'] === undefined ? undefined : itemOf(sent, `${path}.item`)
    const level = (sent['price'] as Reference | null | undefined)?.id ?? '1'
    const price =
      level === customPrice ? undefined : priceOf.get(Number(item?.['id'] ?? before?.itemId), level, currency)
    if (price === undefined && level !== customPrice && sent['price'] !== undefined) {
      throw invalidContent(`${path}.price`, `Invalid Field Value ${level} for the following field: price`)
    }
    return writeLine(before, sent, item, { number, price: price?.['price'], fixed: sent['price'] !== undefined })
  }
  return (before, sublist, { replace, currency }) => {
    const spec = { ...salesOrderLineSpec, missing: rules.missing }
    const { lines: sent, unknown } = readSublist(sublist, spec, 'item')
    const named = new Set(sent.map(({ line }) => line))
    const after = new Map(before.filter(({ line }) => !replace || named.has(line)).map((line) => [line.line, line]))
    let last = Math.max(0, ...before.map(({ line }) => line))
    for (const [index, fields] of sent.entries()) {
      const existing = after.get(Number(fields['line']))
      if (existing === undefined) last += 1
      const number = existing?.line ?? last
      after.set(number, changed(existing, fields, { number, path: `item.items[${index}]`, currency }))
    }
    return { lines: [...after.values()], unknown }
  }
}

/** Price of a line without a rate: that of its level. `fixed`: an explicit level wins over a rate. */
interface Level {
  number: number
  price: unknown
  fixed: boolean
}

/**
 * Fields that are not sent stay; a new line has the item's base price; the amount follows quantity and rate unless
 * given.
 */
function writeLine(before: OrderLine | undefined, sent: Wire, item: Wire | undefined, level: Level): OrderLine {
  const { item: _item, line: _line, quantity, rate, amount, ...document } = sent
  const newQuantity = Number(quantity ?? before?.quantity ?? 1)
  const levelPrice = level.fixed && level.price !== undefined ? level.price : undefined
  const newRate = Number(levelPrice ?? rate ?? before?.rate ?? level.price ?? 0)
  const repriced = quantity !== undefined || rate !== undefined || before === undefined
  return {
    uniqueKey: before?.uniqueKey,
    line: level.number,
    itemId: Number(item?.['id'] ?? before?.itemId),
    itemName: String(item?.['itemid'] ?? before?.itemName),
    quantity: newQuantity,
    fulfilled: before?.fulfilled ?? 0,
    rate: newRate,
    amount: Number(
      levelPrice === undefined
        ? (amount ?? (repriced ? lineAmount(newQuantity, newRate) : before?.amount))
        : lineAmount(newQuantity, newRate),
    ),
    document: { ...before?.document, ...document },
  }
}

function toLine(row: Wire): OrderLine {
  return {
    uniqueKey: Number(row['unique_key']),
    line: Number(row['line']),
    itemId: Number(row['item_id']),
    itemName: String(row['item_name']),
    quantity: Number(row['quantity']),
    fulfilled: Number(row['fulfilled']),
    rate: Number(row['rate']),
    amount: Number(row['amount']),
    document: JSON.parse(String(row['document'])) as Wire,
  }
}
