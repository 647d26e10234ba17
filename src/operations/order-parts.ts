import type { Connection } from '../configuration/model.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { recordKey } from '../events/topics.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import type { Delivery } from '../processors/delivery/delivery-row.ts'
import { type StagedRow, shelfOf, stagedId, stagedRows } from '../projections/staged-row.ts'
import type { OperationDeps } from './dependencies.ts'
import { notFound, type Principal } from './principal.ts'
import { sees } from './scope.ts'
import { unknownConnection } from './unknown-connection.ts'

/** An order of a shop, identified by the number that the shop shows. */
export interface OrderPlace {
  readonly source: string
  readonly number: string
}

/** A connection's part of an order. */
export interface ConnectionPart {
  readonly connection: Connection
  /** Null: the order has not reached the connection (yet). */
  readonly staged: StagedRow | null
}

/** Text for the audit trail and for people. */
export const orderText = ({ source, number }: OrderPlace): string => `${number} of ${source}`

/** Key of the order's row among the deliveries of a connection. */
export function orderDeliveryKey({ number }: Pick<OrderPlace, 'number'>): string {
  return recordKey('vendor-orders', number)
}

/**
 * The order at each connection of its shop that the caller sees, or at the named one. Throws `not_found` for an order
 * that reached none of them, and for an unknown connection.
 */
export async function findOrderParts(
  { tables }: Pick<OperationDeps, 'tables'>,
  by: Principal,
  { source, number, connection }: OrderPlace & { readonly connection: string | null },
): Promise<readonly ConnectionPart[]> {
  const { connections } = await readConfiguration(tables)
  const own = connections.filter(({ id, shop }) => {
    return shop === source && sees(by.scope, { system: shop, connections: [id] })
  })
  const keys = own.map(({ id }) => ({ shelf: shelfOf(id, 'orders'), id: stagedId({ key: number, source }) }))
  const rows = await rowsOf(tables, stagedRows).listMany(keys)
  if (rows.length === 0) {
    const what = `there is no order "${number}" of ${source}`
    throw notFound(by, { field: 'number', api: what, cli: `${what}; use the number that the shop shows` })
  }
  const parts = own.map((one) => ({ connection: one, staged: rows.find((row) => row.connection === one.id) ?? null }))
  if (connection === null) return parts
  const named = parts.filter((part) => part.connection.id === connection)
  if (named.length === 0) throw await unknownConnection(tables, by, connection)
  return named
}

/**
 * State of an order at the vendor: no part is for the vendor (`none`), it was not sent (`not_sent`), a write began and
 * its result is unknown (`sending`), or the vendor accepted it (`sent`).
 */
export type Sent = 'none' | 'not_sent' | 'sending' | 'sent'

/** The order in the ERP, as an earlier delivery reported it. */
export function targetOf(staged: StagedRow | null, row: Delivery | undefined): string | null {
  return row?.targetId ?? staged?.target_id ?? null
}

export function sentOf(staged: StagedRow | null, row: Delivery | undefined): Sent {
  if (row?.state === 'delivering') return 'sending'
  if (row?.state === 'delivered' || targetOf(staged, row) !== null) return 'sent'
  return staged === null || staged.status === 'ignored' ? 'none' : 'not_sent'
}
