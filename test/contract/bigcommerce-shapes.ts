/**
 * What BigCommerce's documentation says of what we read and write, as far as we rely on it, restated: no specification of it
 * may be kept here. Closed where we send, open where we read.
 */
type Schema = Readonly<Record<string, unknown>>

const text = { type: 'string' }
const whole = { type: 'integer' }
const yes = { type: 'boolean' }
const number = { type: 'number' }
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] })
/** `"336.3200"` */
const money = { type: 'string', pattern: '^-?\\d+\\.\\d{4}$' }
const rfc2822 = {
  type: 'string',
  pattern: '^[A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d [+-]\\d{4}$',
}
const iso = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\+00:00$' }
const listOf = (items: Schema): Schema => ({ type: 'array', items })

const fields = (names: string, schema: Schema): Record<string, Schema> =>
  Object.fromEntries(names.split(' ').map((name) => [name, schema]))

/** Everything named is required; `open` lets further fields be there. */
const object = (properties: Record<string, Schema>, open: boolean, optional: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: open,
})

const three = (names: string) =>
  names
    .split(' ')
    .flatMap((name) => [`${name}_ex_tax`, `${name}_inc_tax`])
    .join(' ')

const link = object({ url: text, resource: text }, false)
const address = object(
  {
    ...fields('first_name last_name company street_1 street_2 city state zip country phone email', text),
    country_iso2: { type: 'string', pattern: '^[A-Z]{2}$' },
  },
  true,
)

const order = object(
  {
    ...fields('id customer_id status_id channel_id items_total items_shipped', whole),
    ...fields('status staff_notes currency_code default_currency_code payment_method payment_status', text),
    ...fields('date_created date_modified', rfc2822),
    date_shipped: { anyOf: [rfc2822, { const: '' }] },
    ...fields(three('subtotal shipping_cost handling_cost wrapping_cost total'), money),
    ...fields('total_tax discount_amount coupon_discount refunded_amount', money),
    ...fields('store_credit_amount gift_certificate_amount', money),
    ...fields('is_deleted is_tax_inclusive_pricing order_is_digital', yes),
    billing_address: address,
    ...fields('products shipping_addresses coupons', link),
  },
  true,
)

const orderProduct = object(
  {
    ...fields('id order_id product_id variant_id order_address_id quantity quantity_shipped quantity_refunded', whole),
    ...fields('name sku upc type', text),
    ...fields(`${three('price total')} total_tax base_price base_total`, money),
    parent_order_product_id: orNull(whole),
    applied_discounts: listOf(object({ id: text, amount: money, name: text, code: orNull(text), target: text }, true)),
    product_options: listOf(object({ id: whole, display_name: text, display_value: text }, true)),
  },
  true,
)

const shipment = object(
  {
    ...fields('id order_id order_address_id', whole),
    ...fields('tracking_number shipping_method shipping_provider tracking_carrier tracking_link comments', text),
    date_created: rfc2822,
    items: listOf(object({ order_product_id: whole, quantity: whole }, true)),
  },
  true,
)

const image = object(
  {
    ...fields('id product_id sort_order', whole),
    ...fields('description url_zoom url_standard url_thumbnail url_tiny', text),
    is_thumbnail: yes,
    date_modified: iso,
  },
  true,
)

const variant = object(
  {
    ...fields('id product_id inventory_level', whole),
    ...fields('sku image_url', text),
    price: orNull(number),
    calculated_price: number,
    option_values: listOf(object({ id: whole, label: text, option_id: whole, option_display_name: text }, false)),
  },
  true,
)

const product = object(
  {
    ...fields('id brand_id inventory_level', whole),
    ...fields('name type sku description', text),
    ...fields('price weight calculated_price', number),
    inventory_tracking: { enum: ['none', 'product', 'variant'] },
    is_visible: yes,
    categories: listOf(whole),
    ...fields('date_created date_modified', iso),
    variants: listOf(variant),
    images: listOf(image),
    custom_fields: listOf(object({ id: whole, name: text, value: text }, false)),
  },
  true,
)

const stockItem = object(
  {
    identity: object({ sku: text, variant_id: whole, product_id: whole, sku_id: orNull(whole) }, false),
    locations: listOf(
      object(
        {
          ...fields('location_id available_to_sell total_inventory_onhand', whole),
          ...fields('location_code location_name', text),
          location_enabled: yes,
          settings: { type: 'object' },
        },
        false,
      ),
    ),
  },
  false,
)

const pagination = object(
  { ...fields('total count per_page current_page total_pages', whole), links: { type: 'object' } },
  false,
)
export const v3Page = (rows: Schema): Schema =>
  object({ data: listOf(rows), meta: object({ pagination }, false) }, false)

