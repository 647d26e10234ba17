import { digest } from '../events/identity.ts'
import { recordKey } from '../events/topics.ts'
import { expiresAfter } from '../platform/dynamodb/expiry.ts'
import { type MergedPage, mergedPage } from '../platform/dynamodb/merged-page.ts'
import { millis, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { TableDefinition, Tables } from '../platform/dynamodb/tables.ts'
import { NEVER } from './read-holds.ts'

const HELD_ORDERS = 'held_orders'
const BY_SINCE = 'by-since'

/**
 * Who holds which order, and why (partition `connection`, sort `order`: source|number). The delivery's row says that
 * the order waits.
 */
export const orderHoldTables: readonly TableDefinition[] = [
  {
    name: HELD_ORDERS,
    partitionKey: 'connection',
    sortKey: 'order',
    localIndexes: [{ name: BY_SINCE, sortKey: 'place' }],
    expires: 'expires',
  },
]

/** A vendor's part of one order that must not be sent. */
export interface OrderHold {
  readonly connection: string
  readonly source: string
  readonly number: string
  readonly reason: string
  readonly by: string
  /** ISO 8601. */
  readonly since: string
  /** Milliseconds UTC: it ends by itself then; `NEVER`: somebody has to end it. */
  readonly until: number
}

interface OrderHoldRow extends OrderHold {
  /** source|number. */
  readonly order: string
  /** since#digest of connection and order: unique. */
  readonly place: string
}

export const orderHoldRows = rowType<OrderHoldRow>(
  HELD_ORDERS,
  ['connection', 'order'],
  {
    connection: text,
    order: text,
    place: text,
    source: text,
    number: text,
    reason: text,
    by: text,
    since: text,
    until: millis,
  },
  ({ until = NEVER }) => (until === NEVER ? null : expiresAfter(until, 1)),
)

type Held = Pick<OrderHold, 'connection' | 'source' | 'number'>

const keyOf = ({ connection, source, number }: Held) => ({ connection, order: recordKey(source, number) })

/** Replaces an existing hold: its reason and its end may change. */
export async function putOrderHold(tables: Tables, hold: OrderHold): Promise<void> {
  const { connection, order } = keyOf(hold)
  await rowsOf(tables, orderHoldRows).put({
    ...hold,
    order,
    place: `${hold.since}#${digest(recordKey(connection, order))}`,
  })
}

export async function findOrderHold(tables: Tables, held: Held): Promise<OrderHold | undefined> {
  return await rowsOf(tables, orderHoldRows).get(keyOf(held))
}

/** Removes the given hold only: it may have been replaced meanwhile. False: it was. */
export async function removeOrderHold(tables: Tables, seen: OrderHold): Promise<boolean> {
  const { since, until } = seen
  return await rowsOf(tables, orderHoldRows).delete(keyOf(seen), {
    anyOf: [
      { absent: 'since' },
      {
        allOf: [
          { attribute: 'since', is: '=', value: since },
          { attribute: 'until', is: '=', value: until },
        ],
      },
    ],
  })
}

/** The holds of one order at these connections, including ended ones. */
export async function holdsOfOrder(
  tables: Tables,
  { source, number }: Pick<OrderHold, 'source' | 'number'>,
  connections: readonly string[],
): Promise<readonly OrderHold[]> {
  return await rowsOf(tables, orderHoldRows).listMany(
    connections.map((connection) => keyOf({ connection, source, number })),
  )
}

interface WantedHolds {
  readonly connections: readonly string[]
  readonly limit: number
  readonly after: string | null
  readonly now: number
}

/** Holds at these connections that have not ended, oldest first. A page may have few of them and still a next one. */
export async function listOrderHolds(
  tables: Tables,
  { connections, limit, after, now }: WantedHolds,
): Promise<MergedPage<OrderHold>> {
  const placeOf = ({ place }: OrderHoldRow) => place
  const wanted = { partitions: connections, index: BY_SINCE, placeOf, descending: false, limit, after }
  const { rows, next } = await mergedPage(rowsOf(tables, orderHoldRows), wanted)
  return { rows: rows.filter(({ until }) => until > now), next }
}

/** How many orders of a connection are held. */
export interface HoldCount {
  readonly count: number
  /** True: there are more than `count`. */
  readonly more: boolean
  /** ISO 8601: since when the oldest is held; null: there are none. */
  readonly since: string | null
}

/** Beyond this it is enough to know that there are more. */
const MOST_COUNTED = 1_000

export async function countOrderHolds(tables: Tables, connection: string, now: number): Promise<HoldCount> {
  const range = { partition: connection, index: BY_SINCE, limit: MOST_COUNTED + 1 }
  const rows = await rowsOf(tables, orderHoldRows).query(range)
  const held = rows.slice(0, MOST_COUNTED).filter(({ until }) => until > now)
  return { count: held.length, more: rows.length > MOST_COUNTED, since: held[0]?.since ?? null }
}

/** Shown to people: by whom, until when and why. */
export function orderHoldText({ reason, by, until }: Pick<OrderHold, 'reason' | 'by' | 'until'>): string {
  return `held by ${by} ${until === NEVER ? 'until it is released' : `until ${new Date(until).toISOString()}`}: ${reason}`
}
