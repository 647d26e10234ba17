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

/** Fields that the line already has, that repeat another row, or that change without a change of content. */
const LEFT_OUT = new Set(
  [
    'item_id order_id parent_item_id parent_item sku name product_type qty_ordered qty_canceled qty_invoiced qty_shipped',
    'qty_refunded price original_price discount_amount tax_amount row_total quote_item_id created_at updated_at',
  ].flatMap((names) => names.split(' ')),
)

/** The SKU of a product by its id; undefined if it was not looked up or the shop no longer has the product. */
export type BaseSkus = (productId: string) => string | undefined

/** Converts the rows of an order, parents and children, with amounts and quantities combined by `foldRows`. */
export function toOrderLines(items: readonly Wire[], baseSkus: BaseSkus = () => undefined): OrderLine[] {
  return foldRows(items.map((item, index) => toLine(item, items, `items[${index}].`, baseSkus)))
}

function toLine(item: Wire, items: readonly Wire[], path: string, baseSkus: BaseSkus): OrderLine {
  const amount = (name: string) => amountOf(item, name, path) ?? ZERO4
  const quantity = (name: string) => quantityOf(item, name, path) ?? ZERO8
  const ordered = skuKey(item['sku']) ?? substituteSku(item)
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
    // If prices include tax, Magento's discount includes tax too; the compensation amount is that tax.
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
 * The shipped quantity of a bundle whose components were shipped: the number of bundles that all components together
 * make, because the bundle's own row counts shipments if the shop ships components separately. A component that was
 * refunded before shipping is ignored. If everything left of each component was shipped, the row's own quantity counts.
 * Null: not a bundle, or no component was shipped.
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

/** A row without a SKU belongs to no vendor, only to the seller; its line stays (Guarantee 7). */
function substituteSku(item: Wire): string {
  const product = textOf(item['product_id']) ?? '0'
  return product === '0' ? `item ${textOf(item['item_id']) ?? ''}` : `product ${product}`
}

function parentIdOf(item: Wire): string | null {
  return textOf(item['parent_item_id']) ?? textOf(wireOf(item['parent_item'])['item_id'])
}

/** Whether Magento may have appended SKUs of options to the product's SKU. */
function hasOptionsInSku(item: Wire): boolean {
  const extension = wireOf(wireOf(item['product_option'])['extension_attributes'])
  return wiresOf(extension['custom_options']).length > 0 || (skuKey(item['sku'])?.endsWith('-') ?? false)
}

/** Ids of the products whose own SKUs are needed to read an order's rows. */
export function askedProducts(order: Wire): string[] {
  return wiresOf(order['items'])
    .filter((item) => hasOptionsInSku(item) && textOf(item['product_type']) !== 'configurable')
    .flatMap((item) => textOf(item['product_id']) ?? [])
}

/**
 * The SKU of the item to ship: Magento appends SKUs of custom options to it. A variant of a configurable has its SKU in
 * its own row; other products are looked up by id; without a lookup, only the trailing `-` of options without a SKU can
 * be removed.
 */
function baseSku(ordered: string, item: Wire, items: readonly Wire[], baseSkus: BaseSkus): string {
  if (!hasOptionsInSku(item)) return ordered
  const bare = withoutEnd(ordered, '-')
  const isConfigurable = textOf(item['product_type']) === 'configurable'
  const variant = items.find((one) => isConfigurable && parentIdOf(one) === textOf(item['item_id']))
  const known = isConfigurable ? skuKey(variant?.['sku']) : (baseSkus(textOf(item['product_id']) ?? '') ?? null)
  return known !== null && ordered.startsWith(known) ? known : bare
}
