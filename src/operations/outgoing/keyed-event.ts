import type { OutgoingEventType } from '../../configuration/model.ts'

/** An event sent to a subscription. It contains orders, SKUs and quantities, but no personal data. */
export interface OutgoingEvent {
  /** The same for all attempts, replays and subscriptions. */
  readonly id: string
  readonly type: OutgoingEventType
  /** ISO 8601: when Waldstream learned of the event. */
  readonly timestamp: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Key of an event's row. */
export interface EventRow {
  readonly owner: string
  readonly place: string
}

/** An event with the key within which events are in order. */
export interface KeyedEvent {
  readonly key: string
  readonly event: OutgoingEvent
  /** Null: it is the state of a row of the stock feed, which the key names. */
  readonly row: EventRow | null
}

/** The body of a webhook: `type`, `timestamp` and `data`, as in Standard Webhooks. */
export function eventBody({ type, timestamp, data }: OutgoingEvent): string {
  return JSON.stringify({ type, timestamp, data })
}

/** The row of the stock feed that a key names. */
export function stockOfKey(key: string): {
  readonly connection: string
  readonly source: string
  readonly sku: string
} {
  const [, connection = '', source = '', sku = ''] = JSON.parse(key) as readonly string[]
  return { connection, source, sku }
}

/** What a key is about, for people. */
export function keyText(key: string): string {
  const [kind, first, second, sku] = JSON.parse(key) as readonly string[]
  return kind === 'stock' ? `stock of ${sku} from ${second} for ${first}` : `order ${second} of ${first}`
}
