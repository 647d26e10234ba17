import { readConfiguration } from '../configuration/read-configuration.ts'
import {
  findOrderHold,
  holdsOfOrder,
  listOrderHolds as listRows,
  type OrderHold,
  putOrderHold,
  removeOrderHold,
} from '../control/order-holds.ts'
import { endOfHold, NEVER } from '../control/read-holds.ts'
import { StreamError } from '../errors.ts'
import { createParking, ORDER_HELD } from '../platform/runtime/parking.ts'
import { createDeliveries } from '../processors/delivery/deliveries.ts'
import { sinkName } from '../processors/delivery/sink-name.ts'
import { noteNothing } from './audit.ts'
import type { OperationDeps, TableDeps } from './dependencies.ts'
import { noteOrderDeed } from './order-deeds.ts'
import {
  type ConnectionPart,
  findOrderParts,
  type OrderPlace,
  orderDeliveryKey,
  type Sent,
  sentOf,
  targetOf,
} from './order-parts.ts'
import { nameOf, type Principal } from './principal.ts'
import { type Owner, type Page, sees, within } from './scope.ts'
import { unknownConnection } from './unknown-connection.ts'

/** The hold of a vendor's part of an order. Times are ISO 8601. */
export interface OrderHoldStatus {
  readonly reason: string
  readonly by: string
  readonly since: string
  /** Null: until somebody releases it. */
  readonly until: string | null
}

export interface HeldOrder extends OrderHoldStatus, OrderPlace {
  readonly connection: string
}

export interface WantedHold extends OrderPlace {
  /** Null: every vendor's part. */
  readonly connection: string | null
  readonly reason: string
  /** Milliseconds; null: until somebody releases it. */
  readonly until: number | null
  readonly dryRun: boolean
}

/** A page of held orders; a null connection: all connections. */
export interface WantedHolds {
  readonly connection: string | null
  readonly limit: number
  readonly after: string | null
}

/** Effect of a hold on one vendor's part. */
export interface HeldPart {
  readonly connection: string
  readonly sent: Sent
  /** The order in the ERP, if the vendor has it. */
  readonly target_id: string | null
  /** A sentence for people: what waits, and what can no longer be held. */
  readonly effect: string
}

export interface HoldOutcome extends OrderPlace {
  readonly dry_run: boolean
  readonly until: string | null
  readonly parts: readonly HeldPart[]
}

type Deps = Pick<OperationDeps, 'tables' | 'clock' | 'audit'>

/**
 * Holds an order, or one vendor's part of it: deliveries of it that have not begun wait until the end of the hold;
 * other orders continue. Returns the effect on each part at that moment; anything the vendor already has stays there.
 * Replaces reason and end of an existing hold. Throws `not_found`, and `request_invalid` for an end in the past.
 */
export async function holdOrder(deps: Deps, by: Principal, wanted: WantedHold): Promise<HoldOutcome> {
  const { source, number, reason, dryRun } = wanted
  const now = deps.clock.now()
  if (wanted.until !== null && wanted.until <= now) {
    throw new StreamError('request_invalid', 'until: is in the past; give a time in the future', { field: 'until' })
  }
  const until = wanted.until ?? NEVER
  const parts = await findOrderParts(deps, by, wanted)
  const deliveries = createDeliveries(deps.tables)
  const key = orderDeliveryKey(wanted)
  const held: HeldPart[] = []
  for (const part of parts) {
    const connection = part.connection.id
    if (!dryRun) {
      const since = new Date(now).toISOString()
      await putOrderHold(deps.tables, { connection, source, number, reason, by: nameOf(by), since, until })
    }
    const row = dryRun ? await deliveries.find(connection, key) : await deliveries.hold(connection, key, until)
    const sent = sentOf(part.staged, row)
    const target_id = targetOf(part.staged, row)
    held.push({ connection, sent, target_id, effect: effectOfHold(sent, target_id) })
  }
  const end = endOfHold({ probe_at: until })
  const connections = held.map(({ connection }) => connection)
  if (dryRun) noteNothing(by)
  else await noteOrderDeed(deps, by, 'hold', { source, number, connections, reason, until: end })
  return { source, number, dry_run: dryRun, until: end, parts: held }
}

function effectOfHold(sent: Sent, targetId: string | null): string {
  if (sent === 'none') return 'no part of it is for this vendor yet; later parts wait'
  if (sent === 'not_sent') return 'it was not sent to the vendor; it waits'
  if (sent === 'sending') return 'it is being sent, which can no longer be stopped; later changes wait'
  return `the vendor has it${targetId === null ? '' : ` (${targetId})`}, and it stays there; later changes wait`
}

