import { StreamError } from '../../errors.ts'
import { text8, ZERO8 } from '../../events/decimal.ts'
import { exactNumber } from '../../platform/json.ts'
import { quantityOf, requireText, textOf, type Wire } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'
import { piecesOf } from './ship-body.ts'
import type { ShipmentItem } from './shipment.ts'
import { DEFAULT_SOURCE } from './stock.ts'

const MOST_TRIES = 3

/** A shipment from one source. */
interface SourceShipment {
  readonly items: readonly ShipmentItem[]
  /** Null: the shop's default source. */
  readonly source: string | null
  readonly body: Wire
}

type Client = Pick<Magento2Client, 'findSourceItems' | 'saveSourceItems' | 'shipOrder'>

/**
 * Creates a shipment and returns its id. The stock in the shop is what the vendor can still sell, which excludes the
 * pieces of this order, so Magento would refuse to ship them. Therefore the source gets missing pieces first: the
 * order's reservation prevents their sale, and the shipment removes them again. If another shipment or a row of the
 * inventory feed takes them in between, Magento rejects the shipment without effect, and the source gets them again.
 */
export async function shipWithStock(
  client: Client,
  order: Wire,
  { items, source, body }: SourceShipment,
  signal: AbortSignal,
): Promise<string> {
  const code = source ?? DEFAULT_SOURCE
  for (let tries = 1; ; tries += 1) {
    const short = await shortItems(client, order, items, code, signal)
    if (short.length > 0) await client.saveSourceItems(short, signal)
    try {
      return await client.shipOrder(requireText(order, 'entity_id'), body, signal)
    } catch (error) {
      if (!(error instanceof StreamError && error.code === 'target_rejected')) throw error
      if ((await shortItems(client, order, items, code, signal)).length === 0) throw error
      if (tries < MOST_TRIES) continue
      const message = `source ${code} lost the pieces of order ${textOf(order['increment_id'])} to another shipment or stock update just before they were shipped`
      throw new StreamError('target_changed', message, { cause: error })
    }
  }
}

/** The corrected source items for SKUs of which the source has too few pieces. */
async function shortItems(
  client: Client,
  order: Wire,
  items: readonly ShipmentItem[],
  code: string,
  signal: AbortSignal,
): Promise<readonly Wire[]> {
  const pieces = piecesOf(order, items)
  const skus = [...pieces.keys()]
  const filters = [
    { field: 'source_code', condition: 'eq', value: code },
    { field: 'sku', condition: 'in', value: skus },
  ] as const
  const found = await client
    .findSourceItems({ filters, sort: ['sku'], limit: skus.length }, signal)
    .catch(withoutMultiSource)
  if (found === null) return []
  const there = new Map(found.items.map((item) => [textOf(item['sku']), quantityOf(item, 'quantity') ?? ZERO8]))
  const short = [...pieces].filter(([sku, quantity]) => (there.get(sku) ?? ZERO8) < quantity)
  return short.map(([sku, quantity]) => ({
    sku,
    source_code: code,
    status: 1,
    quantity: exactNumber(text8(quantity)),
  }))
}

/** A shop without multi-source inventory does not have this list. */
function withoutMultiSource(error: unknown): null {
  if (error instanceof StreamError && error.code === 'not_found') return null
  throw error
}
