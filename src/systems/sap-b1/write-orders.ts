import type { Connection } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import { text8, ZERO8 } from '../../events/decimal.ts'
import type { Order, VendorOrderRequested } from '../../events/generated/events.ts'
import { bundleSkus, withKnownBundles } from '../../rules/components.ts'
import { earlierReference, orderReference as referenceOf } from '../../rules/order-reference.ts'
import type { StateLists } from '../../rules/regions.ts'
import { afterWrite } from '../kit/after-write.ts'
import { refusedError } from '../kit/begun-order.ts'
import { noteOf } from '../kit/field-limits.ts'
import { createStateLists } from '../kit/known-states.ts'
import { type Before, type Delivered, noteTexts, type Sink } from '../kit/sink.ts'
import { skuKey } from '../kit/sku.ts'
import { quantityOf, requireText, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import { amendedOrder } from './amended-order.ts'
import { commentsWithoutRequest, commentsWithRequest } from './cancellation-request.ts'
import type { SapB1Client } from './client.ts'
import { cardCodeOf } from './customers.ts'
import { findByKeys, statesOf } from './lookups.ts'
import { etagOf, quoted } from './odata.ts'
import { difference, type OrderAmounts, orderAmounts } from './order-amounts.ts'
import { lineTax, orderReference, sapOrder } from './order-body.ts'
import type { OrderSettings } from './order-settings.ts'
import { type OrderTerms, orderTerms } from './order-terms.ts'
import { CANCELED_MARK, canceledMark, contentMark, contentOfMark } from './settings.ts'
import { begunOf, hasPieces, isBegun, type TakenBack, takenBack } from './taken-back.ts'

/** How many orders of one reference are read, newest first; older ones are canceled. */
const MOST_FOUND = 20

/** One delivery and everything it needs. */
interface Job {
  readonly client: SapB1Client
  readonly settings: OrderSettings
  readonly event: VendorOrderRequested
  readonly connection: Connection
  readonly amounts: OrderAmounts
  readonly terms: OrderTerms
  /** The company's states for the order's countries. */
  states(): Promise<StateLists>
  readonly signal: AbortSignal
}

/**
 * Writes vendor orders as orders. Guarantee 3: SAP has no unique reference, so the sink searches for `NumAtCard` = the
 * order's reference before every create, and the runtime first lets a create whose answer was lost run to its end. An
 * order carries the digest of its content: an equal digest means that the content is already written. Guarantee 7:
 * compares what SAP computed with the order, and cancels an order that differs. Throws `item_missing` for an item that
 * SAP does not have (no line is ever dropped) and `target_conflict` for an order that a person has to settle. If the
 * shop takes back pieces of a begun order, the vendor is asked to close them (`cancellation_requested`); those it
 * delivers are `cancellation_refused`.
 */
export function writeSapB1Orders(client: SapB1Client, settings: OrderSettings): Sink<'vendor-orders'> {
  const stateLists = createStateLists((country, signal) => statesOf(client, country, signal))
  return {
    kind: 'vendor-orders',
    naturalKey: false,
    async probe(signal) {
      await findOrders(client, 'waldstream-probe', signal)
    },
    async deliver(given, connection, signal, before) {
      const terms = orderTerms(connection, settings)
      const event = { ...given, data: terms.sold(await asKnown(client, given.data, signal)) }
      const amounts = orderAmounts(event.data)
      const { shippingAddress, billingAddress } = event.data
      const states = () => stateLists([shippingAddress, billingAddress], signal)
      const job: Job = { client, settings: terms.settings, event, connection, amounts, terms, states, signal }
      const found = await findOwnOrders(job, before)
      const living = found.filter((order) => order['Cancelled'] !== 'tYES')
      if (living.length > 1) throw duplicateOrderError(event, living)
      const [order] = living
      if (event.canceled || amounts.lines.length === 0) return await cancel(job, order, found[0])
      if (order === undefined) return await create(job, found[0])
      if (order[settings.marks.digest] !== contentMark(event)) return await change(job, order)
      await withdrawRequest(job, order)
      // An interrupted delivery may not have checked the order yet.
      if (before.unclear) await afterWrite('SAP', () => cancelWhereTotalsDiffer(job, order))
      return { outcome: 'unchanged', targetId: entryOf(order) }
    },
  }
}

/**
 * The orders of the reference, newest first. An order written by an earlier release keeps its reference if it is ours:
 * orders of two connections could have the same one. Throws `target_conflict` if another connection's order has our
 * reference.
 */
async function findOwnOrders(
  { client, settings, event, connection, signal }: Job,
  { targetId }: Before,
): Promise<readonly Wire[]> {
  const lineIds = new Set(event.data.lines.map(({ lineId }) => lineId))
  const isOurs = (order: Wire): boolean =>
    entryOf(order) === targetId ||
    contentOfMark(textOf(order[settings.marks.digest])) === event.contentDigest ||
    wiresOf(order['DocumentLines']).some((line) => lineIds.has(textOf(line[settings.marks.line]) ?? ''))
  const reference = orderReference(connection, event)
  const found = await findOrders(client, reference, signal)
  const foreign = found.find((order) => !isOurs(order))
  if (foreign !== undefined && connection.id.includes('-') && targetId === null && !event.canceled) {
    const message = `order ${event.key} needs the reference ${reference}, but an order of another connection has it (DocEntry ${entryOf(foreign)}); rename one of them by hand`
    throw new StreamError('target_conflict', message, { field: 'NumAtCard' })
  }
  const earlier = earlierReference(connection.id, event.key)
  const own = found.length > 0 || earlier === null ? found : (await findOrders(client, earlier, signal)).filter(isOurs)
  const { amends } = event.data
  if (own.length > 0 || amends === null || event.canceled) return own
  const names = [referenceOf(connection.id, amends), earlierReference(connection.id, amends)]
  for (const name of names.filter((one) => one !== null)) {
    const amended = amendedOrder(await findOrders(client, name, signal), event, settings)
    if (amended !== undefined) return [amended]
  }
  return own
}

/** Newest first. */
async function findOrders(client: SapB1Client, reference: string, signal: AbortSignal): Promise<readonly Wire[]> {
  const query = { filter: `NumAtCard eq ${quoted(reference)}`, orderBy: ['DocEntry desc'], pageSize: MOST_FOUND }
  return (await client.find('Orders', query, signal)).rows
}

async function create(job: Job, canceled: Wire | undefined): Promise<Delivered> {
  const { client, settings, event, amounts, signal } = job
  const mark = canceled === undefined ? CANCELED_MARK : (textOf(canceled[settings.marks.digest]) ?? '')
  if (canceled !== undefined && mark === contentMark(event)) {
    // The vendor canceled exactly this content: the shop gets that as a cancellation.
    return { outcome: 'unchanged', targetId: entryOf(canceled) }
  }
  if (canceled !== undefined && !mark.startsWith(CANCELED_MARK)) {
    // The vendor canceled the whole order, and the shop takes back a part of it.
    if (takenBack(canceled, amounts, settings) !== null) return { outcome: 'unchanged', targetId: entryOf(canceled) }
    throw conflictError(event, canceled, 'the vendor canceled it in SAP')
  }
  await assertItems(job)
  const cardCode = await cardCodeOf(client, settings.customer, event, signal)
  const { body, shortened } = await bodyOf(job, cardCode, null)
  const made = await client.create('Orders', body, signal)
  await afterWrite('SAP', () => cancelWhereTotalsDiffer(job, made))
  return { outcome: 'written', targetId: entryOf(made), ...noteTexts(noteOf(shortened).note, pricesNote(job, made)) }
}

async function change(job: Job, order: Wire): Promise<Delivered> {
  const { client, settings, event, amounts, signal } = job
  if (isBegun(order) || order['DocumentStatus'] !== 'bost_Open') {
    // An order on hold that is partly delivered is left to people: somebody has to stop the rest.
    const back = event.held ? null : takenBack(order, amounts, settings)
    if (back !== null) return await takeBack(job, order, back)
    if (!event.held && hasPieces(order, amounts, settings) && differenceOf(job, order) === null)
      return await readdress(job, order)
    throw conflictError(event, order, 'a part of it is delivered, or it is closed')
  }
  const hasClosed = closedLines(order).length > 0
  if (hasClosed && !isLeftAsItIs(order, job)) throw conflictError(event, order, 'the vendor closed a line of it')
  await assertItems(job)
  const { body, shortened } = await bodyOf(job, null, order)
  const entry = Number(entryOf(order))
  // Closed lines cannot be sent again, so lists are not replaced, and SAP would add the expenses a second time.
  const { DocumentAdditionalExpenses: _, ...withoutExpenses } = body
  const asked = hasClosed ? withoutExpenses : body
  await client.update('Orders', entry, asked, { etag: etagOf(order), replaceLists: !hasClosed }, signal)
  const said = await afterWrite('SAP', async () => {
    const changed = await client.get('Orders', entry, signal)
    // SAP's total includes the closed lines.
    if (changed === null || hasClosed) return null
    await cancelWhereTotalsDiffer(job, changed)
    return pricesNote(job, changed)
  })
  return { outcome: 'written', targetId: entryOf(order), ...noteTexts(noteOf(shortened).note, said) }
}

/** Sends the rest of a begun order to the new address; delivered pieces are not affected. */
async function readdress(job: Job, order: Wire): Promise<Delivered> {
  const { settings } = job
  const targetId = entryOf(order)
  if (order['DocumentStatus'] !== 'bost_Open') return { outcome: 'unchanged', targetId }
  const { body, shortened } = await bodyOf(job, null, order)
  const fields = ['AddressExtension', 'TransportationCode', 'Comments', settings.marks.digest]
  const header = Object.fromEntries(Object.entries(body).filter(([name]) => fields.includes(name)))
  await patch(job, order, header)
  return { outcome: 'written', targetId, ...noteOf(shortened) }
}

/** `cardCode` null: the order keeps its customer. `existing` null: a new order. */
async function bodyOf(job: Job, cardCode: string | null, existing: Wire | null) {
  const { event, connection, amounts, settings, terms } = job
  return sapOrder(event, connection, { amounts, settings, cardCode, terms, existing, states: await job.states() })
}

/** Changes only these fields, and only if the order is still as it was read. */
async function patch({ client, signal }: Job, order: Wire, fields: Wire): Promise<void> {
  const asRead = { etag: etagOf(order), replaceLists: false }
  await client.update('Orders', Number(entryOf(order)), fields, asRead, signal)
}

async function cancel(job: Job, order: Wire | undefined, canceled: Wire | undefined): Promise<Delivered> {
  if (order === undefined) {
    return { outcome: 'unchanged', targetId: canceled === undefined ? null : entryOf(canceled) }
  }
  const targetId = entryOf(order)
  if (!isBegun(order)) {
    if (order['DocumentStatus'] !== 'bost_Open') return { outcome: 'unchanged', targetId }
    await withdraw(job, order, 'Cancel')
    return { outcome: 'written', targetId }
  }
  const back = takenBack(order, null, job.settings)
  return back === null ? { outcome: 'unchanged', targetId } : await takeBack(job, order, back)
}

/**
 * Handles pieces that the shop takes back from a begun order. With `cancelDelivered: close`, closes the rest of the
 * order if the shop wants none of it; with `conflict`, throws `target_conflict`; otherwise asks the vendor by the
 * order's comments to close it, and throws `cancellation_requested` until the vendor has done so. Throws
 * `cancellation_refused` for delivered pieces.
 */
async function takeBack(job: Job, order: Wire, { delivered, open, wantsMore }: TakenBack): Promise<Delivered> {
  const { settings, event } = job
  const closes = open !== null && settings.cancelDelivered === 'close' && !wantsMore
  if (closes) await withdraw(job, order, 'Close', delivered !== null)
  if (open !== null && !closes) {
    if (settings.cancelDelivered === 'conflict') throw conflictError(event, order, 'a part of it is delivered')
    const comments = commentsWithRequest(order, open)
    if (comments !== null) await patch(job, order, { Comments: comments })
    throw requestedError(event, order, open)
  }
  if (delivered !== null)
    throw refusedError(event, begunOf(order, settings.marks, delivered), 'it has no other open pieces')
  return { outcome: closes ? 'written' : 'unchanged', targetId: entryOf(order) }
}

/** Removes the request to the vendor: the shop wants the pieces again. */
async function withdrawRequest(job: Job, order: Wire): Promise<void> {
  const comments = commentsWithoutRequest(order)
  if (comments === null || order['DocumentStatus'] !== 'bost_Open') return
  await patch(job, order, { Comments: comments })
}

/** Marks the order first: one that is canceled or closed without the mark was ended by the vendor. */
async function withdraw(job: Job, order: Wire, action: 'Cancel' | 'Close', isRefused = false): Promise<void> {
  const { client, settings, event, signal } = job
  await patch(job, order, { [settings.marks.digest]: canceledMark(event, isRefused) })
  await client.act('Orders', Number(entryOf(order)), action, signal)
}

/** Total and tax in the order's currency. */
function totalsOf(order: Wire): { readonly total: number; readonly vat: number } {
  const number = (name: string) => Number(textOf(order[name]) ?? 0)
  const isForeign = number('DocTotalFc') !== 0
  return { total: number(isForeign ? 'DocTotalFc' : 'DocTotal'), vat: number(isForeign ? 'VatSumFc' : 'VatSum') }
}

/** For people: the total of an order whose prices SAP determined. */
function pricesNote({ terms }: Pick<Job, 'terms'>, order: Wire): string | null {
  const { total, vat } = totalsOf(order)
  return terms.erpPrices ? `priced by SAP: ${(total - vat).toFixed(2)} before tax` : null
}

/**
 * Guarantee 7: cancels an order whose total SAP computed differently (if SAP determines the prices: whose pieces
 * differ), and throws `totals_differ`.
 */
async function cancelWhereTotalsDiffer(job: Job, order: Wire): Promise<void> {
  const differs = differenceOf(job, order)
  if (differs === null) return
  await withdraw(job, order, 'Cancel')
  const message =
    `SAP computed another total for order ${job.event.key}: ${differs}; its order ${entryOf(order)} was canceled. ` +
    'Check the tax codes, the discounts and the decimals of prices and percents in SAP'
  throw new StreamError('totals_differ', message, { field: 'DocTotal' })
}

function differenceOf(job: Job, order: Wire): string | null {
  const { amounts, settings, event, terms } = job
  const hasCode = [undefined, ...event.data.lines.map(({ lineId }) => lineId)].some(
    (lineId) => Object.keys(lineTax(event, settings, lineId)).length > 0,
  )
  const way = terms.comparedTax ?? (hasCode ? 'code' : settings.tax.way)
  return terms.erpPrices ? piecesDifference(job, order) : difference(amounts, way, totalsOf(order))
}

function piecesDifference({ amounts, settings }: Job, order: Wire): string | null {
  const booked = wiresOf(order['DocumentLines'])
  for (const { line, quantity } of amounts.lines) {
    const found = booked.find((one) => textOf(one[settings.marks.line]) === line.lineId)
    const pieces = quantityOf(found ?? {}, 'Quantity') ?? ZERO8
    if (pieces !== quantity) return `line ${line.lineId} has ${text8(pieces)} pieces instead of ${text8(quantity)}`
    const item = skuKey(found?.['ItemCode'])
    if (item !== line.sku) return `line ${line.lineId} is item ${item} instead of ${line.sku}`
  }
  return null
}

/** Replaces each bundle that SAP has no item for by its components, if SAP has those. */
async function asKnown(client: SapB1Client, order: Order, signal: AbortSignal): Promise<Order> {
  const skus = bundleSkus(order)
  if (skus.length === 0) return order
  const known = await knownItems(client, skus, signal)
  return withKnownBundles(order, (sku) => known.has(sku))
}

async function knownItems(client: SapB1Client, skus: readonly string[], signal: AbortSignal) {
  const key = { name: 'ItemCode', literals: skus.map(quoted), select: ['ItemCode'] }
  return new Set((await findByKeys(client, 'Items', key, signal)).map((item) => skuKey(item['ItemCode'])))
}

async function assertItems({ client, amounts, signal }: Job): Promise<void> {
  const skus = [...new Set(amounts.lines.map(({ line }) => line.sku))]
  const known = await knownItems(client, skus, signal)
  const missing = skus.filter((sku) => !known.has(sku))
  if (missing.length === 0) return
  const list = missing.slice(0, 5).join(', ')
  throw new StreamError('item_missing', `SAP has no item ${list}; create it, then the order continues`, {
    field: 'lines.sku',
    details: { missing: missing.length },
  })
}

/** Lines that the vendor closed before they were delivered in full. */
function closedLines(order: Wire): readonly Wire[] {
  return wiresOf(order['DocumentLines']).filter(
    (line) => line['LineStatus'] === 'bost_Close' && Number(textOf(line['RemainingOpenQuantity']) ?? 0) > 0,
  )
}

/** Whether the shop has taken back exactly the lines that the vendor closed. */
function isLeftAsItIs(order: Wire, { amounts, settings }: Pick<Job, 'amounts' | 'settings'>): boolean {
  const closed = closedLines(order)
  const idOf = (line: Wire) => textOf(line[settings.marks.line])
  const open = wiresOf(order['DocumentLines']).filter((line) => !closed.includes(line))
  const wanted = new Set(amounts.lines.map(({ line }) => line.lineId))
  return closed.every((line) => !wanted.has(idOf(line) ?? '')) && open.every((line) => wanted.has(idOf(line) ?? ''))
}

function entryOf(order: Wire): string {
  return requireText(order, 'DocEntry')
}

function conflictError({ key, canceled }: VendorOrderRequested, order: Wire, why: string): StreamError {
  const message = `the shop ${canceled ? 'canceled' : 'changed'} order ${key}, but ${why}; settle it there by hand`
  return new StreamError('target_conflict', message, { details: { order: entryOf(order) } })
}

function requestedError({ key, canceled }: VendorOrderRequested, order: Wire, open: string): StreamError {
  const message =
    `${canceled ? `order ${key} is canceled` : `the shop took pieces back of order ${key}`}, but a part of it is delivered; ` +
    `the vendor is asked to close ${open} in SAP`
  return new StreamError('cancellation_requested', message, { details: { order: entryOf(order) } })
}

function duplicateOrderError({ key }: VendorOrderRequested, orders: readonly Wire[]): StreamError {
  const entries = orders.map(entryOf).join(', ')
  const message = `SAP has order ${key} more than once (DocEntry ${entries}); cancel all but one there`
  return new StreamError('target_conflict', message, { field: 'NumAtCard' })
}
