import type { Connection } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import { add, type Decimal8, ZERO8 } from '../../events/decimal.ts'
import type { ShopInventoryRequested } from '../../events/generated/events.ts'
import { sellable } from '../../events/stock.ts'
import type { Sink } from '../kit/sink.ts'
import type { BigCommerceClient } from './client.ts'
import { findProduct } from './find-product.ts'
import { type Adjustment, createStockBatch } from './stock-batch.ts'

export interface InventorySettings {
  /** Where everything goes when the connection names no locations. */
  readonly defaultLocation: number
}

/**
 * Stock as absolute levels, which may be written again (Guarantee 3): whole pieces, never more than there are and never
 * less than none. Every location that the connection names is written, so that stock which left one is gone there.
 */
export function writeBigCommerceInventory(
  client: BigCommerceClient,
  settings: InventorySettings,
): Sink<'shop-inventory'> {
  const batch = createStockBatch(async (items, signal) => {
    const body = { reason: 'Waldstream', items }
    await client.write({ method: 'PUT', path: '/v3/inventory/adjustments/absolute', body }, signal)
  })
  return {
    kind: 'shop-inventory',
    naturalKey: true,
    sideBySide: 50,
    async probe(signal) {
      await client.check(signal)
    },
    async deliver(event, connection, signal) {
      const items = adjustments(event, connection, settings.defaultLocation)
      if (items.length === 0) return { outcome: 'unchanged', targetId: null }
      try {
        await batch.put(items, signal)
      } catch (error) {
        if (!(error instanceof StreamError) || error.code !== 'target_rejected') throw error
        if ((await findProduct(client, event.data.sku, [], signal)) !== null) throw error
        if (event.deleted) return { outcome: 'unchanged', targetId: null }
        throw productMissingError(event, error)
      }
      return { outcome: 'written', targetId: event.data.sku }
    },
  }
}

/** Throws `configuration_invalid` for a location that is no number. */
function adjustments(
  { data, deleted }: Pick<ShopInventoryRequested, 'data' | 'deleted'>,
  { id, stock }: Connection,
  defaultLocation: number,
): Adjustment[] {
  const { sku, total, locations } = data
  const none = deleted || !data.inStock
  if (stock === null) return [{ location_id: defaultLocation, sku, quantity: none ? 0 : pieces(total) }]
  const targets = new Map<string, Decimal8>(Object.values(stock.locations).map((target) => [target, ZERO8]))
  for (const { location, available } of locations) {
    const target = stock.locations[location] ?? stock.locations['*']
    if (target !== undefined) targets.set(target, add(targets.get(target) ?? ZERO8, sellable(available)))
  }
  return [...targets].map(([target, available]) => {
    return { location_id: locationId(id, target), sku, quantity: none ? 0 : pieces(available) }
  })
}

function locationId(connection: string, target: string): number {
  if (/^\d{1,9}$/.test(target)) return Number(target)
  const message = `connection ${connection}: stock.locations: "${target}" is no id of a BigCommerce location; write its number`
  throw new StreamError('configuration_invalid', message, { field: 'stock.locations' })
}

const PIECE = 100_000_000n
/** The highest level that BigCommerce takes. */
const MOST = 2_147_483_647n

/** Half a piece can't be sold. */
function pieces(quantity: Decimal8): number {
  const whole = sellable(quantity) / PIECE
  return Number(whole > MOST ? MOST : whole)
}

function productMissingError({ data }: ShopInventoryRequested, cause: unknown): StreamError {
  const message = `BigCommerce has no product or variant ${data.sku}; create it, or push products, then its stock goes on`
  return new StreamError('item_missing', message, { field: 'sku', cause })
}
