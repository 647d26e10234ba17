import { createHash } from 'node:crypto'
import { StreamError } from '../../errors.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'
import type { NetSuiteClient } from '../../systems/netsuite/client.ts'
import { DIGEST_FIELD, digestMark } from '../../systems/netsuite/custom-fields.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../../systems/wire.ts'
import { closedOrderBody, customerBody, salesOrderBody, topLevelLines } from './netsuite-order-body.ts'
import type { Delivered, Sink } from './sink.ts'

export interface NetSuiteSinkSettings {
  /** IANA zone of the account. */
  readonly zone: string
  /** Internal id of the subsidiary of new customers; accounts without subsidiaries have none. */
  readonly subsidiary?: string
  /** The account's; an order in another one is refused. Absent: any goes, as the account itself takes it. */
  readonly currency?: string
}

type Client = Pick<NetSuiteClient, 'getByExternalId' | 'upsertByExternalId' | 'findItems'>

/**
 * Vendor orders as sales orders. Guarantee 3: the order's external id is `<connection>-<order number>`, and it carries
 * the digest of its content: equal means there is nothing to write. Lines are replaced as a whole in every write, the first
 * too: NetSuite appends lines that are sent again, and a write that was not answered may come to pass after the next one. Throws `item_missing` for a SKU that NetSuite does not have (no line is ever dropped) and
 * `target_conflict` for an order that changed after a part of it was fulfilled or billed.
 */
export function netsuiteVendorOrders(client: Client, settings: NetSuiteSinkSettings): Sink<'vendor-orders'> {
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
      if (order !== null) assertOpen(order, event.key)
      if (event.canceled) {
        if (order === null) return { outcome: 'unchanged', targetId: null }
        return write(externalId, closedOrderBody(event, order), signal)
      }
      assertCurrency(event, settings.currency)
      const itemIds = await items.find(skusOf(event), signal)
      const customerId = customerExternalId(event)
      const customer = await client.upsertByExternalId(
        'customer',
        customerId,
        customerBody(event, settings.subsidiary),
        {},
        signal,
      )
      const body = salesOrderBody(event, connection, { customer, items: itemIds, zone: settings.zone })
      try {
        return await write(externalId, body, signal)
      } catch (error) {
        // An id we remember may be of an item that is gone: the next try looks it up again.
        if (error instanceof StreamError && error.code === 'target_rejected') items.forget(skusOf(event))
        throw error
      }
    },
  }
}

/** NetSuite would book the same number in the customer's currency. */
function assertCurrency({ key, data }: VendorOrderRequested, currency: string | undefined): void {
  if (currency === undefined || data.currency === currency) return
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

function assertOpen(order: Wire, key: string): void {
  const begun = wiresOf(wireOf(order['item'])['items']).some((line) =>
    ['quantityFulfilled', 'quantityBilled'].some((name) => Number(textOf(line[name]) ?? 0) > 0),
  )
  if (!begun) return
  throw new StreamError(
    'target_conflict',
    `order ${key} changed in the shop, but NetSuite has fulfilled or billed a part of it; settle it there by hand`,
    { details: { salesOrder: textOf(order['id']) } },
  )
}

interface ItemIds {
  find(skus: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>
  forget(skus: readonly string[]): void
}

/** Internal ids by SKU. What was not found is not remembered: it may be on its way. */
function createItemIds(client: Pick<Client, 'findItems'>): ItemIds {
  const known = new Map<string, string>()
  return {
    async find(skus, signal) {
      const unknown = skus.filter((sku) => !known.has(sku))
      const found = unknown.length === 0 ? [] : await client.findItems(unknown, signal)
      for (const [sku, id] of found) known.set(sku, id)
      const missing = skus.filter((sku) => !known.has(sku))
      if (missing.length === 0) return known
      const list = missing.slice(0, 5).join(', ')
      throw new StreamError('item_missing', `NetSuite has no item ${list}; create it, then the order goes on`, {
        field: 'lines.sku',
        details: { missing: missing.length },
      })
    },
    forget(skus) {
      for (const sku of skus) known.delete(sku)
    },
  }
}
