import type { Order, OrderItem, Product, SourceItem } from './wire-types.ts'

/** The order as REST returns it: child rows with their parent, the shipping address among the extension attributes. */
export function renderOrder(order: Order): Record<string, unknown> {
  const { shipping_address: address, shipping_method: method, items, ...columns } = order
  const rendered = items.map((item) => renderItem(item, items))
  const total: Record<string, unknown> = {}
  for (const name of ['shipping_amount', 'shipping_tax_amount', 'shipping_incl_tax', 'shipping_discount_amount']) {
    total[name] = columns[name]
    total[`base_${name}`] = columns[`base_${name}`]
  }
  const assignment = { shipping: { address, method, total }, items: rendered }
  const extension = Object(columns['extension_attributes']) as object
  return omitNulls({
    ...columns,
    items: rendered,
    extension_attributes: { ...extension, shipping_assignments: [assignment] },
  }) as Record<string, unknown>
}

function renderItem(item: OrderItem, items: readonly OrderItem[]): OrderItem {
  const parent = items.find(({ item_id }) => item_id === item.parent_item_id)
  return parent === undefined ? shown(item) : { ...shown(item), parent_item: shown(parent) }
}

const shown = ({ ships_apart: _apart, ...item }: OrderItem): OrderItem => item

/** The product as REST returns it. */
export function renderProduct(product: Product): Record<string, unknown> {
  return { ...product, media_gallery_entries: product.media_gallery_entries }
}

export function renderSourceItem({ sku, source_code, quantity, status }: SourceItem): SourceItem {
  return { sku, source_code, quantity, status }
}

/** Like the vendor's serializer: null is sent only for an order's state and status. */
function omitNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(omitNulls)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(
    ([name, member]) => member !== undefined && (member !== null || name === 'state' || name === 'status'),
  )
  return Object.fromEntries(kept.map(([name, member]) => [name, omitNulls(member)]))
}
