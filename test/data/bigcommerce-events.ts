import type { Connection } from '../../src/configuration/model.ts'
import { decimal8, sum } from '../../src/events/decimal.ts'
import type {
  Fulfilment,
  ShopFulfilmentRequested,
  ShopImagesRequested,
  ShopInventoryRequested,
  ShopProductsRequested,
} from '../../src/events/generated/events.ts'
import type { Before } from '../../src/systems/kit/sink.ts'
import { connectionWith } from './configuration.ts'

export const bcConnection = (more: Partial<Connection> = {}): Connection =>
  connectionWith('a', {
    shop: 'bc',
    vendor: 'erp',
    ownership: { skuPattern: '^WLD-' },
    orderStates: ['awaiting_fulfillment'],
    ...more,
  })

/** Nothing was tried before. */
export const FIRST: Before = { targetId: null, unclear: false }

const header = (key: string) => ({
  eventId: `event ${key}`,
  contentDigest: `digest ${key}`,
  connection: 'a',
  source: 'erp',
  key,
  taskId: null,
  occurredAt: 1_772_000_000_000,
  readAt: 1_772_000_001_000,
})

export type Lines = readonly (readonly [sku: string, quantity: string, lineId?: string])[]

/** A shipment of an order's lines, unless `more` says otherwise. */
export function shopFulfilment(
  key: string,
  orderNumber: string,
  lines: Lines,
  more: Partial<Fulfilment> = {},
): ShopFulfilmentRequested {
  const data: Fulfilment = {
    fulfilmentId: key,
    orderNumber,
    orderReference: `a-${orderNumber}`,
    kind: 'shipment',
    shippedAt: null,
    lines: lines.map(([sku, quantity, lineId]) => ({
      sku,
      lineId: lineId ?? null,
      quantity: decimal8(quantity, 'quantity'),
      location: null,
      reason: null,
    })),
    tracks: [],
    attributes: {},
    ...more,
  }
  return { ...header(key), data }
}

export function shopInventory(
  sku: string,
  levels: Readonly<Record<string, string>>,
  deleted = false,
): ShopInventoryRequested {
  const locations = Object.entries(levels).map(([location, text]) => {
    const available = decimal8(text, 'available')
    return { location, onHand: available, available }
  })
  const total = sum(locations.map(({ available }) => available))
  const data = { sku, total, inStock: total > 0n, locations }
  return { ...header(sku), mappingRevision: 1, deleted, data }
}

export function shopProduct(
  sku: string,
  attributes: Readonly<Record<string, unknown>>,
  deleted = false,
): ShopProductsRequested {
  const texts = Object.entries(attributes).map(([name, value]) => [name, JSON.stringify(value)])
  return { ...header(sku), mappingRevision: 1, deleted, data: { sku, attributes: Object.fromEntries(texts) } }
}

export function shopImages(sku: string, urls: readonly string[], deleted = false): ShopImagesRequested {
  const gallery = urls.map((url, index) => ({
    url,
    position: index + 1,
    label: `View ${index + 1}`,
    mediaType: 'image',
    picture: null,
  }))
  const image = urls[0] ?? null
  const data = { sku, image, smallImage: image, thumbnail: image, swatchImage: null, gallery }
  return { ...header(sku), mappingRevision: 1, deleted, data }
}
