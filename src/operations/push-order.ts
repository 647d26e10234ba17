import { readConfiguration } from '../configuration/read-configuration.ts'
import { answerRequest, takeRequest } from '../control/keyed-requests.ts'
import { StreamError } from '../errors.ts'
import { CENT, magnitude, subtract, sum, text4, text8 } from '../events/decimal.ts'
import type { Order } from '../events/generated/events.ts'
import { contentDigest, sourceEventId } from '../events/identity.ts'
import { expectedTotal } from '../events/order-total.ts'
import { plainSku, skuProblem } from '../events/sku.ts'
import { publishPage } from '../producers/publish.ts'
import type { EntityIdentity } from '../systems/kit/source.ts'
import type { OperationDeps } from './dependencies.ts'
import { notFound, type Principal } from './principal.ts'
import { within } from './scope.ts'

export interface PushedOrder {
  readonly source: string
  readonly order: Order
  /** Milliseconds, by the shop's clock; null: now. */
  readonly occurredAt: number | null
  /** The caller's idempotency key: requests with the same key are the same request. Null: each request is separate. */
  readonly requestKey: string | null
}

/** The result of a pushed order. */
export interface OrderAnswer {
  readonly source: string
  readonly key: string
  readonly event_id: string
  /** False: the same content was published before. */
  readonly published: boolean
}

type Deps = Pick<
  OperationDeps,
  'tables' | 'systemTypes' | 'clock' | 'producer' | 'codec' | 'reporter' | 'logger' | 'topicPrefix' | 'tracer'
>

/**
 * Publishes an order that a shop pushes, like an order that was read: the same content is not published twice
 * (Guarantee 3). Resolves when the broker has acknowledged it (Guarantee 1). Throws `not_found` for a source without
 * orders, and `request_invalid` with every mistake in the order.
 */
export async function pushOrder(deps: Deps, by: Principal, pushed: PushedOrder): Promise<OrderAnswer> {
  const { source, occurredAt, requestKey } = pushed
  const order = withPlainSkus(pushed.order)
  await checkSource(deps, by, source)
  checkOrder(order)
  const now = deps.clock.now()
  if (requestKey === null) return await publish(deps, { ...pushed, order }, now)
  const id = `order ${source} ${requestKey}`
  // Uses the time of the first request, so that a repeated request is the same version of the order.
  const { at, answer } = await takeRequest(deps.tables, id, { order, occurredAt }, now)
  if (answer !== null) return answer as unknown as OrderAnswer
  const done = await publish(deps, { ...pushed, order }, at)
  await answerRequest(deps.tables, id, { ...done })
  return done
}

async function publish(deps: Deps, { source, order, occurredAt }: PushedOrder, readAt: number): Promise<OrderAnswer> {
  const number = order.orderNumber
  const origin = { source, entity: 'orders', read: `${source}.orders.push`, taskId: null } as const
  const own = [{ source, key: number, data: order, readAt }]
  const [{ data } = { data: order }] = (await deps.codec.persons?.admit('orders', own)) ?? own
  const at = occurredAt ?? readAt
  const page = {
    entities: [{ key: number, occurredAt: at, deleted: false, data, raw: null, identity: identityOf(data) }],
    unreadable: [],
    rows: [],
    reached: { changedAt: '', id: '' },
    requestedAt: readAt,
  }
  const { published, unchanged, unreadable, shared } = await publishPage(deps, origin, page)
  if (unreadable > 0) {
    throw new StreamError(
      'request_invalid',
      `order ${number} cannot be encoded as an event; its dead letter has the reason`,
    )
  }
  const [key = number] = shared
  const content = contentDigest({ deleted: false, data: { ...data, orderNumber: key } })
  const event_id = sourceEventId({ source, entity: 'orders', key, occurredAt: at, contentDigest: content })
  return { source, key, event_id, published: published > 0 || unchanged === 0 }
}

