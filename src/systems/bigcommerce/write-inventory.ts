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
  /** Location for all stock if the connection has no locations. */
  readonly defaultLocation: number
}

/**
 * Writes stock as absolute levels, which can be repeated (Guarantee 3): whole pieces, rounded down and never negative.
 * Every location of the connection is written, so that stock that left a location becomes zero there.
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

/** Throws `configuration_invalid` for a location that is not a number. */
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
  const message = `connection ${connection}: stock.locations: "${target}" is not a BigCommerce location id; use its number`
  throw new StreamError('configuration_invalid', message, { field: 'stock.locations' })
}

const PIECE = 100_000_000n
/** The highest level that BigCommerce accepts. */
const MOST = 2_147_483_647n

/** Rounds down to whole pieces. */
function pieces(quantity: Decimal8): number {
  const whole = sellable(quantity) / PIECE
  return Number(whole > MOST ? MOST : whole)
}

function productMissingError({ data }: ShopInventoryRequested, cause: unknown): StreamError {
  const message = `BigCommerce has no product or variant ${data.sku}; create it or push products; its stock follows then`
  return new StreamError('item_missing', message, { field: 'sku', cause })
}
