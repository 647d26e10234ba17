import { type Account, present, type Wire } from './account.ts'
import { createCommitments } from './commitments.ts'
import { isObject } from './fields.ts'
import { fulfilmentWire } from './fulfilment-wire.ts'
import { locationOf } from './line-wants.ts'
import { createLocationCheck } from './location-check.ts'
import { invalidContent, notFound, userError } from './problems.ts'
import type { RecordType } from './record-type.ts'
import { createLineStore, type OrderLine } from './sales-order-lines.ts'
import { isClosed, orderStatus, shipStatusNames } from './status-names.ts'

/** Item fulfilments, and the other ways to end an order's lines. */
export interface FulfilmentType extends RecordType {
  /**
   * Ships lines of an order, by `item.items` of `{orderLine, quantity, location, itemReceive}`; unnamed lines ship in
   * full. Returns the new fulfilment's id. @throws NetSuiteProblem
   */
  fulfil(orderId: number, body: Wire): number
  /** Closes the open lines, or only those with these numbers. @throws NetSuiteProblem */
  close(orderId: number, lines?: readonly number[]): void
  /** @throws NetSuiteProblem once something was shipped */
  cancel(orderId: number): void
  /** Changes a fulfilment's fields (`shipStatus`, `package`, …). @throws NetSuiteProblem */
  change(id: number, fields: Wire): void
}

export function fulfilmentType(account: Account): FulfilmentType {
  const { database, clock, time } = account
  const lineStore = createLineStore(account)
  const commitments = createCommitments(account)
  const refuseLocation = createLocationCheck(account)
  const find = database.prepare('SELECT * FROM sim_fulfilment WHERE id = ?')
  const findOrder = database.prepare('SELECT * FROM sim_sales_order WHERE id = ?')
  const insert = database.prepare(`INSERT INTO sim_fulfilment (order_id, status, document, created_at, modified_at)
    VALUES (?, ?, ?, ?, ?)`)
  const addLine = database.prepare('INSERT INTO sim_fulfilment_line VALUES (?, ?, ?, ?, ?)')
  const update = database.prepare('UPDATE sim_fulfilment SET status = ?, document = ?, modified_at = ? WHERE id = ?')
  const setOrder = database.prepare('UPDATE sim_sales_order SET status = ?, canceled = ?, modified_at = ? WHERE id = ?')
  const orderOf = (id: number): Wire => {
    const order = findOrder.get(id)
    if (order === undefined) throw notFound()
    if (order['canceled'] === 1) throw userError('The order has been cancelled.')
    return order
  }
  const keepLines = (order: Wire, lines: readonly OrderLine[]): void => {
    const id = Number(order['id'])
    lineStore.replace(id, lines)
    const status = orderStatus(lines, JSON.parse(String(order['document'])) as Wire)
    setOrder.run(status, 0, clock.now().getTime(), id)
    commitments.settle(id)
  }
  return {
    name: 'itemFulfillment',
    table: 'sim_fulfilment',
    filters: {},
    read: (id, options) => {
      const row = find.get(id)
      return row === undefined ? undefined : fulfilmentWire(account, row, options)
    },
    fulfil(orderId, { item, shipStatus, ...fields }) {
      const order = orderOf(orderId)
      if (order['status'] === 'A') throw userError('An order that is pending approval cannot be fulfilled.')
      const lines = lineStore.list(orderId)
      const usual = locationOf(JSON.parse(String(order['document'])) as Wire)
      const shipped = shippedLines(lines, item, usual ?? null)
      for (const { location } of shipped) refuseLocation(location === null ? null : { id: String(location) }, 'item')
      const now = clock.now()
      const document = present({ tranDate: time.toLocal(now).slice(0, 10), ...fields })
      const status = statusOf(shipStatus) ?? SHIPPED
      const made = insert.run(orderId, status, JSON.stringify(document), now.getTime(), now.getTime())
      const id = Number(made.lastInsertRowid)
      for (const { line, quantity, location } of shipped) {
        addLine.run(id, line.line, line.itemId, quantity, location)
        line.fulfilled += quantity
      }
      if (status === SHIPPED) commitments.ship(id, 'out')
      keepLines(order, lines)
      return id
    },
    close(orderId, numbers) {
      const order = orderOf(orderId)
      const lines = lineStore.list(orderId)
      for (const line of lines) {
        const named = numbers?.includes(line.line) ?? line.fulfilled < line.quantity
        if (named) line.document['isClosed'] = true
      }
      keepLines(order, lines)
    },
    cancel(orderId) {
      orderOf(orderId)
      const begun = lineStore.list(orderId).some(({ fulfilled }) => fulfilled > 0)
      if (begun) throw userError('An order that has been fulfilled cannot be cancelled.')
      setOrder.run('C', 1, clock.now().getTime(), orderId)
      commitments.settle(orderId)
    },
    change(id, { shipStatus, ...fields }) {
      const row = find.get(id)
      if (row === undefined) throw notFound()
      const document = { ...(JSON.parse(String(row['document'])) as Wire), ...fields }
      const status = statusOf(shipStatus) ?? String(row['status'])
      update.run(status, JSON.stringify(document), clock.now().getTime(), id)
      if ((status === SHIPPED) === (row['status'] === SHIPPED)) return
      commitments.ship(id, status === SHIPPED ? 'out' : 'back')
      commitments.settle(Number(row['order_id']))
    },
  }
}

const SHIPPED = 'C'

interface ShippedLine {
  line: OrderLine
  quantity: number
  location: number | null
}

/** `usual`: the order's location, for lines without one. @throws NetSuiteProblem for an unknown line, more than is left, or nothing to ship */
function shippedLines(lines: readonly OrderLine[], item: unknown, usual: number | null): ShippedLine[] {
  const items = isObject(item) && Array.isArray(item['items']) ? (item['items'] as Wire[]) : []
  const named = new Map(items.map((sent, index) => [Number(sent['orderLine']), { sent, at: `item.items[${index}]` }]))
  for (const [number, { at }] of named) {
    if (lines.some(({ line }) => line === number)) continue
    throw invalidContent(`${at}.orderLine`, `Invalid Field Value ${number} for the following field: orderLine`)
  }
  const shipped = lines.flatMap((line): ShippedLine[] => {
    const { sent = {}, at = '' } = named.get(line.line) ?? {}
    const left = isClosed(line) ? 0 : line.quantity - line.fulfilled
    const quantity = sent['itemReceive'] === false ? 0 : Number(sent['quantity'] ?? left)
    if (quantity > left) throw invalidContent(`${at}.quantity`, `Only ${left} of line ${line.line} can be fulfilled.`)
    if (quantity <= 0) return []
    const location = (sent['location'] ?? line.document['location']) as Wire | number | string | null | undefined
    const id = isObject(location) ? location['id'] : location
    return [{ line, quantity, location: id === undefined || id === null ? usual : Number(id) }]
  })
  if (shipped.length > 0) return shipped
  throw userError('You must fulfill at least one line of this order.')
}

function statusOf(sent: unknown): string | undefined {
  const id = isObject(sent) ? sent['id'] : sent
  if (id === undefined) return undefined
  if (typeof id === 'string' && id in shipStatusNames) return id
  throw invalidContent('shipStatus', `Invalid Field Value ${String(id)} for the following field: shipStatus`)
}
