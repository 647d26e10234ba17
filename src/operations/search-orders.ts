import { readConfiguration } from '../configuration/read-configuration.ts'
import { StreamError } from '../errors.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import { keeperOf, monthOf, personId, personNames } from '../platform/persons/person-id.ts'
import { findOrders } from '../projections/find-orders.ts'
import { listStaged, stagedStatuses } from '../projections/list-staged.ts'
import { foundByPerson, foundBySku, type IndexedOrder, type IndexOwner } from '../projections/order-index.ts'
import { type StagedRow, shelfOf, stagedId, stagedRows } from '../projections/staged-row.ts'
import { noteNothing, noteReading } from './audit.ts'
import type { OperationDeps } from './dependencies.ts'
import { isOfOthers, seesWhole } from './own-part.ts'
import { may, type Principal } from './principal.ts'
import { type Page, type Scope, type Scoped, sees, within } from './scope.ts'

/** A found order, with the state of each part that the caller sees. */
export interface FoundOrder {
  readonly source: string
  readonly number: string
  readonly placed_at: string
  readonly parts: readonly FoundPart[]
}

export type FoundPart = Pick<StagedRow, 'connection' | 'status' | 'code' | 'target_id' | 'updated_at'>

export interface PageOfOrders {
  readonly limit: number
  readonly after: string | null
}

type Deps = Pick<OperationDeps, 'tables' | 'audit' | 'personKeys'>

/**
 * Orders with an SKU in one of their lines, last placed first. Callers who see only a connection find only its lines.
 */
export async function ordersWithSku(
  deps: Deps,
  by: Principal,
  { sku, ...page }: PageOfOrders & { readonly sku: string },
): Promise<Page<FoundOrder>> {
  const reached = await reachedBy(deps, by)
  const found = await findOrders(
    deps.tables,
    reached.owners.map((owner) => foundBySku(owner, sku)),
    page,
  )
  return await shown(deps, by, reached, found)
}

/**
 * Orders of an e-mail address, last placed first. The caller needs `persons:read`. Does not find orders of forgotten
 * persons and orders beyond their retention. The audit trail records the caller, but not the address.
 */
export async function ordersOfEmail(
  deps: Deps,
  by: Principal,
  { email, ...page }: PageOfOrders & { readonly email: string },
): Promise<Page<FoundOrder>> {
  if (!may(by, 'persons:read')) {
    throw new StreamError('forbidden', 'the key lacks the scope persons:read; use one that has it')
  }
  if (!/^[^@\s]+@[^@\s]+$/.test(email.trim())) {
    throw new StreamError('request_invalid', 'email: write an e-mail address', { field: 'email' })
  }
  await noteReading(deps, by, 'orders of an e-mail address')
  noteNothing(by)
  const person = personId(personNames.email(email), await deps.personKeys.secret())
  const reached = await reachedBy(deps, by)
  const { orders, next } = await findOrders(
    deps.tables,
    reached.owners.map((owner) => foundByPerson(owner, person)),
    page,
  )
  const kept = await Promise.all(orders.map(async (order) => ((await isForgotten(deps, person, order)) ? [] : [order])))
  return await shown(deps, by, reached, { orders: kept.flat(), next })
}

/** An order of which something changed lately, with the state of each part that the caller sees. */
type LatestOrder = Omit<FoundOrder, 'placed_at'> & { readonly changed_at: string }

/** Orders with a part for a vendor, last changed first: newly sent, delivered, failed. */
export async function latestOrders(
  deps: Pick<OperationDeps, 'tables'>,
  by: Principal,
  limit: number,
): Promise<Scoped<LatestOrder>> {
  const { connections } = await reachedBy(deps, by)
  const rows: StagedRow[] = []
  for (const connection of [...connections.values()].flat()) rows.push(...(await latestRows(deps, connection, limit)))
  const byOrder = [...Map.groupBy(rows.toSorted(newestFirst), ({ id }) => id).values()].slice(0, limit)
  const items = byOrder.flatMap(([newest, ...others]): LatestOrder[] => {
    if (newest === undefined) return []
    const parts = [newest, ...others].toSorted((a, b) => (a.connection < b.connection ? -1 : 1))
    return [{ source: newest.source, number: newest.key, changed_at: newest.updated_at, parts: parts.map(partOf) }]
  })
  return within(by.scope, items, ownerOf(connectionsIn(connections)))
}

