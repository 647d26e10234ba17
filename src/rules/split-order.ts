import type { Connection } from '../configuration/model.ts'
import { StreamError } from '../errors.ts'
import { add, allocate, CENT, type Decimal4, magnitude, subtract, sum, text4, ZERO4 } from '../events/decimal.ts'
import type { Order, OrderLine } from '../events/generated/events.ts'
import { type OwnedProduct, ownsLine } from './ownership.ts'

/** The vendor's product of a SKU; undefined: the connection's feed does not have it. */
export type ProductOf = (connection: string, sku: string) => OwnedProduct | undefined

/** A vendor's part of an order. */
export interface VendorPart {
  readonly connection: string
  /** The order with the vendor's lines alone, and the totals of these lines. */
  readonly order: Order
}

export interface SplitOrder {
  /** One for each connection that has lines and none of them in dispute. */
  readonly parts: readonly VendorPart[]
  /** Ids of top-level lines that two connections or more claim; they and their children are in no part. */
  readonly claimedTwice: ReadonlyMap<string, readonly string[]>
}

/** Lines that belong together: a top-level line and its children, in the order's own sequence. */
interface LineGroup {
  readonly root: OrderLine
  readonly lines: readonly OrderLine[]
}

type Amounts = Pick<Order, 'subtotal' | 'discount' | 'tax' | 'shipping' | 'shippingTax' | 'giftCard' | 'storeCredit'>

/**
 * Guarantee 7: every line is in exactly one party: a vendor's part, or the rest (the seller's own and what can't be
 * routed). Shipping, its tax, gift card and store credit are shared among the parties so that the shares add up to the
 * order's amount exactly. Ownership is decided on top-level lines; children go with their parent. A line that several
 * connections claim goes to none of them, and these connections get no part at all: half an order would look complete.
 */
export function splitOrder(
  order: Order,
  connections: readonly Connection[],
  productOf: ProductOf = () => undefined,
): SplitOrder {
  const owned = new Map<string, LineGroup[]>()
  const claimedTwice = new Map<string, readonly string[]>()
  const rest: LineGroup[] = []
  for (const group of groupLines(order.lines)) {
    const { root } = group
    const claimants = connections
      .filter((connection) => ownsLine(connection, root, productOf(connection.id, root.sku)))
      .map(({ id }) => id)
    const [first] = claimants
    if (first !== undefined && claimants.length === 1) owned.set(first, [...(owned.get(first) ?? []), group])
    else rest.push(group)
    if (claimants.length > 1) claimedTwice.set(group.root.lineId, claimants)
  }
  const disputed = new Set([...claimedTwice.values()].flat())
  const parties = [...owned, ...(rest.length === 0 ? [] : [[null, rest] as const])]
  const amounts = shareAmounts(
    order,
    parties.map(([, groups]) => groups),
  )
  const parts = [...owned].flatMap(([connection, groups], index) => {
    const shared = amounts[index]
    if (shared === undefined || disputed.has(connection)) return []
    return [{ connection, order: partOf(order, groups, shared) }]
  })
  return { parts, claimedTwice }
}

/** SKUs that decide whose the order's lines are. */
export function decidingSkus(order: Order): string[] {
  return [...new Set(groupLines(order.lines).map(({ root }) => root.sku))]
}

/** The order without lines and amounts: what a vendor is to have of an order it has nothing of any more. */
export function withoutLines(order: Order): Order {
  return partOf(order, [], {
    subtotal: ZERO4,
    discount: ZERO4,
    tax: ZERO4,
    shipping: ZERO4,
    shippingTax: ZERO4,
    giftCard: ZERO4,
    storeCredit: ZERO4,
  })
}

/** The lines that stand for themselves: those without a parent in the order. */
export function topLevelLines({ lines }: Pick<Order, 'lines'>): OrderLine[] {
  const ids = new Set(lines.map(({ lineId }) => lineId))
  return lines.filter(({ parentLineId }) => parentLineId === null || !ids.has(parentLineId))
}

/** Lines by their top-level line. A line whose parent is not in the order stands for itself. */
function groupLines(lines: readonly OrderLine[]): LineGroup[] {
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

function shareAmounts(order: Order, parties: readonly (readonly LineGroup[])[]): Amounts[] {
  const rows = parties.map((groups) => {
    const lines = groups.flatMap((group) => group.lines)
    return {
      subtotal: sum(groups.map(({ root }) => root.rowTotal)),
      discount: sum(lines.map(({ discount }) => discount)),
      tax: sum(lines.map(({ tax }) => tax)),
    }
  })
  const rounded = (field: 'subtotal' | 'discount' | 'tax') =>
    withRounding(
      order,
      field,
      rows.map((amounts) => amounts[field]),
    )
  const [subtotals, discounts, taxes] = [rounded('subtotal'), rounded('discount'), rounded('tax')]
  const own = rows.map((amounts, index) => ({
    subtotal: subtotals[index] ?? amounts.subtotal,
    discount: discounts[index] ?? amounts.discount,
    tax: taxes[index] ?? amounts.tax,
  }))
  const byRows = own.map(({ subtotal }) => notNegative(subtotal))
  const shipping = allocate(order.shipping, byRows)
  const shippingTax = allocate(order.shippingTax, byRows)
  const charged = own.map((part, index) => {
    const shipped = { shipping: shipping[index] ?? ZERO4, shippingTax: shippingTax[index] ?? ZERO4 }
    return { ...part, ...shipped }
  })
  const byCharge = charged.map((part) => notNegative(chargeOf(part)))
  const giftCard = allocate(order.giftCard, byCharge)
  const storeCredit = allocate(order.storeCredit, byCharge)
  return charged.map((part, index) => ({
    ...part,
    giftCard: giftCard[index] ?? ZERO4,
    storeCredit: storeCredit[index] ?? ZERO4,
  }))
}

/**
 * Shops that round an order as a whole have totals that differ from the sums of the rows by cents. What is left over is
 * shared too, so that the parts add up to the order (Guarantee 7); more than a cent a row is no rounding.
 */
function withRounding(
  order: Order,
  field: 'subtotal' | 'discount' | 'tax',
  ofRows: readonly Decimal4[],
): readonly Decimal4[] {
  const left = subtract(order[field], sum(ofRows))
  if (left === 0n) return ofRows
  if (magnitude(left) > CENT * BigInt(order.lines.length)) {
    const message =
      `${field} is ${text4(order[field])}, but the lines' add up to ${text4(sum(ofRows))}: ` +
      'mend the order at the shop, or find the charge that is in none of its lines'
    throw new StreamError('totals_differ', message, { field, details: { difference: text4(left) } })
  }
  const shares = allocate(left, ofRows.map(magnitude))
  return ofRows.map((amount, index) => add(amount, shares[index] ?? ZERO4))
}

const notNegative = (amount: Decimal4): bigint => (amount < 0n ? 0n : amount)

function chargeOf(part: Omit<Amounts, 'giftCard' | 'storeCredit'>): Decimal4 {
  return [part.tax, part.shipping, part.shippingTax].reduce(add, subtract(part.subtotal, part.discount))
}

function partOf(order: Order, groups: readonly LineGroup[], amounts: Amounts): Order {
  const kept = new Set(groups.flatMap(({ lines }) => lines))
  return {
    ...order,
    ...amounts,
    // The order's own amount in the base currency says nothing about a part of it.
    baseGrandTotal: null,
    lines: order.lines.filter((line) => kept.has(line)),
    grandTotal: subtract(subtract(chargeOf(amounts), amounts.giftCard), amounts.storeCredit),
  }
}
