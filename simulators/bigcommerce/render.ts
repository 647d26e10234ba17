import { BIGCOMMERCE_CREDENTIALS } from './credentials.ts'
import { LOCATIONS } from './make-products.ts'
import { columnDefaults } from './product-columns.ts'
import { toRfc2822, toV3Time } from './times.ts'
import type { Image, Order, Product, Stock } from './wire-types.ts'

const STATUSES = [
  'Incomplete',
  'Pending',
  'Shipped',
  'Partially Shipped',
  'Refunded',
  'Cancelled',
  'Declined',
  'Awaiting Payment',
  'Awaiting Pickup',
  'Awaiting Shipment',
  'Completed',
  'Awaiting Fulfillment',
  'Manual Verification Required',
  'Disputed',
  'Partially Refunded',
]

/** An order as v2 writes it: products and addresses are links. */
export function renderOrder(order: Order, include = '', zone = '+0000'): Record<string, unknown> {
  const { columns, products, addresses, coupons, fees, refunds: _, ...own } = order
  const status = STATUSES[order.status_id] ?? ''
  const link = (name: string) => ({
    url: `https://api.bigcommerce.com/stores/${BIGCOMMERCE_CREDENTIALS.storeHash}/v2/orders/${order.id}/${name}`,
    resource: `/orders/${order.id}/${name}`,
  })
  return {
    ...own,
    date_created: toRfc2822(order.date_created, zone),
    date_modified: toRfc2822(order.date_modified, zone),
    date_shipped: toRfc2822(order.date_shipped, zone),
    status,
    custom_status: status,
    ...columns,
    items_shipped: products.reduce((sum, { quantity_shipped: shipped }) => sum + shipped, 0),
    shipping_address_count: addresses.length,
    billing_address: { ...order.billing_address, form_fields: [] },
    products: link('products'),
    shipping_addresses: link('shippingaddresses'),
    coupons: link('coupons'),
    ...(include.split(',').includes('fees') ? { fees } : {}),
  }
}

const lists = ['variants', 'images', 'custom_fields'] as const

/** A product as v3 writes it; lists only on request. */
export function renderProduct(product: Product, include: readonly string[], base: string, stock: readonly Stock[]) {
  const { variants, images, custom_fields, ...own } = product
  const of = (id?: number) =>
    stock
      .filter((one) => one.product_id === product.id && (id === undefined || one.variant_id === id))
      .reduce((sum, { quantity }) => sum + quantity, 0)
  const all = {
    custom_fields,
    images: images.map((image) => renderImage(image, base)),
    variants: variants.map((variant) => ({
      ...variant,
      calculated_price: variant.price ?? product.price,
      inventory_level: of(variant.id),
    })),
  }
  return {
    ...columnDefaults,
    ...own,
    calculated_price: product.price,
    base_variant_id: variants.length === 1 ? (variants[0]?.id ?? null) : null,
    option_set_id: null,
    option_set_display: 'right',
    inventory_level: of(),
    date_created: toV3Time(product.date_created),
    date_modified: toV3Time(product.date_modified),
    ...Object.fromEntries(lists.filter((name) => include.includes(name)).map((name) => [name, all[name]])),
  }
}

export function renderImage({ file, date_modified, ...image }: Image, base: string) {
  const url = file.startsWith('/') ? `${base}${file}` : file
  return {
    ...image,
    image_file: file.slice(file.lastIndexOf('/') + 1),
    url_zoom: url,
    url_standard: url,
    url_thumbnail: url,
    url_tiny: url,
    date_modified: toV3Time(date_modified),
  }
}

/** An inventory item: one variant at all of its locations. */
export function renderItem(rows: readonly Stock[]) {
  const [first] = rows
  return {
    identity: {
      sku: first?.sku ?? '',
      variant_id: first?.variant_id ?? 0,
      product_id: first?.product_id ?? 0,
      sku_id: first?.variant_id ?? 0,
    },
    locations: rows.map(({ location_id, quantity }) => ({
      ...LOCATIONS.find((location) => location.location_id === location_id),
      location_enabled: true,
      available_to_sell: quantity,
      total_inventory_onhand: quantity,
      settings: { safety_stock: 0, is_in_stock: quantity > 0, warning_level: 0, bin_picking_number: '' },
    })),
  }
}
