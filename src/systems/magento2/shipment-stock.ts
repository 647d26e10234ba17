import { StreamError } from '../../errors.ts'
import { text8, ZERO8 } from '../../events/decimal.ts'
import { exactNumber } from '../../platform/json.ts'
import { quantityOf, requireText, textOf, type Wire } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'
import { piecesOf } from './ship-body.ts'
import type { ShipmentItem } from './shipment.ts'
import { DEFAULT_SOURCE } from './stock.ts'

const MOST_TRIES = 3

/** What is shipped out of one source. */
interface SourceShipment {
  readonly items: readonly ShipmentItem[]
  /** Null: the shop's default one. */
  readonly source: string | null
  readonly body: Wire
}

type Client = Pick<Magento2Client, 'findSourceItems' | 'saveSourceItems' | 'shipOrder'>

/**
 * The vendor's stock in the shop is what it can still sell, without the pieces of this order; Magento would refuse to
 * ship them. So the source gets them, where it has fewer: the order's reservation keeps them from being sold, and the
 * shipment takes them out again. They may go between, to another shipment or by a row of the inventory feed: then Magento
 * refuses and ships nothing, and the source gets them again. The id of the shipment.
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
      const message = `source ${code} lost the pieces of order ${textOf(order['increment_id'])} to others just before they were shipped`
      throw new StreamError('target_changed', message, { cause: error })
    }
  }
}

/** Source items as they are to be, of which the source has too few. */
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

/** A shop whose multi-source inventory was taken out has no such list. */
function withoutMultiSource(error: unknown): null {
  if (error instanceof StreamError && error.code === 'not_found') return null
  throw error
}