function withPlainSkus(order: Order): Order {
  return { ...order, lines: order.lines.map((line) => ({ ...line, sku: plainSku(line.sku) })) }
}

/** Two orders may have the same number: the second gets a key of its own. */
function identityOf(order: Order): EntityIdentity<'orders'> {
  return { id: order.orderId, since: order.placedAt, withKey: (key) => ({ ...order, orderNumber: key }) }
}

async function checkSource({ tables, systemTypes }: Deps, by: Principal, source: string): Promise<void> {
  const { systems } = await readConfiguration(tables)
  const shops = systems.filter(({ type }) => systemTypes.get(type)?.reads.orders !== undefined)
  const ids = within(by.scope, shops, ({ id }) => ({ system: id })).map(({ id }) => id)
  if (ids.includes(source)) return
  const what = `there is no system "${source}" with orders; systems with orders: ${ids.join(', ') || 'none'}`
  throw notFound(by, { field: 'source', api: what, cli: what })
}

interface Mistake {
  readonly field: string
  readonly message: string
}

/** Order numbers are part of keys, URLs and ids at vendors. */
const LONGEST_NUMBER = 100
const CURRENCY = /^[A-Z]{3}$/

/** Throws `request_invalid` with all mistakes that would otherwise be found only after the response. */
function checkOrder(order: Order): void {
  const mistakes = [
    ...numberMistakes(order),
    ...currencyMistakes(order),
    ...lineMistakes(order),
    ...amountMistakes(order),
  ]
  const [first] = mistakes
  if (first === undefined) return
  const text = mistakes.map(({ field, message }) => `${field} ${message}`).join('; ')
  throw new StreamError('request_invalid', text, { field: first.field, mistakes })
}

function numberMistakes({ orderNumber }: Order): Mistake[] {
  const field = 'orderNumber'
  if (orderNumber === '') return [{ field, message: 'must not be empty' }]
  if (orderNumber.length > LONGEST_NUMBER) return [{ field, message: `is longer than ${LONGEST_NUMBER} characters` }]
  return /\p{Cc}/u.test(orderNumber) ? [{ field, message: 'must not contain control characters' }] : []
}

function currencyMistakes({ currency }: Order): Mistake[] {
  if (CURRENCY.test(currency)) return []
  return [{ field: 'currency', message: `is "${currency.slice(0, 20)}"; write an ISO 4217 code, for example USD` }]
}

function lineMistakes({ lines }: Order): Mistake[] {
  if (lines.length === 0) return [{ field: 'lines', message: 'must not be empty' }]
  const ids = new Set<string>()
  return lines.flatMap(({ lineId, sku, quantityOrdered }, index) => {
    const found: Mistake[] = []
    const problem = skuProblem(sku)
    if (problem !== null) found.push({ field: `lines[${index}].sku`, message: problem })
    if (ids.has(lineId))
      found.push({ field: `lines[${index}].lineId`, message: `is "${lineId}", which another line has too` })
    ids.add(lineId)
    if (quantityOrdered <= 0n) {
      const message = `is ${text8(quantityOrdered)}; must be greater than 0`
      found.push({ field: `lines[${index}].quantityOrdered`, message })
    }
    return found
  })
}

/** Uses the same rules as the division among vendors: rounding may change each line by a cent. */
function amountMistakes(order: Order): Mistake[] {
  const found: Mistake[] = []
  const rows = sum(order.lines.filter((line) => line.parentLineId === null).map((line) => line.rowTotal))
  if (magnitude(subtract(order.subtotal, rows)) > CENT * BigInt(order.lines.length)) {
    const message = `is ${text4(order.subtotal)}, but the lines' rowTotal add up to ${text4(rows)}`
    found.push({ field: 'subtotal', message })
  }
  const expected = expectedTotal(order)
  if (expected !== order.grandTotal) {
    const message = `is ${text4(order.grandTotal)}, but the order's amounts add up to ${text4(expected)}`
    found.push({ field: 'grandTotal', message })
  }
  return found
}
