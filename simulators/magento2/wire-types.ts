/** A JSON value of a column without a type of its own. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** A stored order row; `parent_item` is added to answers. Amounts are numbers with two decimals. */
export interface OrderItem {
  item_id: number
  order_id: number
  parent_item_id?: number
  product_id: number
  sku: string
  name: string
  product_type: 'simple' | 'configurable' | 'bundle' | 'virtual' | 'downloadable'
  /** For bundles whose components are shipped separately; not in answers. */
  ships_apart?: boolean
  qty_ordered: number
  qty_shipped: number
  qty_canceled?: number
  qty_refunded?: number
  price: number
  row_total: number
  tax_amount: number
  discount_amount: number
  [column: string]: unknown
}

export interface Address {
  address_type: 'billing' | 'shipping'
  firstname: string
  lastname: string
  street: string[]
  city: string
  postcode: string
  country_id: string
  telephone: string
  [column: string]: unknown
}

export interface StatusHistory {
  comment: string
  is_customer_notified: number
  is_visible_on_front: number
  parent_id: number
  [column: string]: unknown
}

/** A stored order: its items flat, the shipping address next to the billing address. */
export interface Order {
  entity_id: number
  increment_id: string
  state: string | null
  status: string | null
  created_at: string
  updated_at: string
  customer_email: string
  subtotal: number
  discount_amount: number
  shipping_amount: number
  shipping_tax_amount: number
  tax_amount: number
  grand_total: number
  items: OrderItem[]
  billing_address: Address
  /** Virtual orders have none. */
  shipping_address?: Address
  shipping_method: string
  payment: Record<string, unknown>
  status_histories: StatusHistory[]
  [column: string]: unknown
}

/** An image of a product. */
export interface MediaEntry {
  id: number
  media_type: string
  label: string | null
  position: number
  disabled: boolean
  types: string[]
  file: string
}

export interface CustomAttribute {
  attribute_code: string
  value: string | string[]
}

/** A tier price of an amount among the product's fields; the simulator has no discounts by percent. */
export interface ProductTierPrice {
  customer_group_id: number
  qty: number
  value: number
  extension_attributes: { website_id: number }
}

export interface Product {
  id: number
  sku: string
  name: string
  attribute_set_id: number
  price: number
  status: number
  visibility: number
  type_id: string
  created_at: string
  updated_at: string
  weight?: number
  extension_attributes: Record<string, unknown>
  product_links: Json[]
  options: Json[]
  media_gallery_entries: MediaEntry[]
  tier_prices: ProductTierPrice[]
  custom_attributes: CustomAttribute[]
}

export interface SourceItem {
  sku: string
  source_code: string
  quantity: number
  status: number
}

export interface InventorySource {
  source_code: string
  name: string
  enabled: boolean
  country_id: string
  postcode: string
}

/** One body of a bulk request. Status: 1 complete, 2 failed but retriable, 3 failed, 4 open, 5 rejected. */
export interface BulkOperation {
  id: number
  body: unknown
  status: number
  result_message: string
  error_code: number
}

export interface Bulk {
  uuid: string
  topic: string
  start_time: string
  operations: BulkOperation[]
}

export interface Shipment {
  entity_id: number
  increment_id: string
  order_id: number
  created_at: string
  updated_at: string
  total_qty: number
  items: { order_item_id: number; qty: number; sku: string; name: string }[]
  tracks: Record<string, unknown>[]
  comments: Record<string, unknown>[]
  extension_attributes?: { source_code: string }
}
