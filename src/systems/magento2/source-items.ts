import { ZERO8 } from '../../events/decimal.ts'
import type { Inventory } from '../../events/generated/events.ts'
import { attributesOf, quantityOf, requireText, textOf, type Wire } from '../kit/wire.ts'

const LEFT_OUT = new Set(['sku', 'source_code', 'quantity', 'status', 'extension_attributes'])

/**
 * The source items of one SKU as inventory data; pure. Absolute levels, one of each source, by its code. A source that is
 * said to be out of stock has nothing to sell, whatever its quantity. Throws `value_missing` or `decimal_invalid`.
 */
export function toInventory(sku: string, items: readonly Wire[]): Inventory {
  const locations = items.map((item) => {
    const onHand = quantityOf(item, 'quantity') ?? ZERO8
    const available = textOf(item['status']) === '1' ? onHand : ZERO8
    return {
      location: requireText(item, 'source_code'),
      onHand,
      available,
      attributes: attributesOf(item, LEFT_OUT),
    }
  })
  return { sku, locations: locations.toSorted((a, b) => (a.location < b.location ? -1 : 1)), attributes: {} }
}
