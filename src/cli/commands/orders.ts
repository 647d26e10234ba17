import { command, text } from '../command.ts'
import { after, json, limit } from './shared-options.ts'

export const orders = command({
  name: 'orders',
  summary: 'list the latest orders, or find orders by SKU or e-mail address',
  takes: '',
  about: `Number, shop, and the state of each vendor's part. Found orders: last placed first. Without --sku and --email: orders
with a part for a vendor, last changed first. The audit trail records that an address was searched for, but not the address.`,
  options: {
    sku: text('sku', 'orders with this SKU in a line'),
    email: text('address', 'orders of this e-mail address'),
    limit: limit(50, 100),
    after,
    json,
  },
  examples: ['waldstream orders', 'waldstream orders --sku WLD-100'],
})
