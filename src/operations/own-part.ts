import type { Configuration } from '../configuration/model.ts'
import { isOfEntity, type TopicKind, topics } from '../events/topics.ts'
import type { ShownEvent } from '../projections/show-staged.ts'
import type { Principal } from './principal.ts'
import { type Owner, sees } from './scope.ts'

/*
 * A shop's order contains the lines of all vendors and their totals. Callers who see the shop or all connections see
 * the whole order; callers who see some connections see only the parts that these were sent.
 */

type Seeing = Pick<Principal, 'scope'>

/** Whether the caller sees all data of a system, whatever connection it is for. */
export function seesWhole({ scope }: Seeing, system: string): boolean {
  return scope.connections === 'all' || sees(scope, { system })
}

/** Whether the caller sees all data of a connection's shop. */
export function seesShopOf(by: Seeing, { connections }: Configuration, connection: string | null): boolean {
  const shop = connections.find(({ id }) => id === connection)?.shop
  return shop === undefined ? by.scope.connections === 'all' : seesWhole(by, shop)
}

/** Codes of records that were ignored for a connection because they belong to others. */
const OF_OTHERS: readonly (string | null)[] = [
  'not_the_shop',
  'no_vendor_lines',
  'not_owned',
  'not_the_vendor',
  'not_ours',
]

interface Decided {
  readonly source: string
  readonly connection: string | null
  readonly status: string
  readonly code: string | null
}

/** Whether a record was ignored for a connection because it belongs to others. */
export function isOfOthers({ status, code }: Pick<Decided, 'status' | 'code'>): boolean {
  return status === 'ignored' && OF_OTHERS.includes(code)
}

/** The owner of a step of a shop's order: callers who see the shop see all steps. */
export function ownerOfStep(by: Seeing, step: Decided): Owner {
  return sees(by.scope, { system: step.source }) ? { system: step.source } : ownerOfResult(by, step)
}

/** The owner of a result: the system, not the connection, if the record belongs to others. */
export function ownerOfResult({ scope }: Seeing, result: Decided): Owner {
  const { source, connection } = result
  return isOfOthers(result) && scope.connections !== 'all' ? { system: source } : { connection }
}

const ROUTES_ORDERS = 'route-orders'
/** Codes of errors of a whole order: their messages contain lines, vendors and totals of all parts. */
const OF_THE_WHOLE: readonly (string | null)[] = ['totals_differ', 'line_claimed_twice', 'bundle_owned_in_part']
const HIDDEN = 'the order cannot be divided among its vendors; callers who see the shop see the reason'

interface Described {
  readonly code: string | null
  readonly message: string | null
}

/** The message for callers who do not see the shop's whole order. */
export function ownMessage<M extends string | null>(stage: string, { code, message }: Described & { message: M }) {
  return stage === ROUTES_ORDERS && OF_THE_WHOLE.includes(code) ? HIDDEN : message
}

/** A stage's report, with the message for callers who do not see the whole order. */
export function ownReport<R extends Described & { readonly stage: string }>(report: R): R {
  return { ...report, message: ownMessage(report.stage, report) }
}

/** Whether the bytes of a record contain only data of its connection. */
export function isOwnRecord(topic: string, topicPrefix: string): boolean {
  return isOfConnection(topic, topicPrefix) && kindIn(topic, topicPrefix) !== 'vendor-orders'
}

/** Undefined: the record comes directly from the source, or its topic is unknown. */
function kindIn(topic: string, topicPrefix: string): TopicKind | undefined {
  const [name] = topic.slice(topicPrefix.length).split('.', 1)
  return topics.find(({ kind }) => kind === name)?.kind
}

/** Internal records, such as status reports, belong to several connections at once. */
function isOfConnection(topic: string, topicPrefix: string): boolean {
  const kind = kindIn(topic, topicPrefix)
  return kind !== undefined && kind !== 'orders' && isOfEntity(kind)
}

/**
 * An event for callers who do not see the shop's whole order. Null: they may not see it. They see their own part
 * without the shop's other fields, which describe the whole order.
 */
export function ownEvent(topic: string, topicPrefix: string, event: unknown): unknown {
  if (event === null || !isOfConnection(topic, topicPrefix)) return null
  return kindIn(topic, topicPrefix) === 'vendor-orders' ? withoutShopsFields(event) : event
}

/** As `ownEvent`, for an event with its place. */
export function ownShown(shown: ShownEvent | null, topicPrefix: string): ShownEvent | null {
  if (shown === null || !isOfConnection(shown.topic, topicPrefix)) return null
  return { ...shown, event: ownEvent(shown.topic, topicPrefix, shown.event) }
}

interface PlainVendorOrder {
  readonly data: { readonly lines: readonly object[] }
}

function withoutShopsFields(event: unknown): unknown {
  const order = event as PlainVendorOrder
  const lines = order.data.lines.map((line) => ({ ...line, attributes: {} }))
  return { ...order, data: { ...order.data, attributes: {}, lines } }
}
