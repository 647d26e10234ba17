import { createHash } from 'node:crypto'
import { StreamError } from '../../errors.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'
import type { ConfiguredSystem } from '../kit/configured-system.ts'
import { topLevelLines } from '../kit/order-lines.ts'
import type { Delivered, Sink } from '../kit/sink.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import type { NetSuiteClient } from './client.ts'
import { DIGEST_FIELD, digestMark } from './custom-fields.ts'
import { levelPrices } from './level-prices.ts'
import { closedOrderBody, customerBody, salesOrderBody } from './order-body.ts'
import { wantedLevels } from './order-lines.ts'
import { assertOpen, isEnded } from './order-state.ts'
import type { NetSuiteValues } from './settings.ts'

/** The system whose orders are written. */
type SinkSystem = Pick<ConfiguredSystem<NetSuiteValues>, 'zone' | 'settings'>

type Client = Pick<NetSuiteClient, 'getByExternalId' | 'upsertByExternalId' | 'findItems' | 'suiteqlAll'>

/**
 * Vendor orders as sales orders. Guarantee 3: the order's external id is `<connection>-<order number>`, and it carries
 * the digest of its content: equal means there is nothing to write. Lines are replaced as a whole in every write, the first
 * too: NetSuite appends lines that are sent again, and a write without an answer may take effect after the next one.
 * Throws `item_missing` for a SKU that NetSuite does not have (no line is ever dropped) and `target_conflict` for an order
 * that changed after a part of it was fulfilled, billed, closed or cancelled by the vendor.
 */
export function writeNetSuiteOrders(client: Client, system: SinkSystem): Sink<'vendor-orders'> {
  const { settings } = system
  const items = createItemIds(client)
  const write = async (externalId: string, body: Wire, signal: AbortSignal): Promise<Delivered> => {
    const targetId = await client.upsertByExternalId('salesOrder', externalId, body, { replace: 'item' }, signal)
    return { outcome: 'written', targetId }
  }
  return {
    kind: 'vendor-orders',
    naturalKey: true,
    async probe(signal) {
      await client.getByExternalId('salesOrder', 'waldstream-probe', {}, signal)
    },
    async deliver(event, connection, signal) {
      const externalId = `${connection.id}-${event.key}`
      const order = await client.getByExternalId('salesOrder', externalId, { expand: true }, signal)
      const targetId = order === null ? null : textOf(order['id'])
      if (order?.[DIGEST_FIELD] === digestMark(event)) return { outcome: 'unchanged', targetId }
      if (event.canceled && (order === null || isEnded(order))) return { outcome: 'unchanged', targetId }
      if (order !== null) assertOpen(order, event)
      if (event.canceled) return write(externalId, closedOrderBody(event, order ?? {}), signal)
      assertCurrency(event, settings.currency)
      const skus = skusOf(event)
      const itemIds = await items.find(skus, signal)
      const externalCustomer = customerExternalId(event)
      const person = customerBody(event, settings.subsidiary)
      const customer = await client.upsertByExternalId('customer', externalCustomer, person, {}, signal)
      const writeWith = async (ids: ReadonlyMap<string, string>): Promise<Delivered> => {
        const own = skus.flatMap((sku) => ids.get(sku) ?? [])
        const costs = await levelPrices(client, own, wantedLevels(event), signal)
        const references = { ...accountOf(system), customer, items: ids, costs }
        return await write(externalId, salesOrderBody(event, connection, references), signal)
      }
      try {
        return await writeWith(itemIds)
      } catch (error) {
        if (!(error instanceof StreamError && error.code === 'target_rejected')) throw error
        // An id that we remember may be of an item that is gone, or was made again.
        const fresh = await items.findAgain(skus, signal)
        if (skus.every((sku) => fresh.get(sku) === itemIds.get(sku))) throw error
        return await writeWith(fresh)
      }
    },
  }
}

function accountOf({ zone, settings: { customPriceLevel, discountItem } }: SinkSystem) {
  return { zone, discountItem, customPriceLevel: customPriceLevel === 'none' ? null : customPriceLevel }
}

/** NetSuite would book the same number in the customer's currency. */
function assertCurrency({ key, data }: VendorOrderRequested, currency: string | null): void {
  if (currency === null || data.currency === currency) return
  const message = `order ${key} is in ${data.currency}, the account takes ${currency} (settings.currency of the system)`
  throw new StreamError('target_rejected', message, { field: 'currency' })
}

const skusOf = ({ data }: VendorOrderRequested): string[] => [...new Set(topLevelLines(data).map(({ sku }) => sku))]

/** Customers of a shop by its id of them; guests by their e-mail's digest, so that the address is in no id. */
function customerExternalId({ source, data }: VendorOrderRequested): string {
  if (data.customerId !== null) return `${source}-${data.customerId}`
  const hash = createHash('sha256').update(data.customerEmail.toLowerCase()).digest('hex')
  return `${source}-${hash.slice(0, 16)}`
}

interface ItemIds {
  find(skus: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>
  /** As NetSuite has them now. */
  findAgain(skus: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>
}

/** Internal ids by SKU. What was not found is not remembered: it may be on its way. */
function createItemIds(client: Pick<Client, 'findItems'>): ItemIds {
  const known = new Map<string, string>()
  const find: ItemIds['find'] = async (skus, signal) => {
    const unknown = skus.filter((sku) => !known.has(sku))
    const found = unknown.length === 0 ? [] : await client.findItems(unknown, signal)
    for (const [sku, id] of found) known.set(sku, id)
    const missing = skus.filter((sku) => !known.has(sku))
    if (missing.length === 0) return new Map(skus.map((sku) => [sku, known.get(sku) ?? '']))
    const list = missing.slice(0, 5).join(', ')
    throw new StreamError('item_missing', `NetSuite has no item ${list}; create it, then the order goes on`, {
      field: 'lines.sku',
      details: { missing: missing.length },
    })
  }
  return {
    find,
    async findAgain(skus, signal) {
      for (const sku of skus) known.delete(sku)
      return await find(skus, signal)
    },
  }
}
