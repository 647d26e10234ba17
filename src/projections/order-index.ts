import { isForgotten } from '../events/forgotten.ts'
import type { Order } from '../events/generated/events.ts'
import { digest } from '../events/identity.ts'
import { isoTime } from '../events/times.ts'
import { recordKey, topicOf } from '../events/topics.ts'
import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import { number, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { keeperOf, monthOf, personId, personNames } from '../platform/persons/person-id.ts'
import type { PersonKeys } from '../platform/persons/person-keys.ts'
import type { BatchContext, Stage } from '../platform/runtime/stage.ts'
import { ORDER_INDEX } from './tables.ts'

/**
 * Who can find an order by a row: callers that see its shop, or callers that see the connection that has a part of it.
 */
export type IndexOwner = { readonly system: string } | { readonly connection: string }

/** An order and one search term: an SKU of its lines, or its e-mail address as a pseudonym. */
export interface IndexedOrder {
  /** what#owner#digest of it. */
  readonly found_by: string
  /** placed_at#source|number: the rows of a partition sort by the time at which orders were placed. */
  readonly place: string
  readonly source: string
  readonly number: string
  /** ISO 8601. */
  readonly placed_at: string
  /** Seconds: the row may be removed then. */
  readonly expires: number
}

export const indexedOrders = rowType<IndexedOrder>(ORDER_INDEX, ['found_by', 'place'], {
  found_by: text,
  place: text,
  source: text,
  number: text,
  placed_at: text,
  expires: number,
})

export interface OrderIndexDeps {
  readonly tables: Tables
  readonly personKeys: Pick<PersonKeys, 'secret' | 'keptUntil'>
}

/** Days that a row's time to live may lag behind, so that it is not written again with each version of its order. */
const LAG_DAYS = 30
const LAG_SECONDS = LAG_DAYS * 86_400

/** Search term of an SKU of any length, fit for a table's key. */
export function foundBySku(owner: IndexOwner, sku: string): string {
  return foundBy('sku', owner, digest(sku.trim()))
}

/** Search term of an e-mail address: a pseudonym, which can't be guessed without the installation's secret. */
export function foundByPerson(owner: IndexOwner, person: string): string {
  return foundBy('email', owner, person)
}

function foundBy(what: string, owner: IndexOwner, value: string): string {
  const whose = 'system' in owner ? `system#${owner.system}` : `connection#${owner.connection}`
  return `${what}#${whose}#${value}`
}

/** Indexes the orders of shops, for callers that see the shop. */
export function orderIndexStage(deps: OrderIndexDeps): Stage<'orders'> {
  return {
    name: 'project-order-index',
    kind: 'orders',
    topics: [topicOf('orders')],
    handle: (batch, context) =>
      keep(
        deps,
        batch.map(({ record, event }) => ({ at: record.timestamp, owner: { system: event.source }, event })),
        context,
      ),
  }
}

/**
 * Indexes the parts of orders for one ERP, for callers that see only the connection; and for callers that see the shop,
 * because the vendor's SKU of a line may differ from the shop's.
 */
export function partIndexStage(system: string, deps: OrderIndexDeps): Stage<'vendor-orders'> {
  return {
    name: `project-order-index-${system}`,
    kind: 'vendor-orders',
    topics: [topicOf('vendor-orders', system)],
    handle: (batch, context) =>
      keep(
        deps,
        batch.flatMap(({ record, event }) =>
          [{ connection: event.connection }, { system: event.source }].map((owner) => ({
            at: record.timestamp,
            owner,
            event,
          })),
        ),
        context,
      ),
  }
}

interface Indexable {
  /** Milliseconds: when its record was appended. */
  readonly at: number
  readonly owner: IndexOwner
  readonly event: { readonly source: string; readonly key: string; readonly data: Order }
}

/**
 * An order can be found by the terms of any of its versions: rows are only added, in any order of versions, and a
 * repeated one is the same (Guarantees 3, 4 and 9). An existing row is not written again until its time to live lags
 * behind.
 */
async function keep(deps: OrderIndexDeps, orders: readonly Indexable[], context: BatchContext): Promise<void> {
  const wanted = new Map<string, IndexedOrder>()
  for (const order of orders) {
    for (const row of await rowsFor(deps, order)) {
      const known = wanted.get(nameOf(row))
      if (known === undefined || known.expires < row.expires) wanted.set(nameOf(row), row)
    }
  }
  const rows = rowsOf(deps.tables, indexedOrders)
  const keys = [...wanted.values()].map(({ found_by, place }) => ({ found_by, place }))
  const found = new Map((await rows.listMany(keys)).map((row) => [nameOf(row), row.expires]))
  const due = [...wanted].filter(([name, { expires }]) => {
    const before = found.get(name)
    return before === undefined || before + LAG_SECONDS <= expires
  })
  if (due.length === 0) return
  context.assertOwned()
  await rows.putMany(due.map(([, row]) => row))
}

async function rowsFor({ personKeys }: OrderIndexDeps, { at, owner, event }: Indexable): Promise<IndexedOrder[]> {
  const { source, key, data } = event
  const placed_at = isoTime(data.placedAt)
  const row = { place: `${placed_at}#${recordKey(source, key)}`, source, number: key, placed_at }
  const expires = expiresAfter(at, keptDays.orderIndex)
  const skus = new Set(data.lines.map(({ sku }) => sku.trim()).filter((sku) => sku !== ''))
  const bySku = [...skus].map((sku) => ({ ...row, found_by: foundBySku(owner, sku), expires }))
  if (data.customerEmail.trim() === '' || isForgotten(data)) return bySku
  const until = await personKeys.keptUntil(monthOf(data.placedAt), keeperOf('orders', source))
  const person = personId(personNames.email(data.customerEmail), await personKeys.secret())
  const byEmail = { ...row, found_by: foundByPerson(owner, person), expires: untilThen(expires, until) }
  return [...bySku, byEmail]
}

/** The earlier of the two; `until` in milliseconds. */
function untilThen(expires: number, until: number | null): number {
  return until === null ? expires : Math.min(expires, Math.ceil(until / 1000))
}

function nameOf({ found_by, place }: Pick<IndexedOrder, 'found_by' | 'place'>): string {
  return JSON.stringify([found_by, place])
}
