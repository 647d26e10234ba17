import { decimal8, sum, ZERO8 } from '../../src/events/decimal.ts'
import type {
  FulfilmentLine,
  ShopFulfilmentRequested,
  ShopImagesRequested,
  ShopInventoryRequested,
  ShopProductsRequested,
  Track,
  UniversalImages,
} from '../../src/events/generated/events.ts'
import { digest } from '../../src/events/identity.ts'

/** What all events of connection `con` have in common; the content tells them apart. */
function about(key: string, content: unknown) {
  const contentDigest = digest(
    JSON.stringify(content, (_key, value) => (typeof value === 'bigint' ? String(value) : value)),
  )
  const head = { connection: 'con', source: 'erp', key, taskId: null, occurredAt: 1, readAt: 1 }
  return { ...head, contentDigest, eventId: `${key} ${contentDigest}` }
}

export const fulfilmentLine = (sku: string, quantity: string, more: Partial<FulfilmentLine> = {}): FulfilmentLine => ({
  sku,
  lineId: null,
  location: null,
  reason: null,
  quantity: decimal8(quantity, 'quantity'),
  ...more,
})

export function shopFulfilment(
  key: string,
  orderNumber: string,
  lines: readonly FulfilmentLine[],
  more: { readonly kind?: string; readonly tracks?: readonly Track[] } = {},
): ShopFulfilmentRequested {
  const { kind = 'shipment', tracks = [] } = more
  const order = { orderNumber, orderReference: `con-${orderNumber}` }
  const data = { fulfilmentId: key, ...order, kind, shippedAt: 1, lines, tracks, attributes: {} }
  return { ...about(key, data), data }
}

/** `attributes`: as values; null: the product is gone. */
export function shopProduct(sku: string, attributes: Readonly<Record<string, unknown>> | null): ShopProductsRequested {
  const texts = Object.entries(attributes ?? {}).map(([name, value]) => [name, JSON.stringify(value)] as const)
  const data = { sku, attributes: Object.fromEntries(texts) }
  return {
    ...about(sku, { data, deleted: attributes === null }),
    mappingRevision: 1,
    deleted: attributes === null,
    data,
  }
}

/** `stock`: what each location has; null: the item is gone. */
export function shopStock(sku: string, stock: Readonly<Record<string, string>> | null): ShopInventoryRequested {
  const locations = Object.entries(stock ?? {}).map(([location, text]) => {
    const available = decimal8(text, 'available')
    return { location, onHand: available, available }
  })
  const total = sum(locations.map(({ available }) => (available < 0n ? ZERO8 : available)))
  const data = { sku, total, inStock: total > 0n, locations }
  return { ...about(sku, { data, deleted: stock === null }), mappingRevision: 1, deleted: stock === null, data }
}

/** `images`: null: there are none any more. */
export function shopImages(sku: string, images: Partial<UniversalImages> | null, source = 'feed'): ShopImagesRequested {
  const none = { image: null, smallImage: null, thumbnail: null, swatchImage: null, gallery: [] }
  const data = { sku, ...none, ...images }
  return {
    ...about(sku, { data, deleted: images === null }),
    source,
    mappingRevision: 1,
    deleted: images === null,
    data,
  }
}
