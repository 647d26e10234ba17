import type { Connection } from '../../configuration/model.ts'
import type { OwnOrderFields } from '../../configuration/system-type.ts'
import { StreamError } from '../../errors.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { orderReference } from '../../rules/order-reference.ts'
import { settingError } from '../kit/configured-system.ts'
import type { MailDeliveries, MailedOrder, MailedPart, MailNote } from '../kit/post-office.ts'
import type { Delivered, Sink } from '../kit/sink.ts'
import type { MailboxClient } from './client.ts'
import { addressDigest, digestOf, type OrderContent, orderContent } from './order-content.ts'
import { kindOf, mailTexts } from './order-mail.ts'
import type { packingSlip as PackingSlip } from './packing-slip.ts'
import type { MailboxValues } from './settings.ts'

/** The order map may add any field: the e-mail and the slip name it. */
export const orderFields: OwnOrderFields = { own: [], mappable: [] }

interface Mailing {
  readonly client: MailboxClient
  readonly deliveries: MailDeliveries
  readonly settings: MailboxValues
  readonly signal: AbortSignal
}

/** What is to be sent, and what was sent before. */
interface Task {
  readonly part: MailedPart
  readonly reference: string
  readonly content: OrderContent
  readonly digest: string
  /** As it is kept. */
  readonly found: MailedOrder
  /** As it counts for this content. */
  readonly before: MailedOrder
}

/**
 * Sends vendor orders as e-mails, each once: what is being sent is kept before it is sent, and that it was sent
 * afterwards (Guarantee 3). A server that certainly did not accept an e-mail gets it again. One whose answer was lost gets
 * one marked copy with the same id and link; if that answer is lost too, people decide. Changes, holds and cancellations
 * after the first e-mail are e-mails of their own, in order: only what the vendor was told last counts.
 */
export function writeMailboxOrders(
  client: MailboxClient,
  system: { readonly id: string; readonly settings: MailboxValues },
): Sink<'vendor-orders'> {
  return {
    kind: 'vendor-orders',
    naturalKey: false,
    async probe(signal) {
      await client.check(signal)
    },
    async deliver(event, connection, signal) {
      const { deliveries } = client
      if (deliveries === null) throw settingError(system, 'mailbox', 'type', 'sends no e-mails from here')
      const content = orderContent(event)
      const part = partOf(event, connection)
      const reference = orderReference(connection.id, event.key)
      const digest = digestOf(content)
      const found = await deliveries.sent.find(part)
      const task = { part, reference, content, digest, found, before: movedOn(found, digest) }
      return await deliverMail(event, task, { client, deliveries, settings: system.settings, signal })
    },
  }
}

function partOf({ source, key: number }: VendorOrderRequested, { id: connection }: Connection): MailedPart {
  return { connection, source, number }
}

/** An e-mail without an answer may have arrived: once the order says something else, it counts as the last one. */
function movedOn(order: MailedOrder, digest: string): MailedOrder {
  const { open } = order
  return open === null || open.digest === digest ? order : { ...order, sent: open, open: null }
}

async function deliverMail(event: VendorOrderRequested, task: Task, mailing: Mailing): Promise<Delivered> {
  const { content, digest, reference, before } = task
  const { sent, open } = before
  const targetId = sent === null ? null : mailing.client.messageId(reference, 1)
  if (open === null && sent?.digest === digest) return { outcome: 'unchanged', targetId }
  const isFirst = sent === null && open === null
  if (isFirst && content.standing === 'canceled') return { outcome: 'unchanged', targetId: null }
  if (isFirst && content.standing === 'held') throw heldError(event)
  if (isFirst && content.lines.length === 0) return { outcome: 'unchanged', targetId: null }
  return await sendOnce(event, task, mailing)
}

/** Guarantee 3: what is being sent is kept before it is sent, so that a process that dies leaves a trace of it. */
async function sendOnce(event: VendorOrderRequested, task: Task, mailing: Mailing): Promise<Delivered> {
  const { part, reference, content, digest, found, before } = task
  const { sent: keeper } = mailing.deliveries
  const { sent, open } = before
  const doubts = open === null ? 0 : open.doubts
  if (open !== null && doubts > MOST_DOUBTS && !open.asked) {
    await keeper.keep(part, before, { sent, open: { ...open, asked: true } })
    throw unclearError(event, mailing.client.messageId(reference, open.number))
  }
  const note = noteOf((sent?.number ?? 0) + 1, content, digest)
  const mail = await vendorMail(task, { number: note.number, isCopy: open !== null }, mailing)
  const kept = await keeper.keep(part, before, { sent, open: { ...note, doubts: doubts + 1, asked: false } })
  // Nothing was sent: an earlier e-mail in doubt stays in doubt, also one of another content.
  const takeBack = async (): Promise<void> => void (await keeper.keep(part, kept, found))
  const posting = await mailing.client.send(mail, mailing.signal).catch(async (error: unknown) => {
    await takeBack()
    throw error
  })
  if (posting.end !== 'accepted') {
    if (posting.end === 'refused') await takeBack()
    throw posting.error
  }
  await keeper.keep(part, kept, { sent: note, open: null })
  const { refusedAddresses: refused } = posting
  return {
    outcome: 'written',
    targetId: mailing.client.messageId(reference, 1),
    ...(refused === 0 ? {} : { note: `the mail server refused ${refused} of the system's addresses` }),
  }
}

/** One copy is sent in doubt. */
const MOST_DOUBTS = 1

function noteOf(number: number, content: OrderContent, digest: string): MailNote {
  const lines = content.lines.map(({ line, sku, quantity }) => ({ line, sku, quantity }))
  return { number, digest, standing: content.standing, lines, address: addressDigest(content) }
}

async function vendorMail(
  { part, reference, content, before: { sent } }: Task,
  { number, isCopy }: { readonly number: number; readonly isCopy: boolean },
  { client, deliveries, settings }: Mailing,
) {
  const link = await deliveries.linkTo(part, settings.linkDays)
  const kind = kindOf(sent, content)
  const { subject, text, html } = mailTexts({ kind, content, before: sent, isCopy, link }, settings)
  const slip = content.standing === 'open' ? await slipOf(content, settings.seller, await client.logo()) : null
  return {
    id: client.messageId(reference, number),
    replyTo: number === 1 ? null : client.messageId(reference, 1),
    subject,
    text,
    html,
    attachment: slip === null ? null : { name: `packing-slip-${fileName(content.number)}.pdf`, content: slip },
  }
}

/** The library is loaded for the first slip: most processes make none, and it takes half a second. */
async function slipOf(...given: Parameters<typeof PackingSlip>): Promise<Buffer> {
  const { packingSlip } = await import('./packing-slip.ts')
  return await packingSlip(...given)
}

/** Only characters that every system takes in a file name. */
function fileName(number: string): string {
  return number.replaceAll(/[^A-Za-z0-9._-]+/g, '_').slice(0, 60)
}

function heldError({ key }: VendorOrderRequested): StreamError {
  return new StreamError(
    'order_not_ready',
    `order ${key} is on hold in the shop; its e-mail is sent when the hold ends`,
  )
}

function unclearError({ key }: VendorOrderRequested, id: string): StreamError {
  const message =
    `the mail server's answer to the e-mail of order ${key} was lost twice: nobody knows whether it arrived, so it is not ` +
    `sent a third time. Ask the vendor for the e-mail ${id}. If it lacks the order, retry this dead letter; else discard it`
  return new StreamError('target_conflict', message)
}
