import type { OwnOrderFields } from '../../configuration/system-type.ts'
import { StreamError } from '../../errors.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { orderReference } from '../../rules/order-reference.ts'
import type { Delivered, Sink } from '../kit/sink.ts'
import type { FilesClient } from './client.ts'
import { ownFields } from './order-columns.ts'
import { cancellationFile, orderFile } from './order-file.ts'
import { type OrderFiles, orderFiles } from './order-files.ts'
import { joined, type Visit } from './place.ts'
import { digestOf, dropUnsent, sendOnce, sentDigest } from './send-once.ts'
import type { OrdersValues } from './settings.ts'

export const orderFields: OwnOrderFields = {
  own: [...ownFields, ...ownFields.map((name) => `line.${name}`)],
  mappable: [],
}

/**
 * Writes vendor orders as files, one for each order, once (Guarantee 3: `sendOnce`). A file that the vendor may have
 * read is never written again: what changes afterwards becomes a file of its own, where the settings name it, with the
 * whole new content, and a cancellation ends them. Without these settings it is a `target_conflict` for people. So is a
 * file whose move, where it takes several steps, was cut off and left none: the vendor may have fetched it.
 */
export function writeFileOrders(client: FilesClient, settings: OrdersValues): Sink<'vendor-orders'> {
  return {
    kind: 'vendor-orders',
    naturalKey: false,
    async probe(signal) {
      // A file, because a web server may refuse to show a folder.
      const path = joined(joined(settings.folder, settings.workFolder), 'probe')
      await client.visit((visit) => visit.find(path), signal)
    },
    async deliver(event, connection, signal) {
      const filesFor = (key: string) => orderFiles(event, orderReference(connection.id, key), settings)
      const reference = orderReference(connection.id, event.key)
      const content = event.canceled ? null : orderFile(event, reference, settings)
      const { amends } = event.data
      return await client.visit(async (visit) => {
        const job: Job = { visit, event, reference, settings, files: filesFor(event.key) }
        const sent = await sentDigest(visit, job.files.order)
        if (sent !== null) return await followUp(job, sent, content)
        if (content === null) return await withdraw(job)
        if (event.held) throw heldError(event)
        if (amends !== null) await assertReplaced(job, filesFor(amends), amends)
        const outcome = await sendOnce(visit, job.files.order, content)
        return { outcome, targetId: job.files.order.final }
      }, signal)
    },
  }
}

interface Job {
  readonly visit: Visit
  readonly event: VendorOrderRequested
  readonly reference: string
  readonly settings: OrdersValues
  readonly files: OrderFiles
}

/** After the order was sent. `sent`: digest of its file; `content`: what it should say now; null: it is canceled. */
async function followUp(job: Job, sent: string, content: Buffer | null): Promise<Delivered> {
  const { visit, event, files, settings } = job
  const unchanged: Delivered = { outcome: 'unchanged', targetId: files.order.final }
  if ((await sentDigest(visit, files.cancellation)) !== null) {
    if (content === null) return unchanged
    throw reopenedError(event)
  }
  const { digest, version } = await lastSent(job, sent)
  if (content === null) return await cancel(job, version + 1)
  if (digest === digestOf(content) && !event.held) return unchanged
  if (event.held) throw sentError(event, 'is on hold')
  if (settings['changes.file'] === null) throw sentError(event, 'changed')
  const change = files.change(version + 1)
  const outcome = await sendOnce(visit, change, content)
  return { outcome, targetId: files.order.final, note: `change ${version + 1} is in ${change.final}` }
}

/** The newest content that the vendor has got, and how many changes of it. */
async function lastSent(
  { visit, files }: Job,
  sent: string,
): Promise<{ readonly digest: string; readonly version: number }> {
  for (let digest = sent, version = 0; ; version += 1) {
    const next = await sentDigest(visit, files.change(version + 1))
    if (next === null) return { digest, version }
    digest = next
  }
}

/** `next`: the change that an interrupted attempt may have left unsent. */
async function cancel({ visit, event, reference, settings, files }: Job, next: number): Promise<Delivered> {
  if (settings['cancellations.file'] === null) throw sentError(event, 'is canceled')
  await dropUnsent(visit, files.change(next))
  const outcome = await sendOnce(visit, files.cancellation, cancellationFile(event, reference, settings))
  return { outcome, targetId: files.order.final, note: `the cancellation is in ${files.cancellation.final}` }
}

/** The vendor is to deliver nothing of it: fine if it has got nothing. */
async function withdraw({ visit, event, files: { order } }: Job): Promise<Delivered> {
  if ((await visit.find(order.final)) !== null) throw sentError(event, 'is canceled')
  await dropUnsent(visit, order)
  return { outcome: 'unchanged', targetId: null }
}

/** An order that replaces one that the vendor has got waits until the vendor has got its cancellation too. */
async function assertReplaced({ visit, event, settings }: Job, replaced: OrderFiles, amends: string): Promise<void> {
  if ((await visit.find(replaced.order.mark)) === null) return
  if (settings['cancellations.file'] === null) throw amendsError(event)
  if ((await sentDigest(visit, replaced.cancellation)) !== null) return
  const message = `order ${event.key} replaces ${amends}, whose cancellation was not sent yet; it is sent after it`
  throw new StreamError('original_open', message)
}

function sentError({ key }: VendorOrderRequested, what: string): StreamError {
  const message =
    `order ${key} ${what} in the shop, but its file was sent, and the vendor may have begun it: no second file is sent. ` +
    'Settle it with the vendor, then discard this dead letter'
  return new StreamError('target_conflict', message)
}

function reopenedError({ key }: VendorOrderRequested): StreamError {
  const message =
    `order ${key} is open again in the shop, but its cancellation was sent: no second order is sent. ` +
    'Settle it with the vendor, then discard this dead letter'
  return new StreamError('target_conflict', message)
}

function heldError({ key }: VendorOrderRequested): StreamError {
  return new StreamError('order_not_ready', `order ${key} is on hold in the shop; its file is sent when the hold ends`)
}

function amendsError({ key, data }: VendorOrderRequested): StreamError {
  const message =
    `the shop replaced order ${data.amends} with ${key}, but the file of ${data.amends} was sent: the new one is not sent ` +
    'as well. Settle it with the vendor, and order the rest by hand'
  return new StreamError('target_conflict', message)
}