/** What we read, by name. */
export const answers = {
  order,
  orderProduct,
  orderAddress: object(
    {
      ...fields('id order_id', whole),
      ...fields('first_name last_name street_1 city zip country_iso2 shipping_method', text),
      ...fields('cost_ex_tax cost_inc_tax', money),
    },
    true,
  ),
  shipment,
  product,
  variant,
  stockItem,
  hook: object(
    {
      ...fields('id created_at updated_at', whole),
      ...fields('client_id store_hash scope destination', text),
      is_active: yes,
      headers: orNull({ type: 'object' }),
    },
    false,
  ),
  callback: object(
    {
      ...fields('store_id producer scope', text),
      data: object({ type: text, id: whole }, true),
      hash: { type: 'string', pattern: '^[0-9a-f]{40}$' },
      created_at: whole,
    },
    false,
  ),
  v2Error: { ...listOf(object({ status: whole, message: text }, true)), minItems: 1 },
  v3Error: object({ status: whole, title: text, type: text, errors: { type: 'object' } }, true),
  b2bOrders: object(
    {
      code: { const: 200 },
      data: listOf(
        object(
          {
            ...fields('id bcOrderId companyId createdAt updatedAt', whole),
            poNumber: text,
            extraFields: listOf(object({ fieldName: text, fieldValue: text }, false)),
          },
          true,
        ),
      ),
      meta: object({ message: text, ...fields('totalCount limit offset', whole) }, false),
    },
    false,
  ),
  b2bCompany: object(
    { code: { const: 200 }, data: object({ companyId: whole, companyName: text }, true), meta: { type: 'object' } },
    false,
  ),
  b2bError: object({ code: whole, data: { type: 'object' }, meta: object({ message: text }, true) }, false),
} as const satisfies Record<string, Schema>

const short = (maxLength: number): Schema => ({ type: 'string', maxLength })
const shipmentTexts = {
  tracking_number: short(50),
  shipping_provider: {
    enum: [
      '',
      'auspost',
      'canadapost',
      'endicia',
      'fedex',
      'royalmail',
      'shipperhq',
      'ups',
      'upsonline',
      'upsready',
      'usps',
    ],
  },
  tracking_carrier: text,
  comments: text,
}
const imageFields = { description: text, sort_order: whole, is_thumbnail: yes }
const productFields = {
  ...fields('name description type sku', text),
  ...fields('price weight cost_price', number),
  categories: listOf(whole),
  is_visible: yes,
  inventory_tracking: { enum: ['none', 'product', 'variant'] },
}
const customField = object({ name: { ...short(250), minLength: 1 }, value: { ...short(250), minLength: 1 } }, false)

/** What we send, by method and the path with its numbers taken out. */
export const requests: Readonly<Record<string, Schema>> = {
  'POST /v2/orders/#/shipments': object(
    {
      order_address_id: whole,
      ...shipmentTexts,
      items: {
        ...listOf(object({ order_product_id: whole, quantity: { type: 'integer', minimum: 1 } }, false)),
        minItems: 1,
      },
    },
    false,
  ),
  'PUT /v2/orders/#/shipments/#': object({ order_address_id: whole, ...shipmentTexts }, false),
  'PUT /v2/orders/#': object({ staff_notes: text, status_id: { type: 'integer', minimum: 0, maximum: 14 } }, false, [
    'status_id',
  ]),
  'PUT /v3/inventory/adjustments/absolute': object(
    {
      reason: text,
      items: {
        ...listOf(object({ location_id: whole, sku: text, quantity: { type: 'integer', minimum: 0 } }, false)),
        minItems: 1,
        maxItems: 2000,
      },
    },
    false,
  ),
  'POST /v3/catalog/products': object({ ...productFields, custom_fields: listOf(customField) }, false, [
    'description',
    'cost_price',
    'categories',
    'is_visible',
    'inventory_tracking',
    'custom_fields',
  ]),
  'PUT /v3/catalog/products/#': { ...object(productFields, false, Object.keys(productFields)), minProperties: 1 },
  'PUT /v3/catalog/products/#/variants/#': object({ price: number, purchasing_disabled: yes }, false, [
    'price',
    'purchasing_disabled',
  ]),
  'POST /v3/catalog/products/#/custom-fields': customField,
  'PUT /v3/catalog/products/#/custom-fields/#': customField,
  'POST /v3/catalog/products/#/images': object({ image_url: short(255), ...imageFields }, false),
  'PUT /v3/catalog/products/#/images/#': object(imageFields, false),
}
