import { add, allocate, type Decimal4, type Decimal8, subtract, sum, ZERO4, ZERO8 } from '../../events/decimal.ts'
import type { LineAmounts, OrderLine } from '../../events/generated/events.ts'
import { PRODUCT_WITH_PARTS } from '../../rules/quantities.ts'
import { skuKey } from '../kit/sku.ts'
import {
  amountOf,
  attributesOf,
  priceOf,
  quantityOf,
  requireAmount,
  requireText,
  textOf,
  type Wire,
  wiresOf,
} from '../kit/wire.ts'

/** Fields that the line already has, that repeat the order, or that change without a change of content. */
const LEFT_OUT = new Set(
  [
    'id order_id parent_order_product_id sku name type quantity quantity_shipped quantity_refunded is_refunded',
    'price_ex_tax total_ex_tax total_tax applied_discounts refund_amount return_id ebay_transaction_id ebay_item_id',
  ].flatMap((names) => names.split(' ')),
)

/** A line with further data of its row. */
export interface RawLine {
  readonly line: OrderLine
  /** The address it goes to; null if it is not shipped. */
  readonly addressId: string | null
}

/**
 * Converts rows of an order to lines, each with its own amounts without tax. The row's discount is the sum of
 * `applied_discounts`; the tax is the row's own, before the order's tax is shared.
 */
export function toRawLines(products: readonly Wire[]): RawLine[] {
  const wholes = new Set(products.map(parentOf))
  return products.map((product, index) => {
    const path = `products[${index}].`
    const quantity = (name: string) => quantityOf(product, name, path) ?? ZERO8
    const discounts = wiresOf(product['applied_discounts']).map((one) => amountOf(one, 'amount', path) ?? ZERO4)
    const address = textOf(product['order_address_id'])
    const line: OrderLine = {
      lineId: requireText(product, 'id', path),
      parentLineId: parentOf(product),
      sku: skuKey(product['sku']) ?? substituteSku(product),
      name: textOf(product['name']) ?? '',
      productType: typeOf(product, wholes),
      quantityOrdered: quantity('quantity'),
      quantityCanceled: ZERO8,
      quantityInvoiced: ZERO8,
      quantityShipped: quantity('quantity_shipped'),
      quantityRefunded: quantity('quantity_refunded'),
      unitPrice: priceOf(product, 'price_ex_tax', path) ?? ZERO8,
      originalPrice: priceOf(product, 'base_price', path),
      discount: sum(discounts),
      tax: amountOf(product, 'total_tax', path) ?? ZERO4,
      rowTotal: requireAmount(product, 'total_ex_tax', path),
      ownAmounts: null,
      attributes: attributesOf(product, LEFT_OUT),
    }
    return { line, addressId: address === '0' ? null : address }
  })
}

/** The product type; a physical product with components is a product with parts. */
function typeOf(product: Wire, wholes: ReadonlySet<string | null>): string {
  const type = textOf(product['type']) ?? 'physical'
  return type === 'physical' && wholes.has(textOf(product['id'])) ? PRODUCT_WITH_PARTS : type
}

function parentOf(product: Wire): string | null {
  const parent = textOf(product['parent_order_product_id'])
  return parent === '0' ? null : parent
}

/** A product without a SKU belongs to no vendor, only to the seller; its line stays (Guarantee 7). */
function substituteSku(product: Wire): string {
  const product_id = textOf(product['product_id']) ?? '0'
  return product_id === '0' ? `custom ${textOf(product['id']) ?? ''}` : `product ${product_id}`
}

/**
 * Puts amounts on the lines without a parent. It is not documented whether the order's subtotal includes components: if
 * it does, their amounts move up to the parent; if not, they are dropped. `ownAmounts` keeps the price of a component.
 */
