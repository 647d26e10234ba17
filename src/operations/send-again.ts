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
 * Sends a vendor's part of an order again that the vendor has taken. Guarantee 3: the delivery looks for the order's reference
 * at the vendor first, so that one that is there stays the only one. What somebody has canceled at the vendor is taken back.
 * Throws `not_found`, `confirmation_needed`, and `state_conflict` for what was not sent, is being sent, or is held.
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
  if (sent === 'sending') throw conflict(wanted, 'it is being sent just now')
  if (sent !== 'sent') throw conflict(wanted, 'the vendor was sent nothing of it: it waits, or is to be retried')
  // Of an earlier release: nobody knows what was sent.
  if (row === undefined || row.origin === null || event === null) {
    throw conflict(wanted, 'what was sent is not known any more; a change of it in the shop sends it')
  }
}

function effectOfSending({ row, targetId, event, sent }: SentOrder): string {
  const canceled = row?.cancellation ?? null
  if (canceled !== null) {
    const what = sent === 'sent' ? 'the vendor is given the order as the shop has it' : 'it is sent as the shop has it'
    return `${canceled.by} canceled it at ${canceled.at}: that is taken back, and ${what}`
  }
  if (event?.canceled) return "the vendor is sent the shop's cancellation again"
  const known = targetId === null ? 'the vendor took it' : `the vendor took it as ${targetId}`
  return `${known}; it is looked for there first: one that is there stays the only one, one that is gone is made anew`
}
