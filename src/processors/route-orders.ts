import type { Connection } from '../configuration/model.ts'
import { toStreamError } from '../errors.ts'
import { isForgotten } from '../events/forgotten.ts'
import type { Order, OrderChanged } from '../events/generated/events.ts'
import { contentDigest, derivedEventId } from '../events/identity.ts'
import { recordKey } from '../events/topics.ts'
import { compareVersions } from '../events/version.ts'
import { isOnHold, judgeOrder, type OrderVerdict } from '../rules/judge-order.ts'
import { mapOrderFields, type OrderFields } from '../rules/map-order.ts'
import type { Evaluate } from '../rules/mapping/evaluate.ts'
import { asksProducts, ownedSkus } from '../rules/ownership.ts'
import { settleQuantities, type TakenBack, withdrawnQuantity } from '../rules/quantities.ts'
import { decidingSkus, splitOrder } from '../rules/split-order.ts'
import type { Decision, Output, ProcessContext, Processed, Processor, Remembered } from './processor.ts'

/** State remembered of a shop's order. */
export interface RoutedOrder extends Remembered {
  /** Every connection that it ever went to, so that a vendor that lost lines gets an update. */
  readonly vendors: readonly string[]
  /** Digest, by connection, of the last order sent with withdrawn quantities; absent: nothing was withdrawn. */
  readonly reduced?: Readonly<Record<string, string>>
  /** What was refunded before it was shipped; absent: nothing. */
  readonly takenBack?: TakenBack
  /** Since when the shop has it on hold, epoch milliseconds; absent: not on hold. */
  readonly heldSince?: number
}

const NAME = 'route-orders'
/** Digits of a digest: enough to distinguish the contents of one order. */
const KEPT_DIGITS = 16

/**
 * Shop's order → an order for each vendor that has lines in it. A vendor that had lines and has none now, or whose
 * order was canceled, gets an order without lines and `canceled: true`. It gets this again with every later version,
 * which costs nothing because the content is the same. An event older than the remembered version changes nothing
 * (Guarantee 4).
 */
export const routeOrders: Processor<'orders', RoutedOrder> = {
  name: NAME,
  from: 'orders',
  remembers: true,
  async process(event, context, state) {
    const connections = context.connections.filter(({ shop }) => shop === event.source)
    const others = context.connections.filter(({ shop }) => shop !== event.source).map(notTheShop)
    if (isForgotten(event.data)) return { outputs: [], decisions: [...connections.map(personForgotten), ...others] }
    if (state !== undefined && compareVersions(event, state.version) < 0) {
      const decisions = connections.map(({ id }) => decision(id, 'superseded', 'older_version'))
      return { outputs: [], decisions: [...decisions, ...others] }
    }
    const routed = await route(event, { ...context, connections }, state)
    return { ...routed, decisions: [...routed.decisions, ...others] }
  },
  withoutUnsent(state, before, unsent) {
    const { reduced: _reduced, ...kept } = state
    const vendors = state.vendors.filter((id) => !unsent.has(id) || before?.vendors.includes(id) === true)
    const reduced = new Map(Object.entries(state.reduced ?? {}).filter(([id]) => !unsent.has(id)))
    for (const [id, digest] of Object.entries(before?.reduced ?? {})) if (unsent.has(id)) reduced.set(id, digest)
    return { ...kept, vendors, ...(reduced.size === 0 ? {} : { reduced: Object.fromEntries(reduced) }) }
  },
  asks: ({ source, data }, connections) =>
    connections
      .filter(({ shop, ownership }) => shop === source && asksProducts(ownership))
      .map((connection) => ({ connection, skus: decidingSkus(data) })),
}

async function route(
  event: OrderChanged,
  { connections, productOf, evaluate, letOthers }: ProcessContext,
  before: RoutedOrder | undefined,
): Promise<Processed<RoutedOrder>> {
  const sentTo = before?.vendors ?? []
  const { order: data, takenBack } = settleQuantities(event.data, before?.takenBack)
  const settled = { ...event, data }
  const owned = await ownedSkus(connections, decidingSkus(data), letOthers)
  const split = splitOrder(
    data,
    connections.filter(({ id }) => !owned.faults.has(id)),
    productOf,
    owned,
  )
  const heldSince = connections.some((one) => isOnHold(data, one))
    ? (before?.heldSince ?? event.occurredAt ?? event.readAt)
    : null
  // The same version again is sent again.
  const isNew = before !== undefined && compareVersions(event, before.version) > 0
  const known = isNew ? (before.reduced ?? {}) : {}
  // In parallel: no connection waits for the expressions of another.
  const outcomes = await Promise.all(
    connections.map(async (connection) => {
      const fault = owned.faults.get(connection.id) ?? null
      const history = { wasSent: sentTo.includes(connection.id), heldSince }
      const verdict: OrderVerdict =
        fault === null ? judgeOrder(settled, connection, split, history) : { status: 'failed', error: fault }
      return await outcomeOf(settled, connection, verdict, { reduced: known[connection.id], evaluate })
    }),
  )
  const vendors = new Set([...sentTo, ...outcomes.flatMap(({ output, id }) => (output === undefined ? [] : id))])
  const version = { occurredAt: event.occurredAt, readAt: event.readAt }
  return {
    outputs: outcomes.flatMap(({ output }) => output ?? []),
    decisions: outcomes.map((outcome) => outcome.decision),
    unaccounted: split.unaccounted,
    state: {
      version,
      vendors: [...vendors].toSorted(),
      ...reducedOf(outcomes, before?.reduced),
      ...(Object.keys(takenBack).length === 0 ? {} : { takenBack }),
      ...(heldSince === null ? {} : { heldSince }),
    },
  }
}

