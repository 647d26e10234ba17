import { createDeliveries } from '../processors/delivery/deliveries.ts'
import type { Cancellation } from '../processors/delivery/delivery-row.ts'
import { noteNothing } from './audit.ts'
import { assertConfirmed } from './confirmation.ts'
import type { OperationDeps } from './dependencies.ts'
import { noteOrderDeed } from './order-deeds.ts'
import { orderDeliveryKey, orderText, type Sent } from './order-parts.ts'
import { nameOf, type Principal } from './principal.ts'
import { conflict, findSentOrder, lookAtVendor, type PartPlace, type SentLine, type SentOrder } from './sent-order.ts'

/** An action on a vendor's part of an order, or its preview. */
export interface VendorAction extends PartPlace {
  readonly dry_run: boolean
  readonly sent: Sent
  /** The order in the ERP, as an earlier delivery reported it. */
  readonly target_id: string | null
  /** A sentence for people. */
  readonly effect: string
  /** Empty if the event that was sent can no longer be read. */
  readonly lines: readonly SentLine[]
}

export interface WantedAction extends PartPlace {
  readonly reason: string
  readonly dryRun: boolean
  readonly confirm: boolean
}

type Deps = Pick<OperationDeps, 'tables' | 'staged' | 'clock' | 'audit'>

/**
 * Cancels a vendor's part of an order at the vendor and leaves the shop's order unchanged. The part stays canceled for
 * every later version of the order, until it is sent again. Repeatable. Throws `not_found`, `confirmation_needed`, and
 * `state_conflict` if it is canceled, shipped or held.
 */
export async function cancelAtVendor(deps: Deps, by: Principal, wanted: WantedAction): Promise<VendorAction> {
  const found = await findSentOrder(deps, by, wanted)
  assertCancelable(wanted, found)
  const action = actionOf(wanted, found, effectOfCancel(found))
  if (wanted.dryRun) {
    noteNothing(by)
    return action
  }
  assertConfirmed(by, `canceling order ${orderText(wanted)} at ${wanted.connection}`, { orders: 1 }, wanted.confirm)
  const at = new Date(deps.clock.now()).toISOString()
  const cancellation: Cancellation = { by: nameOf(by), reason: wanted.reason, at }
  const row = await createDeliveries(deps.tables).cancel(wanted.connection, orderDeliveryKey(wanted), cancellation)
  await lookAtVendor(deps, by, wanted, { ...found, row })
  await noteOrderDeed(deps, by, 'cancel', deedOf(wanted))
  return action
}

export function actionOf(
  { source, number, connection, dryRun }: WantedAction,
  found: SentOrder,
  effect: string,
): VendorAction {
  const { sent, targetId: target_id, lines } = found
  return { source, number, connection, dry_run: dryRun, sent, target_id, effect, lines }
}

export const deedOf = ({ source, number, connection, reason }: WantedAction) => {
  return { source, number, connections: [connection], reason }
}

function assertCancelable(wanted: WantedAction, { row, event, lines }: SentOrder): void {
  const isDone = row?.state === 'delivered' && row.origin !== null
  if (event?.canceled) throw conflict(wanted, 'the shop has canceled it, or no longer wants any of it')
  // A cancellation that was interrupted before the check at the vendor may be repeated.
  if (isDone && row.cancellation !== null && row.digest !== event?.contentDigest) {
    const { by, at } = row.cancellation
    throw conflict(wanted, `${by} canceled it at ${at}; to undo this, send it again`)
  }
  if (lines.length > 0 && lines.every(({ open }) => open === '0')) {
    throw conflict(wanted, 'the vendor has shipped all of it; handle goods that come back as a return')
  }
}

function effectOfCancel({ sent, targetId, lines }: SentOrder): string {
  const order = targetId === null ? 'its order' : `its order ${targetId}`
  const shipped = lines.filter((line) => line.shipped !== '0').map((line) => `${line.shipped} × ${line.sku}`)
  if (sent === 'not_sent') return 'it was not sent to the vendor and will not be sent'
  if (sent === 'sending') return 'it is being sent and is canceled right afterwards'
  if (shipped.length === 0) return `${order} is canceled at the vendor; anything shipped or billed meanwhile stays`
  return `the open lines of ${order} are closed at the vendor; shipped items stay: ${shipped.join(', ')}`
}
