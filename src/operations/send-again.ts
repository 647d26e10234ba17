import { createDeliveries } from '../processors/delivery/deliveries.ts'
import { noteNothing } from './audit.ts'
import { actionOf, deedOf, type VendorAction, type WantedAction } from './cancel-at-vendor.ts'
import { assertConfirmed } from './confirmation.ts'
import type { OperationDeps } from './dependencies.ts'
import { noteOrderDeed } from './order-deeds.ts'
import { orderDeliveryKey, orderText } from './order-parts.ts'
import type { Principal } from './principal.ts'
import { conflict, findSentOrder, lookAtVendor, type SentOrder } from './sent-order.ts'

type Deps = Pick<OperationDeps, 'tables' | 'staged' | 'clock' | 'audit'>

/**
 * Sends a vendor's part of an order again that the vendor accepted before. Guarantee 3: the delivery first searches for
 * the order's reference at the vendor, so that it never creates a second order. Undoes a cancellation by hand. Throws
 * `not_found`, `confirmation_needed`, and `state_conflict` if it was not sent, is being sent, or is held.
 */
export async function sendAgain(deps: Deps, by: Principal, wanted: WantedAction): Promise<VendorAction> {
  const found = await findSentOrder(deps, by, wanted)
  assertSent(wanted, found)
  const action = actionOf(wanted, found, effectOfSending(found))
  if (wanted.dryRun) {
    noteNothing(by)
    return action
  }
  assertConfirmed(by, `sending order ${orderText(wanted)} to ${wanted.connection} again`, { orders: 1 }, wanted.confirm)
  const row = await createDeliveries(deps.tables).cancel(wanted.connection, orderDeliveryKey(wanted), null)
  await lookAtVendor(deps, by, wanted, { ...found, row })
  await noteOrderDeed(deps, by, 'resend', deedOf(wanted))
  return action
}

function assertSent(wanted: WantedAction, { sent, row, event }: SentOrder): void {
  if (row?.cancellation) return
  if (sent === 'sending') throw conflict(wanted, 'it is being sent right now')
  if (sent !== 'sent')
    throw conflict(wanted, 'it was not sent to the vendor yet: it waits, or failed and has to be retried')
  // Sent by an earlier release, which did not store what was sent.
  if (row === undefined || row.origin === null || event === null) {
    throw conflict(wanted, 'the sent version is no longer stored; change the order in the shop to send it')
  }
}

function effectOfSending({ row, targetId, event, sent }: SentOrder): string {
  const canceled = row?.cancellation ?? null
  if (canceled !== null) {
    const what =
      sent === 'sent' ? 'the vendor receives the order as it is in the shop' : 'it is sent as it is in the shop'
    return `${canceled.by} canceled it at ${canceled.at}: this is undone, and ${what}`
  }
  if (event?.canceled) return "the shop's cancellation is sent to the vendor again"
  const known = targetId === null ? 'the vendor accepted it' : `the vendor accepted it as ${targetId}`
  return `${known}; an existing order there is kept and not duplicated, a missing one is created again`
}
