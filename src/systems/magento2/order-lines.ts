import { type Decimal8, greatest, least, magnitude, subtract, ZERO4, ZERO8 } from '../../events/decimal.ts'
import type { OrderLine } from '../../events/generated/events.ts'
import { withoutEnd } from '../../platform/without-end.ts'
import { isTakenBack, isVirtual } from '../../rules/quantities.ts'
import { foldRows } from '../kit/fold-rows.ts'
import { skuKey } from '../kit/sku.ts'
import {
  amountOf,
  attributesOf,
  priceOf,
  quantityOf,
  requireText,
  textOf,
  type Wire,
  wireOf,
  wiresOf,
} from '../kit/wire.ts'
import { wholeBundles } from './bundle-shipment.ts'
import { quantitiesOf } from './order-rows.ts'
import { rowType } from './row-type.ts'

/** Fields that are in the line itself, repeat another row, or change without the order's content changing. */
const LEFT_OUT = new Set(
  [
    'item_id order_id parent_item_id parent_item sku name product_type qty_ordered qty_canceled qty_invoiced qty_shipped',
    'qty_refunded price original_price discount_amount tax_amount row_total quote_item_id created_at updated_at',
  ].flatMap((names) => names.split(' ')),
)

/** The SKU of a product by its id; undefined: the shop was not asked, or has no such product any more. */
export type BaseSkus = (productId: string) => string | undefined

/** Rows of an order, parents and children, with their amounts and quantities as `foldRows` has them. */
export function toOrderLines(items: readonly Wire[], baseSkus: BaseSkus = () => undefined): OrderLine[] {
  return foldRows(items.map((item, index) => toLine(item, items, `items[${index}].`, baseSkus)))
}

function toLine(item: Wire, items: readonly Wire[], path: string, baseSkus: BaseSkus): OrderLine {
  const amount = (name: string) => amountOf(item, name, path) ?? ZERO4
  const quantity = (name: string) => quantityOf(item, name, path) ?? ZERO8
  const ordered = skuKey(item['sku']) ?? nameless(item)
  const sku = baseSku(ordered, item, items, baseSkus)
  return {
    lineId: requireText(item, 'item_id', path),
    parentLineId: parentIdOf(item),
    sku,
    name: textOf(item['name']) ?? '',
    productType: rowType(item),
    quantityOrdered: quantity('qty_ordered'),
    quantityCanceled: quantity('qty_canceled'),
    quantityInvoiced: quantity('qty_invoiced'),
    quantityShipped: shippedBundles(item, items) ?? quantity('qty_shipped'),
    quantityRefunded: quantity('qty_refunded'),
    unitPrice: priceOf(item, 'price', path) ?? ZERO8,
    originalPrice: priceOf(item, 'original_price', path),
    // Prices with tax: Magento takes the discount off with its tax and adds that tax again as a compensation.
    discount: subtract(magnitude(amount('discount_amount')), amount('discount_tax_compensation_amount')),
    tax: amount('tax_amount'),
    rowTotal: amount('row_total'),
    ownAmounts: null,
    attributes: {
      ...attributesOf(item, LEFT_OUT),
      ...(sku === ordered ? {} : { ordered_sku: JSON.stringify(ordered) }),
    },
  }
}

/**
 * Of a bundle whose components were shipped: as many as all of them make, for its own row counts shipments where the shop ships
 * them one by one. A component that was taken back before it was shipped is in none. Where of each all that is left was shipped,
 * the bundles are those of the row. Null: it is no bundle, or no component of it was shipped.
 */
function shippedBundles(item: Wire, items: readonly Wire[]): Decimal8 | null {
  if (textOf(item['product_type']) !== 'bundle') return null
  const id = textOf(item['item_id'])
  const parts = items.filter((one) => parentIdOf(one) === id && !isVirtual({ productType: rowType(one) }))
  const counted = parts.map(quantitiesOf).filter((part) => part.quantityOrdered > 0n && !isTakenBack(part))
  if (!counted.some(({ quantityShipped }) => quantityShipped > 0n)) return null
  const whole = quantitiesOf(item)
  const [first = ZERO8, ...others] = counted.map(
    ({ quantityOrdered, quantityShipped }) =>
      (((quantityShipped as bigint) * whole.quantityOrdered) / quantityOrdered) as Decimal8,
  )
  const left = wholeBundles(whole, parts, (part) => quantitiesOf(part).quantityShipped)
  return greatest(others.reduce(least, first), least(left, whole.quantityShipped))
}

/** A row without SKU is nobody's but the seller's; its line stays (Guarantee 7). */
function nameless(item: Wire): string {
  const product = textOf(item['product_id']) ?? '0'
  return product === '0' ? `item ${textOf(item['item_id']) ?? ''}` : `product ${product}`
}

function parentIdOf(item: Wire): string | null {
  return textOf(item['parent_item_id']) ?? textOf(wireOf(item['parent_item'])['item_id'])
}

/** Whether Magento may have put the SKUs of options to that of the product. */
function hasOptionsInSku(item: Wire): boolean {
  const extension = wireOf(wireOf(item['product_option'])['extension_attributes'])
  return wiresOf(extension['custom_options']).length > 0 || (skuKey(item['sku'])?.endsWith('-') ?? false)
}

/** Ids of the products whose own SKUs it takes to read an order's rows. */
export function askedProducts(order: Wire): string[] {
  return wiresOf(order['items'])
    .filter((item) => hasOptionsInSku(item) && textOf(item['product_type']) !== 'configurable')
    .flatMap((item) => textOf(item['product_id']) ?? [])
}

/**
 * The SKU of what is sent: Magento joins it with those of custom options. A variant of a configurable is known by its own
 * row, any other product by its id, and where the shop does not tell, only options without a SKU can be taken off.
 */
function baseSku(ordered: string, item: Wire, items: readonly Wire[], baseSkus: BaseSkus): string {
  if (!hasOptionsInSku(item)) return ordered
  const bare = withoutEnd(ordered, '-')
  const isConfigurable = textOf(item['product_type']) === 'configurable'
  const variant = items.find((one) => isConfigurable && parentIdOf(one) === textOf(item['item_id']))
  const known = isConfigurable ? skuKey(variant?.['sku']) : (baseSkus(textOf(item['product_id']) ?? '') ?? null)
  return known !== null && ordered.startsWith(known) ? known : bare
}
