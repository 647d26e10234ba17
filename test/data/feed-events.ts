import { decimal8 } from '../../src/events/decimal.ts'
import type {
  UniversalImagesChanged,
  UniversalInventoryChanged,
  UniversalPricesChanged,
  UniversalProductsChanged,
} from '../../src/events/generated/events.ts'
import { contentDigest, digest } from '../../src/events/identity.ts'

interface Head {
  readonly connection?: string
  readonly source?: string
  readonly sku?: string
  readonly occurredAt?: number | null
  readonly readAt?: number
  readonly mappingRevision?: number
  readonly deleted?: boolean
  readonly taskId?: string | null
}

function headOf(head: Head, data: unknown) {
  const { connection = 'shop-vendor', source = 'vendor', sku = 'A-1', occurredAt = 1000, readAt = 2000 } = head
  const { mappingRevision = 1, deleted = false, taskId = null } = head
  const content = contentDigest({ deleted, data })
  const eventId = digest(connection, source, sku, String(occurredAt), String(readAt), String(mappingRevision), content)
  const ids = { eventId, contentDigest: content, connection, source, key: sku, taskId }
  return { ...ids, occurredAt, readAt, mappingRevision, deleted }
}

/** A `universal-products` event; attributes are values, not JSON text. */
export function productsChanged(head: Head, attributes: Readonly<Record<string, unknown>>): UniversalProductsChanged {
  const texts = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, JSON.stringify(value)]))
  const data = { sku: head.sku ?? 'A-1', attributes: texts }
  return { ...headOf(head, data), data }
}

/** A `universal-inventory` event with one location; in stock if some is available, unless the test says otherwise. */
export function inventoryChanged(head: Head, available: string, inStock?: boolean): UniversalInventoryChanged {
  const total = decimal8(available, 'available')
  const locations = [{ location: 'main', onHand: total, available: total }]
  const data = { sku: head.sku ?? 'A-1', total, inStock: inStock ?? total > 0n, locations }
  return { ...headOf(head, data), data, claims: null }
}

/** A `universal-prices` event with one level, and a tier of ten a tenth below. */
export function pricesChanged(head: Head, amount: string): UniversalPricesChanged {
  const price = decimal8(amount, 'price')
  const tiers = [{ from: decimal8('10', 'from'), price: ((price * 9n) / 10n) as typeof price }]
  const validFrom = Date.UTC(2026, 0, 31, 8)
  const levels = [{ level: 'Base Price', price, currency: 'USD', tiers, validFrom, validTo: null }]
  const data = { sku: head.sku ?? 'A-1', currency: 'USD', cost: null, levels }
  return { ...headOf(head, data), data }
}

/** A `universal-images` event with one image. */
export function imagesChanged(head: Head, url: string): UniversalImagesChanged {
  const gallery = [{ url, position: 1, label: null, mediaType: 'image', picture: null }]
  const data = { sku: head.sku ?? 'A-1', image: url, smallImage: null, thumbnail: null, swatchImage: null, gallery }
  return { ...headOf(head, data), data }
}
