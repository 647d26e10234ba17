import { allocate, type Decimal4, type Decimal8, multiply, subtract, sum, ZERO4 } from '../events/decimal.ts'
import type { Order, OrderLine } from '../events/generated/events.ts'
import { minorUnit } from './currency.ts'
import { componentQuantities, isBundle, isEven, PRODUCT_WITH_PARTS } from './quantities.ts'

/** A line and the lines that are parts of it, in the order's own sequence. */
export interface LineGroup {
  readonly root: OrderLine
  /** Including the root. */
  readonly lines: readonly OrderLine[]
}

/** Groups lines by their top-level line. A line whose parent is not in the order forms its own group. */
export function groupLines(lines: readonly OrderLine[]): LineGroup[] {
  // The common case, and each order is grouped several times.
  if (lines.every(({ parentLineId }) => parentLineId === null)) return lines.map((root) => ({ root, lines: [root] }))
  const byId = new Map(lines.map((line) => [line.lineId, line]))
  const rootOf = (line: OrderLine): OrderLine => {
    const seen = new Set<string>()
    let at = line
    while (at.parentLineId !== null && !seen.has(at.lineId)) {
      seen.add(at.lineId)
      const parent = byId.get(at.parentLineId)
      if (parent === undefined) return at
      at = parent
    }
    return at
  }
  return [...Map.groupBy(lines, rootOf)].map(([root, members]) => ({ root, lines: members }))
}

/** The components of a bundle; empty for any other line: the variant of a configurable is not a product of its own. */
export function componentsOf({ root, lines }: LineGroup): readonly OrderLine[] {
  return isBundle(root) ? lines.filter((line) => line !== root) : []
}

/** Whether the parent of the components is itself a product besides them. */
export function isProduct({ root }: LineGroup): boolean {
  return root.productType === PRODUCT_WITH_PARTS
}

/** Whether a bundle's SKU is composed of its components' SKUs: no product has it. */
export function hasComposedSku({ sku }: OrderLine, components: readonly OrderLine[]): boolean {
  if (components.length === 0) return false
  const left = components.map((component) => `-${component.sku}`).toSorted((a, b) => b.length - a.length)
  let rest = sku
  while (left.length > 0) {
    const at = left.findIndex((suffix) => rest.endsWith(suffix))
    if (at < 0) return false
    rest = rest.slice(0, -(left[at]?.length ?? 0))
    left.splice(at, 1)
  }
  return true
}

/**
 * A bundle's components as independent lines. The bundle's price is divided by the components' prices, exactly
 * (Guarantee 7); if none has a price, by pieces. What was canceled, shipped or refunded of the bundle applies to each
 * component.
 */
export function standaloneComponents(root: OrderLine, components: readonly OrderLine[], currency: string): OrderLine[] {
  const unit = minorUnit(currency)
  const own = components.map(({ ownAmounts }) => ownAmounts)
  const prices = own.map((amounts) => positive(amounts?.rowTotal ?? ZERO4))
  const weights = prices.some((price) => price > 0n) ? prices : components.map((line) => positive(line.quantityOrdered))
  const share = (field: 'rowTotal' | 'discount' | 'tax', by: readonly bigint[]): readonly Decimal4[] => {
    const stated = own.map((amounts) => amounts?.[field] ?? ZERO4)
    return sum(stated) === root[field] ? stated : allocate(root[field], by, unit)
  }
  const rows = share('rowTotal', weights)
  const discounts = share('discount', rows.map(positive))
  const nets = rows.map((row, index) => positive(subtract(row, discounts[index] ?? ZERO4)))
  const taxes = share('tax', nets)
  return components.map((line, index) => {
    const rowTotal = rows[index] ?? ZERO4
    return {
      ...line,
      parentLineId: null,
      ...componentQuantities(root, line),
      unitPrice: unitPriceOf(line, rowTotal),
      rowTotal,
      discount: discounts[index] ?? ZERO4,
      tax: taxes[index] ?? ZERO4,
      attributes: { ...line.attributes, bundle_sku: JSON.stringify(root.sku) },
    }
  })
}

/**
 * Splits a product with parts, some of which others ship: these become independent lines at their stated prices, and
 * the product keeps the rest. All amounts add up to the product's (Guarantee 7).
 */
export function withoutParts(group: LineGroup, parts: readonly OrderLine[], currency: string): readonly LineGroup[] {
  const { root } = group
  const unit = minorUnit(currency)
  const stated = parts.map(({ ownAmounts }) => positive(ownAmounts?.rowTotal ?? ZERO4) as Decimal4)
  const rows = sum(stated) <= root.rowTotal ? stated : parts.map(() => ZERO4)
  const left = subtract(root.rowTotal, sum(rows))
  const weights = [positive(left), ...rows]
  const [discount = ZERO4, ...discounts] = allocate(root.discount, weights, unit)
  const [tax = ZERO4, ...taxes] = allocate(root.tax, weights, unit)
  const product = { ...root, unitPrice: priceOf(root, left), rowTotal: left, discount, tax }
  const others = group.lines.filter((line) => line !== root && !parts.includes(line))
  const standalone = parts.map((line, index): LineGroup => {
    const rowTotal = rows[index] ?? ZERO4
    const amounts = { rowTotal, discount: discounts[index] ?? ZERO4, tax: taxes[index] ?? ZERO4 }
    const quantities = componentQuantities(root, line)
    const own = { ...line, parentLineId: null, ...quantities, ...amounts, unitPrice: unitPriceOf(line, rowTotal) }
    return { root: own, lines: [own] }
  })
  return [{ root: product, lines: [product, ...others] }, ...standalone]
}

/**
 * The order for a vendor that has a bundle either as a product or as its components. A bundle is replaced by its
 * components if its SKU is not known there but all components are, or if single components were taken back.
 */
export function withKnownBundles(order: Order, isKnown: (sku: string) => boolean): Order {
  const lines = groupLines(order.lines).flatMap((group) => {
    const components = componentsOf(group)
    const isKit = isKnown(group.root.sku) || !components.every(({ sku }) => isKnown(sku))
    const isWhole = components.length === 0 || (isKit && isEven(group.root, components))
    return isWhole ? group.lines : standaloneComponents(group.root, components, order.currency)
  })
  return lines.every((line) => order.lines.includes(line)) ? order : { ...order, lines }
}

/** SKUs of bundles and of their components: the vendor must know one of the two. */
export function bundleSkus(order: Order): string[] {
  const groups = groupLines(order.lines).filter((group) => componentsOf(group).length > 0)
  return [...new Set(groups.flatMap((group) => group.lines.map(({ sku }) => sku)))]
}

function unitPriceOf({ ownAmounts, quantityOrdered }: OrderLine, rowTotal: Decimal4): Decimal8 {
  if (ownAmounts !== null && multiply(quantityOrdered, ownAmounts.unitPrice) === rowTotal) return ownAmounts.unitPrice
  return perPiece(rowTotal, quantityOrdered)
}

const priceOf = (line: OrderLine, rowTotal: Decimal4): Decimal8 =>
  rowTotal === line.rowTotal ? line.unitPrice : perPiece(rowTotal, line.quantityOrdered)

function perPiece(rowTotal: Decimal4, quantity: Decimal8): Decimal8 {
  return (quantity === 0n ? 0n : ((rowTotal as bigint) * 10n ** 12n) / (quantity as bigint)) as Decimal8
}

const positive = (amount: bigint): bigint => (amount < 0n ? 0n : amount)
