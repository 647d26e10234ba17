import type { Connection } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import { text8 } from '../../events/decimal.ts'
import type { Order, VendorOrderRequested } from '../../events/generated/events.ts'
import { bundleSkus, withKnownBundles } from '../../rules/components.ts'
import { earlierReference, orderReference } from '../../rules/order-reference.ts'
import { vendorQuantity } from '../../rules/quantities.ts'
import { topLevelLines } from '../../rules/split-order.ts'
import { afterWrite } from '../kit/after-write.ts'
import { refusedError } from '../kit/begun-order.ts'
import type { ConfiguredSystem } from '../kit/configured-system.ts'
import { noteOf } from '../kit/field-limits.ts'
import { createStateLists } from '../kit/known-states.ts'
import { type Before, type Delivered, noteTexts, type Sink } from '../kit/sink.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import { amendedOrder } from './amended-order.ts'
import { bookedDifference } from './booked.ts'
import type { NetSuiteClient } from './client.ts'
import { assertBooked, compareWritten, type WrittenOrder } from './compare-booked.ts'
import { hasContent } from './custom-fields.ts'
import { saveCustomer } from './customers.ts'
import { itemPrices } from './item-prices.ts'
import { levelPrices } from './level-prices.ts'
import { orderAmounts } from './order-amounts.ts'
import { closedOrderBody, salesOrder, withWholeAddresses } from './order-body.ts'
import { holdFields } from './order-hold.ts'
import { wantedLevels } from './order-lines.ts'
import {
  assertOpen,
  begunOf,
  closedRest,
  headerChange,
  isBegun,
  isCancelled,
  isEnded,
  isUnfinished,
  type Reduction,
  reduction,
  takesBack,
  withClosedLines,
} from './order-state.ts'
import { type OrderTerms, orderTerms } from './order-terms.ts'
import { asOvertaken } from './overtaken.ts'
import type { NetSuiteValues } from './settings.ts'
import { statesOf } from './states.ts'

/** The system that orders are written to. */
type SinkSystem = Pick<ConfiguredSystem<NetSuiteValues>, 'zone' | 'settings'>

type WriteHow = Parameters<NetSuiteClient['upsertByExternalId']>[3]

/** For people: what happens to the rest of an order if the shop takes back shipped pieces. */
const restOf = ({ staysOpen }: Reduction): string =>
  staysOpen ? 'the pieces that the shop still wants stay open' : 'its open pieces are closed'

/** Lines that are not sent are removed. */
const WHOLE: WriteHow = { replace: 'item' }

type Client = Pick<NetSuiteClient, 'getByExternalId' | 'upsertByExternalId' | 'findItems' | 'suiteql' | 'suiteqlAll'>

/**
 * Writes vendor orders as sales orders. Guarantee 3: an order's external id is its reference, and the order carries the
 * digest of its content: an equal digest means that the content is already written. Until an order is begun, every
 * write replaces all lines, also the first: NetSuite appends lines that are sent again, and a write without an answer
 * may take effect after the next one. Guarantee 7: reads back what NetSuite booked, closes an order that was booked
 * differently and throws `totals_differ`. Throws `item_missing` for a SKU that NetSuite does not have (no line is ever
 * dropped) and `target_conflict` for an order that changed after the vendor fulfilled, billed, closed or cancelled a
 * part of it. Pieces that the shop takes back are removed as long as they are open; for others, `cancellation_refused`
 * is thrown.
 */