export interface ReleaseOutcome extends OrderPlace {
  readonly dry_run: boolean
  readonly parts: readonly {
    readonly connection: string
    readonly hold: OrderHoldStatus
    /** Number of versions that wait for the release: the newest is sent, the others are superseded. */
    readonly waiting: number
  }[]
}

/**
 * Ends the holds of an order: the newest waiting version is sent within seconds. Repeatable: the next call completes an
 * interrupted one. Throws `not_found`, and `state_conflict` when no part of it is held.
 */
export async function releaseOrder(
  deps: Deps & Pick<OperationDeps, 'shards'>,
  by: Principal,
  { dryRun, ...wanted }: OrderPlace & { readonly connection: string | null; readonly dryRun: boolean },
): Promise<ReleaseOutcome> {
  const { source, number } = wanted
  const parts = await findOrderParts(deps, by, wanted)
  const connections = parts.map((part) => part.connection.id)
  const holds = await holdsOfOrder(deps.tables, wanted, connections)
  const held = parts.flatMap((part) => {
    const hold = holds.find(({ connection }) => connection === part.connection.id)
    return hold === undefined ? [] : [{ part, hold }]
  })
  if (held.length === 0) {
    throw new StreamError('state_conflict', `number: order ${number} of ${source} is not held`, { field: 'number' })
  }
  const released: ReleaseOutcome['parts'][number][] = []
  for (const { part, hold } of held) {
    const waiting = await waitingOf(deps, part, wanted)
    if (!dryRun) await releasePart(deps, part, hold)
    released.push({ connection: hold.connection, hold: statusOfHold(hold), waiting })
  }
  const ended = released.map(({ connection }) => connection)
  if (dryRun) noteNothing(by)
  else await noteOrderDeed(deps, by, 'release', { source, number, connections: ended })
  return { source, number, dry_run: dryRun, parts: released }
}

/** Removes the hold's row last, so that an interrupted release can be repeated. */
async function releasePart(
  { tables, shards }: Pick<OperationDeps, 'tables' | 'shards'>,
  part: ConnectionPart,
  hold: OrderHold,
): Promise<void> {
  const { connection } = hold
  const deliveries = createDeliveries(tables)
  const key = orderDeliveryKey(hold)
  await deliveries.release(connection, key)
  await Promise.all(parkingsOf({ tables, shards }, part).map((rows) => rows.wake(connection, key)))
  if (await removeOrderHold(tables, hold)) return
  // Somebody held it again meanwhile.
  const again = await findOrderHold(tables, hold)
  if (again !== undefined) await deliveries.hold(connection, key, again.until)
}

async function waitingOf(
  deps: Pick<OperationDeps, 'tables' | 'shards'>,
  part: ConnectionPart,
  place: OrderPlace,
): Promise<number> {
  const { id } = part.connection
  const found = await Promise.all(parkingsOf(deps, part).map((rows) => rows.ofKey(id, orderDeliveryKey(place))))
  return found.flat().filter(({ code }) => code === ORDER_HELD).length
}

/** The parkings of every partition, because its records may wait in any of them. */
function parkingsOf({ tables, shards }: Pick<OperationDeps, 'tables' | 'shards'>, { connection }: ConnectionPart) {
  const stage = sinkName('vendor-orders', connection.vendor)
  return Array.from({ length: shards }, (_, partition) => createParking(tables, stage, partition))
}

/** Orders that are held now, oldest first. Throws `not_found`. */
export async function listHeldOrders(
  { tables, clock }: Pick<TableDeps, 'tables' | 'clock'>,
  by: Principal,
  { connection, limit, after }: WantedHolds,
): Promise<Page<HeldOrder>> {
  const { connections } = await readConfiguration(tables)
  const ownerOf = (id: string): Owner => {
    const shop = connections.find((one) => one.id === id)?.shop
    return shop === undefined ? { connection: id } : { system: shop, connections: [id] }
  }
  const reached = connections.map(({ id }) => id).filter((id) => sees(by.scope, ownerOf(id)))
  if (connection !== null && !reached.includes(connection)) throw await unknownConnection(tables, by, connection)
  const wanted = connection === null ? reached : [connection]
  const { rows, next } = await listRows(tables, { connections: wanted, limit, after, now: clock.now() })
  const held = rows.map((row) => {
    return { ...statusOfHold(row), source: row.source, number: row.number, connection: row.connection }
  })
  return { items: within(by.scope, held, (one) => ownerOf(one.connection)), next }
}

export function statusOfHold({ reason, by, since, until }: OrderHold): OrderHoldStatus {
  return { reason, by, since, until: endOfHold({ probe_at: until }) }
}