/** Digest of what was sent last, for orders with withdrawn quantities: most orders have none. */
function reducedOf(outcomes: readonly Outcome[], before: RoutedOrder['reduced'] = {}): Pick<RoutedOrder, 'reduced'> {
  const reduced = new Map(Object.entries(before))
  for (const { id, output } of outcomes) {
    if (output?.kind !== 'vendor-orders') continue
    const { data, contentDigest: digest } = output.event
    if (data.lines.some((line) => withdrawnQuantity(line) > 0n)) reduced.set(id, digest.slice(0, KEPT_DIGITS))
    else reduced.delete(id)
  }
  return reduced.size === 0 ? {} : { reduced: Object.fromEntries(reduced) }
}

interface Outcome {
  /** Of the connection. */
  readonly id: string
  readonly output?: Output
  readonly decision: Decision
}

/**
 * What the connection is sent, with its own fields; a connection whose fields can't be mapped fails alone (Guarantee
 * 5).
 */
async function outcomeOf(
  event: OrderChanged,
  connection: Connection,
  verdict: OrderVerdict,
  { reduced, evaluate }: { reduced: string | undefined; evaluate: Evaluate | undefined },
): Promise<Outcome> {
  const { id } = connection
  if (verdict.status === 'failed') return { id, decision: { connection: id, ...verdict } }
  if (verdict.status === 'ignored') return { id, decision: { connection: id, ...verdict } }
  const { order, canceled, sendAfter, held, unlessNew } = verdict
  try {
    const fields = canceled ? {} : await mapOrderFields(connection, order, evaluate)
    const output = vendorOrder(event, connection, { order, canceled, sendAfter, held, fields })
    const isKnown = reduced !== undefined && output.event.contentDigest.startsWith(reduced)
    if (unlessNew !== undefined && isKnown) {
      return { id, decision: decision(id, 'ignored', unlessNew.code, unlessNew.message) }
    }
    return { id, output, decision: decision(id, 'processing', null) }
  } catch (thrown) {
    return { id, decision: { connection: id, status: 'failed', error: toStreamError(thrown) } }
  }
}

interface Wanted {
  readonly order: Order
  readonly canceled: boolean
  readonly sendAfter: number | null
  readonly held: boolean
  readonly fields: OrderFields
}

function vendorOrder(
  event: OrderChanged,
  connection: Connection,
  { order: data, canceled, sendAfter, held, fields }: Wanted,
): Extract<Output, { kind: 'vendor-orders' }> {
  return {
    kind: 'vendor-orders',
    system: connection.vendor,
    key: recordKey(connection.id, event.key),
    event: {
      eventId: derivedEventId(event.eventId, NAME, connection.id, connection.revision),
      contentDigest: contentDigest({
        deleted: canceled,
        data: canceled ? { orderNumber: data.orderNumber } : { ...wanted(data, fields), ...(held ? { held } : {}) },
      }),
      connection: connection.id,
      source: event.source,
      key: event.key,
      taskId: event.taskId,
      occurredAt: event.occurredAt,
      readAt: event.readAt,
      canceled,
      sendAfter,
      fields,
      data,
      mappingRevision: connection.revision,
      held,
    },
  }
}

/**
 * The part of an order that the vendor needs. The shop's own progress (status, invoiced, shipped, refunded) and its
 * other fields are left out: an order that is invoiced in the shop must not be written to the ERP again.
 */
function wanted(
  { state: _state, status: _status, attributes: _attributes, lines, ...order }: Order,
  fields: OrderFields,
): object {
  return {
    ...order,
    // An order without fields of its own has the digest it always had.
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
    lines: lines.map(
      ({ quantityInvoiced: _i, quantityShipped: _s, quantityRefunded: _r, ownAmounts: _o, attributes: _a, ...line }) =>
        line,
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

/** Nothing is sent for a forgotten person; what was sent before stays where it is. */
function personForgotten({ id }: Connection): Decision {
  return decision(id, 'ignored', 'person_forgotten', 'its person was forgotten: nothing is sent to the vendor')
}

function notTheShop({ id, shop }: Connection): Decision {
  return decision(id, 'ignored', 'not_the_shop', `orders of ${id} come from ${shop}`)
}