export function writeNetSuiteOrders(client: Client, system: SinkSystem): Sink<'vendor-orders'> {
  const { settings } = system
  const pricesOf = itemPrices(client, settings)
  const stateLists = createStateLists((country, signal) => statesOf(client, country, signal))
  const write = async (id: string, body: Wire, signal: AbortSignal, how: WriteHow = WHOLE): Promise<Delivered> => {
    try {
      return { outcome: 'written', targetId: await client.upsertByExternalId('salesOrder', id, body, how, signal) }
    } catch (error) {
      throw await asOvertaken(client, { externalId: id, body, isWhole: how === WHOLE }, error, signal)
    }
  }
  return {
    kind: 'vendor-orders',
    naturalKey: true,
    async probe(signal) {
      await client.getByExternalId('salesOrder', 'waldstream-probe', {}, signal)
    },
    async deliver(given, connection, signal, before) {
      const items = createItemIds(client)
      const found = await findOrder(client, given, connection, before, signal)
      const { externalId } = found
      const known = async (): Promise<Order> => await items.asKnown(given.data, signal)
      const wantedPieces = async () => piecesByItem(await known(), (skus) => items.find(skus, signal))
      const amending = { connection, wanted: wantedPieces }
      const amended = found.order === null ? await amendedOrder(client, given, amending, signal) : null
      const order = found.order ?? amended
      const targetId = order === null ? null : textOf(order['id'])
      const terms = orderTerms(connection, settings, order !== null && isBegun(order))
      const writtenOf = (event: VendorOrderRequested): WrittenOrder => {
        const amounts = orderAmounts(event.data, terms.discountItem === null)
        return { client, externalId, event, amounts, how: terms, currency: terms.currencyOf(given.data), signal }
      }
      if (order !== null && hasContent(order, given)) {
        if (given.canceled) return { outcome: 'unchanged', targetId }
        // An interrupted delivery may not have compared the order yet; a later difference may be a person's change.
        const here = await afterWrite('NetSuite', known)
        const written = writtenOf({ ...given, data: terms.sold(here) })
        await afterWrite('NetSuite', () => assertBooked(written, order, before.unclear))
        return { outcome: 'unchanged', targetId }
      }
      if (order !== null && given.canceled && isBegun(order)) {
        const rest = closedRest(order, given)
        if (rest.body !== null) await write(externalId, rest.body, signal, {})
        throw refusedError(given, begunOf(order, rest.shipped), restOf(rest))
      }
      if (given.canceled && (order === null || isEnded(order))) return { outcome: 'unchanged', targetId }
      // The vendor cancelled the whole order, and the shop takes back a part of it.
      if (order !== null && isCancelled(order) && takesBack(order, given)) return { outcome: 'unchanged', targetId }
      // Whether a change takes pieces back from a begun order is decided by its body, below.
      if (order !== null && !isBegun(order)) assertOpen(order, given)
      if (given.canceled) {
        const closed = { ...closedOrderBody(given, order ?? {}), ...holdFields(given, order) }
        return await write(externalId, closed, signal)
      }
      const currency = terms.currencyOf(given.data)
      const event = { ...given, data: terms.sold(await known()) }
      const skus = skusOf(event)
      const itemIds = await items.find(skus, signal)
      const customer =
        terms.seller ?? (await saveCustomer(client, event, { subsidiary: settings.subsidiary, currency }, signal))
      const states = await stateLists([event.data.shippingAddress, event.data.billingAddress], signal)
      const wanted = skus.flatMap((sku) => itemIds.get(sku) ?? [])
      const levels = terms.atShopPrices ? wantedLevels(event) : []
      const of = { items: wanted, levels, currency: event.data.currency }
      const costs = await levelPrices(pricesOf, of, signal)
      const references = { ...accountOf(system, terms), customer, currency, items: itemIds, costs, states }
      const { body: own, shortened } = salesOrder(event, connection, references)
      const body = { ...(order === null ? own : withWholeAddresses(own)), ...holdFields(given, order) }
      const begun = order !== null && isBegun(order) ? order : null
      // An order on hold that is partly shipped is left to people: somebody has to stop the rest.
      const reduced = begun === null || given.held ? null : reduction(begun, body, given)
      if (begun !== null && reduced === null) {
        const header = given.held ? null : headerChange(begun, body, given)
        const { amounts, how } = writtenOf(event)
        if (header === null || bookedDifference(amounts, how, begun) !== null) assertOpen(begun, given)
        // A change of the address has no effect once everything is shipped.
        else if (!isUnfinished(begun)) return { outcome: 'unchanged', targetId }
        else return { ...(await write(externalId, header, signal, {})), ...noteOf(shortened) }
      }
      if (begun !== null && reduced !== null && reduced.shipped !== null) {
        if (reduced.body !== null) await write(externalId, reduced.body, signal, {})
        throw refusedError(given, begunOf(begun, reduced.shipped), restOf(reduced))
      }
      // Partly fulfilled lines must not be replaced; each is sent with its number, so that none is added.
      const whole = order === null ? body : withClosedLines(body, order)
      const done =
        reduced === null || reduced.body === null
          ? await write(externalId, whole, signal, amended === null ? WHOLE : { ...WHOLE, of: targetId ?? '' })
          : await write(externalId, reduced.body, signal, {})
      const said = await afterWrite('NetSuite', () => compareWritten(writtenOf(event)))
      return { ...done, ...noteTexts(noteOf(shortened).note, said) }
    },
  }
}

