/** An order of v2 with its linked content; times are ISO 8601 here, RFC 2822 on the wire. */
export interface Order {
  id: number
  customer_id: number
  date_created: string
  date_modified: string
  date_shipped: string
  status_id: number
  channel_id: number
  staff_notes: string
  customer_message: string
  is_deleted: boolean
  billing_address: Address
  /** Amounts as text with four decimals, and other list columns. */
  columns: Record<string, unknown>
  products: OrderProduct[]
  addresses: OrderAddress[]
  coupons: { id: number; coupon_id: number; code: string; amount: string; type: number; discount: number }[]
  fees: Fee[]
  /** Refunds of v3; absent: none. */
  refunds?: Refund[]
}

export interface Fee {
  id: number
  cost_ex_tax: string
  cost_inc_tax: string
  [column: string]: unknown
}

/** A refund of v3; `item_type`: whether it refunds pieces or money. */
export interface Refund {
  id: number
  order_id: number
  user_id: number
  created: string
  reason: string
  total_amount: number
  total_tax: number
  uses_merchant_override_values: boolean
  items: RefundItem[]
  payments: RefundPayment[]
}

export interface RefundItem {
  item_type: 'PRODUCT' | 'GIFT_WRAPPING' | 'ORDER' | 'SHIPPING' | 'HANDLING' | 'FEE'
  item_id: number
  reason: string
  quantity?: number
  requested_amount: number
}

export interface RefundPayment {
  id: number
  provider_id: string
  amount: number
  offline: boolean
  is_declined: boolean
  declined_message: string
}

export interface Address {
  first_name: string
  last_name: string
  company: string
  street_1: string
  street_2: string
  city: string
  state: string
  zip: string
  country: string
  country_iso2: string
  phone: string
  email: string
}

export interface OrderAddress extends Address {
  id: number
  order_id: number
  shipping_method: string
  cost_ex_tax: string
  cost_inc_tax: string
  cost_tax: string
  [column: string]: unknown
}

export interface OrderProduct {
  id: number
  order_id: number
  product_id: number
  variant_id: number
  order_address_id: number
  sku: string
  quantity: number
  quantity_shipped: number
  quantity_refunded: number
  parent_order_product_id: number | null
  [column: string]: unknown
}

export interface Shipment {
  id: number
  order_id: number
  customer_id: number
  order_address_id: number
  date_created: string
  tracking_number: string
  shipping_method: string
  shipping_provider: string
  tracking_carrier: string
  tracking_link: string
  comments: string
  items: { order_product_id: number; product_id: number; quantity: number }[]
}

export interface Product {
  id: number
  name: string
  type: string
  sku: string
  description: string
  weight: number
  price: number
  categories: number[]
  brand_id: number
  inventory_tracking: 'none' | 'product' | 'variant'
  is_visible: boolean
  date_created: string
  date_modified: string
  custom_fields: { id: number; name: string; value: string }[]
  images: Image[]
  variants: Variant[]
  [column: string]: unknown
}

export interface Variant {
  id: number
  product_id: number
  sku: string
  price: number | null
  image_url: string
  option_values: { id: number; label: string; option_id: number; option_display_name: string }[]
  [column: string]: unknown
}

/** `file`: below the store's own address, or the original address. */
export interface Image {
  id: number
  product_id: number
  is_thumbnail: boolean
  sort_order: number
  description: string
  file: string
  date_modified: string
}

export interface Stock {
  variant_id: number
  product_id: number
  sku: string
  location_id: number
  quantity: number
}

export interface Hook {
  id: number
  scope: string
  destination: string
  is_active: boolean
  headers: Record<string, string> | null
  created_at: number
  updated_at: number
}

export interface Company {
  companyId: number
  companyName: string
  extraFields: { fieldName: string; fieldValue: string }[]
  [column: string]: unknown
}

/** Unix seconds. */
export interface B2bOrder {
  id: number
  bcOrderId: number
  companyId: number
  poNumber: string
  extraFields: { fieldName: string; fieldValue: string }[]
  createdAt: number
  updatedAt: number
  [column: string]: unknown
}
