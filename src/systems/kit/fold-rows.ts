import { type Decimal4, type Decimal8, greatest, least, sum, ZERO4, ZERO8 } from '../../events/decimal.ts'
import type { LineAmounts, OrderLine } from '../../events/generated/events.ts'
import { isTakenBack, isVirtual } from '../../rules/quantities.ts'

/**
 * Rows of an order, parents and children, as lines. Amounts stand on the rows without a parent: shops differ in whether a
 * configurable's child repeats its parent's amounts and whether a bundle's are with the parent or the children, so a child's
 * amounts go up to its parent where that has none, and count once (Guarantee 7). What a component of a bundle costs stays
 * known beside. Pieces of a bundle may be canceled, shipped and refunded on its children: the bundle has as many as all of
 * them have whole.
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

/** Null for a component that has no price of its own. */
function amountsOf({ unitPrice, rowTotal, discount, tax }: OrderLine): LineAmounts | null {
  return rowTotal === ZERO4 ? null : { unitPrice, rowTotal, discount, tax }
}

function bundleQuantities(
  bundle: OrderLine,
  components: readonly OrderLine[],
): Pick<OrderLine, 'quantityCanceled' | 'quantityShipped' | 'quantityRefunded'> {
  const ordered = components.filter(({ quantityOrdered }) => quantityOrdered > 0n)
  const goods = ordered.filter((component) => !isVirtual(component))
  // What is never shipped says nothing of how many bundles are complete.
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