/**
 * The order, if it exists, and its external id. An order written by an earlier release keeps its external id if it is
 * ours: orders of two connections could have the same one. Throws `target_conflict` if another connection's order has
 * our id.
 */
async function findOrder(
  client: Pick<Client, 'getByExternalId'>,
  { key, data }: VendorOrderRequested,
  { id }: Connection,
  { targetId }: Before,
  signal: AbortSignal,
): Promise<{ readonly externalId: string; readonly order: Wire | null }> {
  const find = async (externalId: string) =>
    await client.getByExternalId('salesOrder', externalId, { expand: true }, signal)
  const isOurs = (order: Wire) => textOf(order['id']) === targetId || textOf(order['otherRefNum']) === data.orderNumber
  const externalId = orderReference(id, key)
  const order = await find(externalId)
  if (order !== null && id.includes('-') && targetId === null && !isOurs(order)) {
    const number = textOf(order['otherRefNum'])
    const message = `order ${key} needs the external id ${externalId}, but an order of another connection has it (number ${number}); rename one of them by hand`
    throw new StreamError('target_conflict', message, { field: 'externalId' })
  }
  const earlier = earlierReference(id, key)
  if (order !== null || earlier === null) return { externalId, order }
  const before = await find(earlier)
  return before !== null && isOurs(before) ? { externalId: earlier, order: before } : { externalId, order: null }
}

function accountOf({ zone, settings }: SinkSystem, terms: OrderTerms) {
  const { discountItem, taxes, erpPrices, seller, sendsShipping } = terms
  const customPriceLevel = settings.customPriceLevel === 'none' ? null : settings.customPriceLevel
  const isSellers = seller !== null
  return { zone, discountItem, customPriceLevel, taxes, erpPrices, isSellers, withoutShipping: !sendsShipping }
}

const skusOf = ({ data }: Pick<VendorOrderRequested, 'data'>): string[] => [
  ...new Set(topLevelLines(data).map(({ sku }) => sku)),
]

/** Pieces that an order wants, by internal item id. */
async function piecesByItem(
  data: Order,
  find: (skus: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<ReadonlyMap<string, number>> {
  const ids = await find(skusOf({ data }))
  const pieces = new Map<string, number>()
  for (const line of topLevelLines(data)) {
    const item = ids.get(line.sku) ?? ''
    pieces.set(item, (pieces.get(item) ?? 0) + Number(text8(vendorQuantity(line))))
  }
  return pieces
}

/** Item ids of an order's SKUs as NetSuite has them now: with an outdated id, the order would ship another item. */
interface ItemIds {
  /** Replaces each bundle that NetSuite has no item for by its components, if NetSuite has those. */
  asKnown(order: Order, signal: AbortSignal): Promise<Order>
  /** Internal ids by SKU. Throws `item_missing`. */
  find(skus: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>
}

/** For one delivery: looks up each id once and forgets it afterwards. */
function createItemIds(client: Pick<Client, 'findItems'>): ItemIds {
  const known = new Map<string, string>()
  const ask = async (skus: readonly string[], signal: AbortSignal): Promise<void> => {
    const unknown = skus.filter((sku) => !known.has(sku))
    const found = unknown.length === 0 ? [] : await client.findItems(unknown, signal)
    for (const [sku, id] of found) known.set(sku, id)
  }
  return {
    async find(skus, signal) {
      await ask(skus, signal)
      const missing = skus.filter((sku) => !known.has(sku))
      if (missing.length === 0) return new Map(skus.map((sku) => [sku, known.get(sku) ?? '']))
      const list = missing.slice(0, 5).join(', ')
      throw new StreamError('item_missing', `NetSuite has no item ${list}; create it, then the order continues`, {
        field: 'lines.sku',
        details: { missing: missing.length },
      })
    },
    async asKnown(order, signal) {
      const skus = bundleSkus(order)
      if (skus.length === 0) return order
      await ask(skus, signal)
      return withKnownBundles(order, (sku) => known.has(sku))
    },
  }
}
