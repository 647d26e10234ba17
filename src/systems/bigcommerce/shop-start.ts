import type { ShopStart } from '../../configuration/system-type.ts'

/** BigCommerce requires a type and a weight for a new product, and does not pull feeds. */
export const shopStart: ShopStart = {
  rules: [
    { attribute: 'name', from: 'name', required: true },
    { attribute: 'price', from: 'price', type: 'decimal', required: true },
    { attribute: 'is_visible', from: 'active', type: 'boolean', required: true },
    { attribute: 'type', constant: 'physical' },
    { attribute: 'weight', from: 'weight', type: 'decimal', default: '1' },
  ],
  example: { name: 'Jacket', price: '52', is_visible: true, type: 'physical', weight: '1' },
  push: ['products', 'inventory'],
}