export function foldComponents(lines: readonly RawLine[], subtotal: Decimal4, tolerance: Decimal4): RawLine[] {
  const ids = new Set(lines.map(({ line }) => line.lineId))
  const isTop = ({ line }: RawLine) => line.parentLineId === null || !ids.has(line.parentLineId)
  const tops = lines.filter(isTop)
  const own = sum(tops.map(({ line }) => line.rowTotal))
  const counted = differs(own, subtotal, tolerance)
  const components = Map.groupBy(
    lines.filter((line) => !isTop(line)),
    ({ line }) => line.parentLineId,
  )
  return lines.map((raw) => {
    const { line } = raw
    if (!isTop(raw)) return { ...raw, line: { ...line, ...NO_AMOUNTS, ownAmounts: amountsOf(line) } }
    const below = counted ? (components.get(line.lineId) ?? []).map((component) => component.line) : []
    if (below.length === 0) return raw
    const total = (field: 'discount' | 'tax' | 'rowTotal') => add(line[field], sum(below.map((one) => one[field])))
    const rowTotal = total('rowTotal')
    const unitPrice = perPiece(rowTotal, line.quantityOrdered) ?? line.unitPrice
    return { ...raw, line: { ...line, unitPrice, rowTotal, discount: total('discount'), tax: total('tax') } }
  })
}

const NO_AMOUNTS = { unitPrice: ZERO8, discount: ZERO4, tax: ZERO4, rowTotal: ZERO4 }

/** Null for a component without its own price. */
function amountsOf({ unitPrice, rowTotal, discount, tax }: OrderLine): LineAmounts | null {
  return rowTotal === ZERO4 ? null : { unitPrice, rowTotal, discount, tax }
}

function perPiece(total: Decimal4, quantity: Decimal8): Decimal8 | null {
  return quantity === 0n ? null : ((((total as bigint) * 10n ** 12n) / (quantity as bigint)) as Decimal8)
}

/** Rounding of a currency. */
export interface Rounding {
  /** Accepted difference between amounts. */
  readonly tolerance: Decimal4
  /** The currency's smallest unit. */
  readonly unit: Decimal4
}

/**
 * Shares the order's discount and tax among its top-level lines. Amounts of the lines are used if they add up to the
 * order's; otherwise the rest of the discount is shared by the price of the lines, and the tax by each line's own tax.
 */
export function shareAmounts(
  lines: readonly RawLine[],
  order: { readonly discount: Decimal4; readonly tax: Decimal4 },
  rounding: Rounding,
): RawLine[] {
  const tops = lines.filter(({ line }) => line.rowTotal !== ZERO4 || line.tax !== ZERO4)
  const discounts = shareDiscount(tops, order.discount, rounding)
  const net = tops.map(({ line }, index) => positive(subtract(line.rowTotal, discounts[index] ?? ZERO4)))
  const taxes = shareTax(tops, net, order.tax, rounding)
  return lines.map((raw) => {
    const index = tops.indexOf(raw)
    if (index < 0) return { ...raw, line: { ...raw.line, discount: ZERO4 } }
    return { ...raw, line: { ...raw.line, discount: discounts[index] ?? ZERO4, tax: taxes[index] ?? ZERO4 } }
  })
}

function shareDiscount(
  tops: readonly RawLine[],
  discount: Decimal4,
  { tolerance, unit }: Rounding,
): readonly Decimal4[] {
  const own = tops.map(({ line }) => line.discount)
  const stated = sum(own)
  if (!differs(stated, discount, tolerance)) return own
  if (stated > discount) return allocate(discount, own, unit)
  const weights = tops.map(({ line }, index) => positive(subtract(line.rowTotal, own[index] ?? ZERO4)))
  const more = allocate(subtract(discount, stated), weights, unit)
  return own.map((amount, index) => add(amount, more[index] ?? ZERO4))
}

function shareTax(
  tops: readonly RawLine[],
  net: readonly bigint[],
  tax: Decimal4,
  { tolerance, unit }: Rounding,
): readonly Decimal4[] {
  const own = tops.map(({ line }) => line.tax)
  if (!differs(sum(own), tax, tolerance)) return own
  const weights = tops.map(({ line }, index) => {
    const gross = positive(line.rowTotal)
    return gross === 0n ? 0n : (positive(line.tax) * (net[index] ?? 0n) * SCALE) / gross
  })
  return allocate(tax, weights.every((weight) => weight === 0n) ? net : weights, unit)
}

/** Precision of a weight. */
const SCALE = 10n ** 8n

export function differs(a: Decimal4, b: Decimal4, tolerance: Decimal4): boolean {
  const difference = subtract(a, b)
  return difference > tolerance || difference < -tolerance
}

const positive = (amount: Decimal4): bigint => (amount < 0n ? 0n : amount)
