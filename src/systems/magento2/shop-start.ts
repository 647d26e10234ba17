import type { ShopStart } from '../../configuration/system-type.ts'

/** Attributes that Magento needs to show a product; Magento pulls its feeds. */
export const shopStart: ShopStart = {
  rules: [
    { attribute: 'name', from: 'name', required: true },
    { attribute: 'price', from: 'price', type: 'decimal', required: true },
    { attribute: 'status', from: 'active', type: 'integer', required: true, lookup: { true: 1, false: 2 } },
    { attribute: 'weight', from: 'weight', type: 'decimal' },
  ],
  example: { name: 'Jacket', price: '52', status: 1 },
  push: [],
}
