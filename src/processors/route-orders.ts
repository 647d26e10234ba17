import type { Connection } from '../core/model.ts'
import { StreamError } from '../errors.ts'
import type { Order, OrderChanged } from '../events/generated/events.ts'
import { contentDigest, derivedEventId } from '../events/identity.ts'
import { recordKey } from '../events/topics.ts'
import { compareVersions } from '../events/version.ts'
import type { Decision, Output, ProcessContext, Processed, Processor, Remembered } from './processor.ts'
import { type SplitOrder, splitOrder, withoutLines } from './split-order.ts'

/** What is remembered of a shop's order: every connection it ever went to, so that none keeps lines it lost. */
export interface RoutedOrder extends Remembered {
  readonly vendors: readonly string[]
}

/** States in which nothing of an order is to be delivered, also when it was sent to the vendor before. */
const CANCELING_STATES = ['canceled', 'closed', 'holded']

const NAME = 'route-orders'

/**
 * Shop's order → an order for each vendor whose lines it holds. A vendor that had lines and has none now, or whose
 * order was canceled, gets an order without lines and `canceled: true`; it gets it again with every later version, which
 * costs nothing, since the content is the same. An event older than the remembered version changes nothing (Guarantee 4).
 */
export const routeOrders: Processor<'orders', RoutedOrder> = {
  name: NAME,
  from: 'orders',
  remembers: true,
  process(event, context, state) {
    const connections = context.connections.filter(({ shop }) => shop === event.source)
    const others = context.connections.filter(({ shop }) => shop !== event.source).map(notTheShop)
    if (state !== undefined && compareVersions(event, state.version) < 0) {
      const decisions = connections.map(({ id }) => decision(id, 'superseded', 'older_version'))
      return { outputs: [], decisions: [...decisions, ...others] }
    }
    const routed = route(event, { ...context, connections }, state?.vendors ?? [])
    return { ...routed, decisions: [...routed.decisions, ...others] }
  },
}

function route(
  event: OrderChanged,
  { connections }: ProcessContext,
  sentTo: readonly string[],
): Processed<RoutedOrder> {
  const split = splitOrder(event.data, connections)
  const outputs: Output[] = []
  const decisions: Decision[] = []
  const vendors = new Set(sentTo)
  for (const connection of connections) {
    const verdict = judge(event, connection, split, vendors.has(connection.id))
    decisions.push(verdict.decision)
    if (verdict.order === undefined) continue
    outputs.push(vendorOrder(event, connection, verdict.order, verdict.canceled))
    vendors.add(connection.id)
  }
  const version = { occurredAt: event.occurredAt, readAt: event.readAt }
  return { outputs, decisions, state: { version, vendors: [...vendors].toSorted() } }
}

interface Verdict {
  readonly decision: Decision
  /** What the vendor is to have; undefined: it hears nothing of this event. */
  readonly order?: Order
  readonly canceled: boolean
}

function judge(event: OrderChanged, connection: Connection, split: SplitOrder, wasSent: boolean): Verdict {
  const { id, orderStates } = connection
  const { state } = event.data
  const sent = decision(id, 'processing', null)
  if (event.deleted || CANCELING_STATES.includes(state)) {
    if (wasSent) return { decision: sent, order: withoutLines(event.data), canceled: true }
    const code = event.deleted ? 'deleted' : 'order_state'
    return {
      decision: decision(id, 'ignored', code, `the order is ${event.deleted ? 'deleted' : state}`),
      canceled: false,
    }
  }
  if (!orderStates.includes(state)) {
    const message = `the order's state is ${state}; ${id} takes ${orderStates.join(', ')}`
    return { decision: decision(id, 'ignored', 'order_state', message), canceled: false }
  }
  const { ordersFrom = null } = connection
  if (!wasSent && ordersFrom !== null && event.data.placedAt < Date.parse(ordersFrom)) {
    const message = `the order was placed before ${ordersFrom}, from which on ${id} takes orders`
    return { decision: decision(id, 'ignored', 'before_orders_from', message), canceled: false }
  }
  const disputed = [...split.claimedTwice].find(([, claimants]) => claimants.includes(id))
  if (disputed !== undefined) return { decision: claimedTwice(id, ...disputed), canceled: false }
  const part = split.parts.find((one) => one.connection === id)
  if (part !== undefined) return { decision: sent, order: part.order, canceled: false }
  if (wasSent) return { decision: sent, order: withoutLines(event.data), canceled: true }
  return { decision: decision(id, 'ignored', 'no_vendor_lines', "no line is the vendor's"), canceled: false }
}

function vendorOrder(event: OrderChanged, connection: Connection, data: Order, canceled: boolean): Output {
  return {
    kind: 'vendor-orders',
    system: connection.vendor,
    key: recordKey(connection.id, event.key),
    event: {
      eventId: derivedEventId(event.eventId, NAME, connection.id, connection.revision),
      contentDigest: contentDigest({
        deleted: canceled,
        data: canceled ? { orderNumber: data.orderNumber } : wanted(data),
      }),
      connection: connection.id,
      source: event.source,
      key: event.key,
      taskId: event.taskId,
      occurredAt: event.occurredAt,
      readAt: event.readAt,
      canceled,
      data,
    },
  }
}

/**
 * What of an order the vendor is to have. The shop's own progress (status, invoiced, shipped, refunded) and its other
 * fields ask nothing of the vendor: an order that is invoiced in the shop must not be written to the ERP again.
 */
function wanted({ state: _state, status: _status, attributes: _attributes, lines, ...order }: Order): object {
  return {
    ...order,
    lines: lines.map(
      ({ quantityInvoiced: _i, quantityShipped: _s, quantityRefunded: _r, attributes: _a, ...line }) => line,
    ),
  }
}

function decision(
  connection: string,
  status: 'processing' | 'ignored' | 'superseded',
  code: string | null,
  message: string | null = null,
): Decision {
  return { connection, status, code, message }
}

function notTheShop({ id, shop }: Connection): Decision {
  return decision(id, 'ignored', 'not_the_shop', `orders of ${id} come from ${shop}`)
}

function claimedTwice(connection: string, lineId: string, claimants: readonly string[]): Decision {
  const error = new StreamError(
    'line_claimed_twice',
    `line ${lineId} is claimed by ${claimants.join(' and ')}; correct ownership.skuPattern of one and retry`,
    { field: `lines.${lineId}`, details: { lineId } },
  )
  return { connection, status: 'failed', error }
}
