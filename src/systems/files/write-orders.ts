import { createHash } from 'node:crypto'
import type { OwnOrderFields } from '../../configuration/system-type.ts'
import { type ErrorCode, StreamError, toStreamError } from '../../errors.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { orderReference } from '../../rules/order-reference.ts'
import type { Delivered, Sink } from '../kit/sink.ts'
import type { FilesClient } from './client.ts'
import { ownFields } from './order-columns.ts'
import { orderFile } from './order-file.ts'
import { orderFileName } from './order-file-name.ts'
import { orderEnding } from './order-format.ts'
import { joined, type Visit } from './place.ts'
import type { OrdersValues } from './settings.ts'

export const orderFields: OwnOrderFields = {
  own: [...ownFields, ...ownFields.map((name) => `line.${name}`)],
  mappable: [],
}

/** The paths of an order's file. */
interface OrderPaths {
  /** Where the vendor fetches it. */
  readonly final: string
  /** The whole file before it has its name. */
  readonly waiting: string
  /** Says that the file gets its name, or has got it; stays. */
  readonly mark: string
}

/**
 * Writes vendor orders as files, one for each order, once. Guarantee 3: the whole file is written in our work folder,
 * then a mark with its digest, then the file is moved to the vendor's folder in one step. A mark without a waiting file
 * says that the vendor has got it, also if the answer was lost and the vendor has taken the file away. A file that the
 * vendor may have read is never written again: a changed or canceled order is a `target_conflict` for people. So is one
 * whose move, where it takes several steps, was cut off and left no file: the vendor may have fetched it.
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
      const pathsFor = (key: string) => pathsOf(event, orderReference(connection.id, key), settings)
      const paths = pathsFor(event.key)
      const content = event.canceled ? null : orderFile(event, orderReference(connection.id, event.key), settings)
      const { amends } = event.data
      return await client.visit(async (visit) => {
        const sent = await sentDigest(visit, event, paths)
        if (content === null) return await withdraw(visit, event, paths, sent)
        if (sent === digestOf(content) && !event.held) return { outcome: 'unchanged', targetId: paths.final }
        if (sent !== null) throw sentError(event, event.held ? 'is on hold' : 'changed')
        if (event.held) throw heldError(event)
        if (amends !== null && (await visit.find(pathsFor(amends).mark)) !== null) throw amendsError(event)
        return await send(visit, event, paths, content)
      }, signal)
    },
  }
}

function pathsOf(event: VendorOrderRequested, reference: string, settings: OrdersValues): OrderPaths {
  const name = orderFileName(settings.file ?? `{reference}.${orderEnding(settings.format)}`, reference, event)
  // The name of the mark depends on the reference only, so that a changed template sends nothing twice.
  const own = orderFileName('{reference}', reference, event)
  const work = joined(settings.folder, settings.workFolder)
  return {
    final: joined(settings.folder, name),
    waiting: joined(work, `${own}.waiting`),
    mark: joined(work, `${own}.sent`),
  }
}

/** Digest of the file that the vendor has got; null: it has got none. */
async function sentDigest(
  visit: Visit,
  event: VendorOrderRequested,
  { final, waiting, mark }: OrderPaths,
): Promise<string | null> {
  if ((await visit.find(mark)) === null) return null
  const digest = (await textAt(visit, mark)).trim()
  // A mark that was not written whole: the file has not been moved yet. A waiting file: it has not either.
  if (!/^[0-9a-f]{64}$/.test(digest)) return null
  if ((await visit.find(waiting)) === null) return digest
  if (visit.movesInOneStep) return null
  if ((await visit.find(final)) === null) throw unclearError(event, mark)
  if (digestOf(await bytesAt(visit, final)) !== digest) return null
  await visit.remove(waiting)
  return digest
}

async function send(
  visit: Visit,
  event: VendorOrderRequested,
  { final, waiting, mark }: OrderPaths,
  content: Buffer,
): Promise<Delivered> {
  const digest = digestOf(content)
  if ((await visit.find(final)) !== null) {
    // Its mark is lost, or somebody else wrote it.
    if (digestOf(await bytesAt(visit, final)) !== digest) throw foreignError(event, final)
    await visit.write(mark, Buffer.from(`${digest}\n`))
    await visit.remove(waiting)
    return { outcome: 'unchanged', targetId: final }
  }
  // Of an interrupted attempt: a mark without a waiting file would say that the file was sent.
  await visit.remove(mark)
  await visit.write(waiting, content)
  await visit.write(mark, Buffer.from(`${digest}\n`))
  await moveOnce(visit, { final, waiting, mark }, digest)
  return { outcome: 'written', targetId: final }
}

/** Codes of moves that may have taken effect. */
const UNCERTAIN: readonly ErrorCode[] = ['target_unavailable', 'timed_out', 'unexpected', 'stopping']

/** A move of several steps that was refused has had no effect: the next attempt may send the order. */
async function moveOnce(visit: Visit, { final, waiting, mark }: OrderPaths, digest: string): Promise<void> {
  try {
    await visit.move(waiting, final)
  } catch (error) {
    const { code } = toStreamError(error)
    if (visit.movesInOneStep || UNCERTAIN.includes(code)) throw error
    // A proxy may have sent it twice: then the second one finds the first.
    const isOurs = code === 'target_conflict' && digestOf(await bytesAt(visit, final)) === digest
    await visit.remove(isOurs ? waiting : mark)
    if (!isOurs) throw error
  }
}

/** The vendor is to deliver nothing of it: fine if it has got nothing. */
async function withdraw(
  visit: Visit,
  event: VendorOrderRequested,
  { final, waiting, mark }: OrderPaths,
  sent: string | null,
): Promise<Delivered> {
  if (sent !== null || (await visit.find(final)) !== null) throw sentError(event, 'is canceled')
  await visit.remove(mark)
  await visit.remove(waiting)
  return { outcome: 'unchanged', targetId: null }
}

async function bytesAt(visit: Visit, path: string): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(visit.read(path)))
}

async function textAt(visit: Visit, path: string): Promise<string> {
  return (await bytesAt(visit, path)).toString()
}

function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

function sentError({ key }: VendorOrderRequested, what: string): StreamError {
  const message =
    `order ${key} ${what} in the shop, but its file was sent, and the vendor may have begun it: no second file is sent. ` +
    'Settle it with the vendor, then discard this dead letter'
  return new StreamError('target_conflict', message)
}

function unclearError({ key }: VendorOrderRequested, mark: string): StreamError {
  const message =
    `the answer to the file of order ${key} was lost, and the file is not there: the vendor has fetched it, or it never ` +
    `arrived, so it is not sent again. Ask the vendor. If it lacks the order, delete ${mark} and retry this dead letter; ` +
    'else discard it'
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

function foreignError({ key }: VendorOrderRequested, path: string): StreamError {
  const message = `order ${key} needs the file ${path}, but there is another one of this name; find out whose it is, and rename it`
  return new StreamError('target_conflict', message)
}
