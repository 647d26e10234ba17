import { type Decimal4, type Decimal8, greatest, least, sum, ZERO4, ZERO8 } from '../../events/decimal.ts'
import type { LineAmounts, OrderLine } from '../../events/generated/events.ts'
import { isTakenBack, isVirtual } from '../../rules/quantities.ts'

/**
 * Converts the rows of an order, parents and children, to lines. Only rows without a parent have amounts. Shops differ
 * in whether a configurable's child repeats its parent's amounts and whether the parent or the children of a bundle
 * have them, so a child's amounts move up to a parent without its own, and count once (Guarantee 7). The price of a
 * bundle component is kept in `ownAmounts`. Pieces of a bundle may be canceled, shipped and refunded on its children:
 * the bundle's quantity is the number of whole bundles that all children together make.
 */
export function foldRows(lines: readonly OrderLine[]): OrderLine[] {
  const children = Map.groupBy(lines, (line) => line.parentLineId)
  const bundles = new Set(lines.filter(({ productType }) => productType === 'bundle').map(({ lineId }) => lineId))
  return lines.map((line) => {
    if (line.parentLineId !== null) {
      const own = bundles.has(line.parentLineId) ? amountsOf(line) : null
      return { ...line, unitPrice: ZERO8, discount: ZERO4, tax: ZERO4, rowTotal: ZERO4, ownAmounts: own }
    }
    const below = children.get(line.lineId) ?? []
    const own = (field: 'discount' | 'tax' | 'rowTotal'): Decimal4 =>
      line[field] === ZERO4 ? sum(below.map((child) => child[field])) : line[field]
    const amounts = { discount: own('discount'), tax: own('tax'), rowTotal: own('rowTotal') }
    return { ...line, ...amounts, ...(bundles.has(line.lineId) ? bundleQuantities(line, below) : {}) }
  })
}

/** Null for a component without its own price. */
function amountsOf({ unitPrice, rowTotal, discount, tax }: OrderLine): LineAmounts | null {
  return rowTotal === ZERO4 ? null : { unitPrice, rowTotal, discount, tax }
}

function bundleQuantities(
  bundle: OrderLine,
  components: readonly OrderLine[],
): Pick<OrderLine, 'quantityCanceled' | 'quantityShipped' | 'quantityRefunded'> {
  const ordered = components.filter(({ quantityOrdered }) => quantityOrdered > 0n)
  const goods = ordered.filter((component) => !isVirtual(component))
  // Components that are never shipped do not show how many bundles are complete.
  const counted = goods.length === 0 ? ordered : goods
  const whole = (
    field: 'quantityCanceled' | 'quantityShipped' | 'quantityRefunded',
    components: readonly OrderLine[] = counted,
  ): Decimal8 => {
    const shares = components.map((one) =>
      wholePieces(((one[field] as bigint) * bundle.quantityOrdered) / one.quantityOrdered),
    )
    const [first, ...others] = shares
    const of = first === undefined ? ZERO8 : others.reduce(least, first)
    return greatest(of, bundle[field])
  }
  return {
    quantityCanceled: whole('quantityCanceled'),
    quantityShipped: whole(
      'quantityShipped',
      counted.filter((one) => !isTakenBack(one)),
    ),
    quantityRefunded: whole('quantityRefunded'),
  }
}

const PIECE = 100_000_000n

const wholePieces = (quantity: bigint): Decimal8 => (quantity - (quantity % PIECE)) as Decimal8
