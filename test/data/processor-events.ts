import type { Connection } from '../../src/configuration/model.ts'
import { decimal4, decimal8, sum, ZERO4, ZERO8 } from '../../src/events/decimal.ts'
import type {
  Address,
  FulfilmentChanged,
  InventoryChanged,
  Order,
  OrderChanged,
  OrderLine,
  PricesChanged,
  ProductChanged,
  VendorOrderRequested,
} from '../../src/events/generated/events.ts'
import { contentDigest, digest } from '../../src/events/identity.ts'
import type { ProcessContext } from '../../src/processors/processor.ts'
import { connectionWith } from './configuration.ts'

export const connectionOf = (
  id: string,
  skuPattern: string,
  more: Parameters<typeof connectionWith>[1] = {},
): Connection =>
  connectionWith(id, { vendor: `${id}-erp`, reads: ['magento.orders.all'], ownership: { skuPattern }, ...more })

export const contextOf = (...connections: Connection[]): ProcessContext => ({
  connections,
  metadataOf: () => undefined,
})

const address: Address = {
  firstName: 'Zoë',
  lastName: 'Łukasz',
  company: null,
  street: ['1 Main St', 'Unit 2'],
  city: 'Austin',
  region: 'Texas',
  regionCode: 'TX',
  postalCode: '78701',
  countryCode: 'US',
  phone: '555',
  email: null,
  namePrefix: null,
  middleName: null,
  nameSuffix: null,
  vatNumber: null,
}

export const lineOf = (lineId: string, sku: string, more: Partial<OrderLine> = {}): OrderLine => ({
  lineId,
  parentLineId: null,
  sku,
  name: sku,
  productType: 'simple',
  quantityOrdered: decimal8('1', 'quantity'),
  quantityCanceled: ZERO8,
  quantityInvoiced: ZERO8,
  quantityShipped: ZERO8,
  quantityRefunded: ZERO8,
  unitPrice: decimal8('10', 'price'),
  originalPrice: null,
  discount: ZERO4,
  tax: ZERO4,
  rowTotal: decimal4('10', 'total'),
  ownAmounts: null,
  attributes: {},
  ...more,
})

const plainOrder = (lines: readonly OrderLine[]): Order => ({
  orderId: '1',
  orderNumber: '000000001',
  state: 'processing',
  status: 'processing',
  placedAt: Date.parse('2026-03-02T04:00:00Z'),
  amends: null,
  storeId: '1',
  currency: 'USD',
  baseCurrency: 'USD',
  baseGrandTotal: null,
  customerId: null,
  customerGroup: null,
  customerEmail: 'Zoe@Example.com',
  billingAddress: address,
  shippingAddress: address,
  shippingMethod: 'flatrate_flatrate',
  paymentMethod: 'checkmo',
  purchaseOrderNumber: 'PO-7',
  couponCode: null,
  lines,
  subtotal: sum(lines.filter(({ parentLineId }) => parentLineId === null).map(({ rowTotal }) => rowTotal)),
  discount: sum(lines.map(({ discount }) => discount)),
  shipping: ZERO4,
  shippingTax: ZERO4,
  tax: sum(lines.map(({ tax }) => tax)),
  giftCard: ZERO4,
  storeCredit: ZERO4,
  charges: [],
  grandTotal: ZERO4,
  attributes: {},
})

/** Subtotal, discount and tax are those of the lines, unless `more` says otherwise. */
export const orderOf = (lines: readonly OrderLine[], more: Partial<Order> = {}): Order => ({
  ...plainOrder(lines),
  ...more,
})

const header = (source: string, key: string, data: unknown) => ({
  eventId: digest(source, key, contentDigest({ deleted: false, data })),
  contentDigest: contentDigest({ deleted: false, data }),
  source,
  key,
  taskId: 'task-1',
  occurredAt: 1_772_000_000_000,
  readAt: 1_772_000_001_000,
  deleted: false,
  raw: null,
})

export const orderChanged = (data: Order, more: Partial<OrderChanged> = {}): OrderChanged => ({
  ...header('magento', data.orderNumber, data),
  data,
  ...more,
})

export const productChanged = (data: Partial<ProductChanged['data']>, more: Partial<ProductChanged> = {}) => {
  const product: ProductChanged['data'] = {
    sku: 'WLD-1',
    name: 'Jacket',
    productType: 'InvtPart',
    active: true,
    parentSku: null,
    barcode: null,
    manufacturer: null,
    price: decimal8('189.5', 'price'),
    currency: 'USD',
    priceLevels: [],
    weight: null,
    weightUnit: null,
    attributes: {},
    ...data,
  }
  return { ...header('netsuite', product.sku, product), data: product, ...more }
}

export const inventoryChanged = (
  sku: string,
  levels: Readonly<Record<string, readonly [onHand: string, available: string]>>,
): InventoryChanged => {
  const locations = Object.entries(levels).map(([location, [onHand, available]]) => ({
    location,
    onHand: decimal8(onHand, 'onHand'),
    available: decimal8(available, 'available'),
    attributes: {},
  }))
  const data = { sku, locations, attributes: {} }
  return { ...header('netsuite', sku, data), data }
}

/** Prices of one piece by level, in USD. */
export const pricesChanged = (
  sku: string,
  prices: Readonly<Record<string, string>>,
  cost: string | null = null,
): PricesChanged => {
  const levels = Object.entries(prices).map(([level, price]) => {
    const period = { validFrom: null, validTo: null }
    return { level, price: decimal8(price, 'price'), currency: 'USD', tiers: [], ...period }
  })
  const costs = cost === null ? null : decimal8(cost, 'cost')
  const data = { sku, currency: 'USD', cost: costs, levels, attributes: {} }
  return { ...header('netsuite', sku, data), data }
}

/** An order for the vendor of a connection, as the router makes it. */
export const vendorOrder = (
  connection: string,
  orderNumber: string,
  data: Order = orderOf([lineOf('1', 'A-1')]),
): VendorOrderRequested => {
  const order = { ...data, orderNumber }
  const { raw: _raw, deleted: _deleted, ...common } = header('magento', orderNumber, order)
  return {
    ...common,
    connection,
    canceled: false,
    sendAfter: null,
    fields: {},
    data: order,
    mappingRevision: 0,
    held: false,
  }
}

/** A shipment of one piece. */
export const fulfilmentChanged = (
  data: Partial<FulfilmentChanged['data']>,
  more: Partial<FulfilmentChanged> = {},
): FulfilmentChanged => {
  const fulfilment: FulfilmentChanged['data'] = {
    fulfilmentId: '77',
    orderNumber: '000000001',
    orderReference: null,
    kind: 'shipment',
    shippedAt: 1_772_000_000_000,
    lines: [{ sku: 'A-1', lineId: '1', quantity: decimal8('1', 'quantity'), location: null, reason: null }],
    tracks: [],
    attributes: {},
    ...data,
  }
  return { ...header('netsuite', fulfilment.fulfilmentId, fulfilment), data: fulfilment, ...more }
}