/** Without ignored ones: most of them are orders of others, which would hide the connection's own. */
async function latestRows({ tables }: Pick<OperationDeps, 'tables'>, connection: string, limit: number) {
  const any = { connection, entity: 'orders', key: null, since: null, until: null }
  const pages = await Promise.all(
    stagedStatuses
      .filter((status) => status !== 'ignored')
      .map((status) => listStaged(tables, { ...any, status }, limit, null)),
  )
  return pages.flatMap((page) => page.rows)
}

const newestFirst = (a: StagedRow, b: StagedRow) => (a.updated_at < b.updated_at ? 1 : -1)

async function isForgotten({ personKeys }: Deps, person: string, { source, placed_at }: IndexedOrder) {
  const at = Date.parse(placed_at)
  return await personKeys.isForgotten({ person, month: monthOf(at), at, keeper: keeperOf('orders', source) })
}

interface Reached {
  /** Owners whose rows the caller may search. */
  readonly owners: readonly IndexOwner[]
  /** Connections whose parts may be shown, by shop. */
  readonly connections: ReadonlyMap<string, readonly string[]>
}

/**
 * Searches only within the caller's scope, so that other orders look as if they did not exist. A shop owns all its
 * parts.
 */
async function reachedBy({ tables }: Pick<Deps, 'tables'>, by: Principal): Promise<Reached> {
  const { systems, connections } = await readConfiguration(tables)
  const vendors = new Set(connections.map(({ vendor }) => vendor))
  const shops = new Set(connections.map(({ shop }) => shop))
  const whole = systems.filter(({ id }) => seesWhole(by, id) && (shops.has(id) || !vendors.has(id)))
  const parts = connections.filter(({ id, shop }) => sees(by.scope, { connection: id }) && !seesWhole(by, shop))
  const visible = connections.filter(({ id, shop }) => seesWhole(by, shop) || sees(by.scope, { connection: id }))
  const byShop = Map.groupBy(visible, ({ shop }) => shop)
  return {
    owners: [...whole.map(({ id }) => ({ system: id })), ...parts.map(({ id }) => ({ connection: id }))],
    connections: new Map([...byShop].map(([shop, of]) => [shop, of.map(({ id }) => id)])),
  }
}

async function shown(
  { tables }: Deps,
  { scope }: { readonly scope: Scope },
  { connections }: Reached,
  { orders, next }: { readonly orders: readonly IndexedOrder[]; readonly next: string | null },
): Promise<Page<FoundOrder>> {
  const ofShop = connectionsIn(connections)
  const keyOf = (connection: string, { source, number }: IndexedOrder) => {
    return { shelf: shelfOf(connection, 'orders'), id: stagedId({ key: number, source }) }
  }
  const keys = orders.flatMap((order) => ofShop(order.source).map((connection) => keyOf(connection, order)))
  const parts = Map.groupBy(await rowsOf(tables, stagedRows).listMany(keys), ({ id }) => id)
  const items = orders.map((order): FoundOrder => {
    const { source, number, placed_at } = order
    const own = parts.get(stagedId({ key: number, source })) ?? []
    const inOrder = own.filter((part) => !isOfOthers(part)).toSorted((a, b) => (a.connection < b.connection ? -1 : 1))
    return { source, number, placed_at, parts: inOrder.map(partOf) }
  })
  return { items: within(scope, items, ownerOf(ofShop)), next }
}

const connectionsIn = (connections: Reached['connections']) => (source: string) => connections.get(source) ?? []

/** The search was already limited to the scope; the parts are of visible connections. */
const ownerOf = (ofShop: (source: string) => readonly string[]) => {
  return ({ source }: Pick<FoundOrder, 'source'>) => ({ system: source, connections: ofShop(source) })
}

function partOf({ connection, status, code, target_id, updated_at }: StagedRow): FoundPart {
  return { connection, status, code, target_id, updated_at }
}
