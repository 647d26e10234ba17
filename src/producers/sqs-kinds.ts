import { toGallery } from '../systems/sqs/images.ts'
import { toInventory } from '../systems/sqs/inventory.ts'
import { skuKey } from '../systems/sqs/message.ts'
import { orderKey, toOrder } from '../systems/sqs/order.ts'
import { toProduct } from '../systems/sqs/product.ts'
import type { MessageKind } from './sqs-messages.ts'

export const orderMessages: MessageKind<'orders'> = { entity: 'orders', keyOf: orderKey, decode: toOrder }

export const productMessages: MessageKind<'products'> = { entity: 'products', keyOf: skuKey, decode: toProduct }

/** `read.filter.storeId`: the store whose rows count, where messages have those of several. */
export const inventoryMessages: MessageKind<'inventory'> = {
  entity: 'inventory',
  keyOf: skuKey,
  decode: (wire, context, read) => toInventory(wire, context, read.filter['storeId'] ?? null),
}

export const imageMessages: MessageKind<'images'> = { entity: 'images', keyOf: skuKey, decode: toGallery }
