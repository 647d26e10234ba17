import { toGallery } from './images.ts'
import { toInventory } from './inventory.ts'
import { skuKey } from './message.ts'
import { orderKey, toOrder } from './order.ts'
import { toProduct } from './product.ts'
import type { MessageKind } from './read-messages.ts'

export const orderMessages: MessageKind<'orders'> = { entity: 'orders', keyOf: orderKey, decode: toOrder }

export const productMessages: MessageKind<'products'> = { entity: 'products', keyOf: skuKey, decode: toProduct }

/** `read.filter.storeId`: the store whose rows count, where messages have those of several. */
export const inventoryMessages: MessageKind<'inventory'> = {
  entity: 'inventory',
  keyOf: skuKey,
  decode: (wire, context, read) => toInventory(wire, context, read.filter['storeId'] ?? null),
}

export const imageMessages: MessageKind<'images'> = { entity: 'images', keyOf: skuKey, decode: toGallery }
