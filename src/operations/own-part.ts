import type { Configuration } from '../configuration/model.ts'
import { isOfEntity, type TopicKind, topics } from '../events/topics.ts'
import type { ShownEvent } from '../projections/show-staged.ts'
import type { Principal } from './principal.ts'
import { type Owner, sees } from './scope.ts'

/*
 * A shop's order has the lines of every vendor and the sums over them. Who sees the shop, or all connections, sees the
 * whole; who sees some connections sees of it what these were sent, and no word of the rest.
 */

type Seeing = Pick<Principal, 'scope'>

/** Whether they see all that a system has, whoever it goes to. */
export function seesWhole({ scope }: Seeing, system: string): boolean {
  return scope.connections === 'all' || sees(scope, { system })
}

/** The same, of the shop of a connection. */
export function seesShopOf(by: Seeing, { connections }: Configuration, connection: string | null): boolean {
  const shop = connections.find(({ id }) => id === connection)?.shop
  return shop === undefined ? by.scope.connections === 'all' : seesWhole(by, shop)
}

/** Codes of what a connection was given nothing of, because it is of others. */
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

/** Whether a connection was given nothing, because what was read is of others. */
export function isOfOthers({ status, code }: Pick<Decided, 'status' | 'code'>): boolean {
  return status === 'ignored' && OF_OTHERS.includes(code)
}

/** Whose a step of a shop's order is: who sees the shop sees all of them. */
export function ownerOfStep(by: Seeing, step: Decided): Owner {
  return sees(by.scope, { system: step.source }) ? { system: step.source } : ownerOfResult(by, step)
}

/** Whose a result is: what was found to be of others is its system's, not the connection's that it was found for. */
export function ownerOfResult({ scope }: Seeing, result: Decided): Owner {
  const { source, connection } = result
  return isOfOthers(result) && scope.connections !== 'all' ? { system: source } : { connection }
}

const ROUTES_ORDERS = 'route-orders'
/** What is wrong with an order as a whole: the messages have lines, vendors and sums of all of it. */
const OF_THE_WHOLE: readonly (string | null)[] = ['totals_differ', 'line_claimed_twice', 'bundle_owned_in_part']
const NOT_TOLD = 'the order can not be divided among its vendors; who sees the shop is told why'

interface Told {
  readonly code: string | null
  readonly message: string | null
}

/** The message for who does not see the whole of the shop's order. */
export function ownMessage<M extends string | null>(stage: string, { code, message }: Told & { message: M }) {
  return stage === ROUTES_ORDERS && OF_THE_WHOLE.includes(code) ? NOT_TOLD : message
}

/** What a stage reported, and earlier reports of it, with the messages for who does not see the whole. */
export function ownReport<R extends Told & { readonly stage: string }>(report: R): R {
  return { ...report, message: ownMessage(report.stage, report) }
}

/** Whether the bytes of a record have nothing but what is of its connection. */
export function isOwnRecord(topic: string, topicPrefix: string): boolean {
  return isOfConnection(topic, topicPrefix) && kindIn(topic, topicPrefix) !== 'vendor-orders'
}

/** Undefined: a record of no topic, which is as the source gave it, or of one that is not known. */
function kindIn(topic: string, topicPrefix: string): TopicKind | undefined {
  const [name] = topic.slice(topicPrefix.length).split('.', 1)
  return topics.find(({ kind }) => kind === name)?.kind
}

/** The program's own records are of several connections at once. */
function isOfConnection(topic: string, topicPrefix: string): boolean {
  const kind = kindIn(topic, topicPrefix)
  return kind !== undefined && kind !== 'orders' && isOfEntity(kind)
}

/**
 * An event for who does not see the whole of the shop's order. Null: it is not for them. Of their own part they see
 * everything but the shop's other fields, which are of the whole order.
 */
export function ownEvent(topic: string, topicPrefix: string, event: unknown): unknown {
  if (event === null || !isOfConnection(topic, topicPrefix)) return null
  return kindIn(topic, topicPrefix) === 'vendor-orders' ? withoutShopsFields(event) : event
}

/** The same, of an event where it is kept; null: it is not for them. */
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
