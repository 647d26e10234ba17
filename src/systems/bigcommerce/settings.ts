import {
  choice,
  currencyCode,
  flag,
  list,
  setting,
  text,
  type ValueKind,
  type ValuesOf,
  whole,
} from '../../configuration/setting.ts'
import { type ConnectableSystem, requireSecret } from '../kit/configured-system.ts'
import { b2bSorts } from './b2b-client.ts'
import type { BigCommerceSettings } from './client.ts'

const statusId = whole({ minimum: 0, maximum: 999_999_999 })

/** Earlier versions accepted any field; their default, an order id, is rejected by B2B Edition. */
const b2bSort: ValueKind<(typeof b2bSorts)[number]> = {
  ...choice(b2bSorts),
  parse: (given) => (given === 'bcOrderId' ? 'createdAt' : choice(b2bSorts).parse(given)),
}

export const settings = {
  storeHash: setting(text({ pattern: /[A-Za-z0-9]+/, expected: 'letters and digits, as in the address of the API' }), {
    required: true,
    description: 'id of the store',
  }),
  currency: setting(currencyCode, { description: "ISO 4217 code of the catalog's prices" }),
  weightUnit: setting(text({ expected: 'a unit, such as kg' }), { description: "unit of the catalog's weights" }),
  defaultLocation: setting(whole({ minimum: 1, maximum: 999_999_999 }), {
    default: 1,
    description: 'location that stock is pushed to if the connection has no stock.locations',
  }),
  closureStatus: setting(statusId, {
    description: 'status id for an order whose open rest the vendor closed, such as 10',
  }),
  cancellationStatus: setting(statusId, { description: 'status id for an order that the vendor canceled, such as 5' }),
  webhookTolerance: setting(whole({ minimum: 1, maximum: 86_400 }), {
    default: 300,
    description: "maximum difference in seconds between a webhook's time and now",
  }),
  b2b: setting(flag, { default: false, description: 'read orders with their B2B Edition part' }),
  b2bAddress: setting(text({ pattern: /https?:\/\/\S+/, expected: 'an http(s) address' }), {
    default: 'https://api-b2b.bigcommerce.com',
    description: 'address of B2B Edition',
  }),
  b2bPerMinute: setting(whole({ minimum: 1, maximum: 1_000_000 }), {
    default: 150,
    description: 'requests per minute that B2B Edition accepts from all apps together',
  }),
  b2bSortBy: setting(b2bSort, { default: 'createdAt', description: 'time by which B2B Edition sorts orders' }),
  b2bChannels: setting(list(whole({ minimum: 1, maximum: 999_999_999 }), 'ids of channels'), {
    description: 'channels whose orders are read from B2B Edition; default: all that the API account may see',
  }),
}

/** `filter` of reads of stock. */
export const stockFilter = {
  locations: setting(list(whole({ minimum: 1, maximum: 999_999_999 }), 'ids of locations'), {
    description: 'locations whose stock counts; all by default',
  }),
}

const ids = list(whole({ minimum: 0, maximum: 999_999_999 }), 'ids')

/**
 * `filter` of order reads: a filter of the list that is also a field of the order. The list ignores unknown filters.
 */
export const orderFilter = {
  channel_id: setting(statusId, { description: 'orders of one channel (storefront)' }),
  customer_id: setting(statusId, { description: 'orders of one customer' }),
  payment_method: setting(text({ expected: 'the name of a payment method' }), {
    description: 'orders with one payment method',
  }),
  external_order_id: setting(text(), { description: 'the order with this id in another system' }),
}

/** `filter` of product and image reads: filters of the catalog's list. */
export const catalogFilter = {
  'channel_id:in': setting(ids, { description: 'products of these channels (storefronts)' }),
  'categories:in': setting(ids, { description: 'products of these categories' }),
  'id:in': setting(ids, { description: 'these products' }),
  'sku:in': setting(list(text(), 'SKUs'), { description: 'products with these SKUs' }),
  'id:not_in': setting(ids, { description: 'all but these products' }),
  name: setting(text(), { description: 'products with this name' }),
  mpn: setting(text(), { description: 'products with this manufacturer part number' }),
  upc: setting(text(), { description: 'products with this UPC' }),
  keyword: setting(text(), { description: 'products with this text in name, description or SKU' }),
  is_free_shipping: setting(whole({ minimum: 0, maximum: 1 }), {
    description: 'products with free shipping (1) or without (0)',
  }),
  brand_id: setting(statusId, { description: 'products of one brand' }),
  type: setting(choice(['physical', 'digital']), { description: 'products of one type' }),
  condition: setting(choice(['new', 'used', 'refurbished']), { description: 'products in one condition' }),
  availability: setting(choice(['available', 'disabled', 'preorder']), {
    description: 'products with one availability',
  }),
  is_visible: setting(whole({ minimum: 0, maximum: 1 }), {
    description: 'products that the storefront shows (1) or hides (0)',
  }),
  is_featured: setting(whole({ minimum: 0, maximum: 1 }), { description: 'products that are featured (1) or not (0)' }),
}

export type BigCommerceValues = ValuesOf<typeof settings>

export const secrets = { ways: [{ accessToken: "access token of the store's API account" }] }

/** Throws `configuration_invalid` with the missing secret. */
export function clientSettings(system: ConnectableSystem<BigCommerceValues>): BigCommerceSettings {
  const { storeHash, b2b, b2bAddress, b2bPerMinute, b2bSortBy, b2bChannels } = system.settings
  const limits = { concurrency: system.limits.concurrency, perMinute: b2bPerMinute }
  return {
    baseUrl: system.address,
    storeHash,
    accessToken: requireSecret(system, 'accessToken'),
    limits: system.limits,
    b2b: b2b ? { baseUrl: b2bAddress, limits, sortBy: b2bSortBy, channels: b2bChannels?.map(String) ?? null } : null,
  }
}
