import type { Connection } from '../configuration/model.ts'
import { StreamError } from '../errors.ts'
import { add, allocate, type Decimal4, magnitude, subtract, sum, text4, ZERO4 } from '../events/decimal.ts'
import type { Charge, Order, OrderLine } from '../events/generated/events.ts'
import { expectedTotal, NO_AMOUNTS, type OrderAmounts } from '../events/order-total.ts'
import {
  componentsOf,
  groupLines,
  hasComposedSku,
  isProduct,
  type LineGroup,
  standaloneComponents,
  withoutParts,
} from './components.ts'
import { minorUnit } from './currency.ts'
import { type OwnedProduct, type OwnedSkus, ownsLine } from './ownership.ts'
import { totalDiffers } from './unexplained.ts'

/** The vendor's product of a SKU; undefined: the connection's feed does not have it. */
export type ProductOf = (connection: string, sku: string) => OwnedProduct | undefined

/** A vendor's part of an order. */
export interface VendorPart {
  readonly connection: string
  /** The order with only the vendor's lines, and the totals of these lines. */
  readonly order: Order
}

export interface SplitOrder {
  /** One for each connection that has lines, none of them in dispute. */
  readonly parts: readonly VendorPart[]
  /** Ids of top-level lines that several connections claim; they and their children are in no part. */
  readonly claimedTwice: ReadonlyMap<string, readonly string[]>
  /** Connections that own lines but can't get them, each with the reason. */
  readonly refused: ReadonlyMap<string, StreamError>
  /** Why no part of the order may be sent: its amounts don't add up. Null: they do. */
  readonly differing: StreamError | null
  /** Number of lines that are in no party or in several: always 0 (Guarantee 7). */
  readonly unaccounted: number
}

/** Lines of one owner; null: the seller's own lines, and those that can't be routed. */
interface Party {
  readonly connection: string | null
  readonly groups: readonly LineGroup[]
}

/**
 * Guarantee 7: every line is in exactly one party: a vendor's part, or the rest (the seller's own lines and those that
 * can't be routed). Shipping, its tax, gift card and store credit are divided among the parties so that the shares add
 * up to the order's amount exactly. Ownership is decided for top-level lines, and for the components of a bundle that
 * does not belong to one owner as a whole; all other children go with their parent. A line that several connections
 * claim goes to none of them, and these connections get no part at all: half an order would look complete. `bySku`: for
 * its `decidingSkus`.
 */
export function splitOrder(
  order: Order,
  connections: readonly Connection[],
  productOf: ProductOf = () => undefined,
  bySku?: Pick<OwnedSkus, 'owns'>,
): SplitOrder {
  const divided = divideLines(order, connections, claimantsIn(connections, productOf, bySku))
  const { parties, claimedTwice, refused } = divided
  const amounts = shareAmounts(order, parties, connections)
  const disputed = new Set([...claimedTwice.values()].flat())
  const parts = parties.flatMap(({ connection, groups }, index) => {
    const shared = amounts[index]
    if (connection === null || shared === undefined || disputed.has(connection) || refused.has(connection)) return []
    return [{ connection, order: partOf(order, groups, shared) }]
  })
  const differing = rowsDiffer(order, rowsOf(parties)) ?? totalDiffers(order)
  return { parts, claimedTwice, refused, differing, unaccounted: unaccountedLines(order, parties) }
}

/** A divided bundle is represented by its components. */
function unaccountedLines({ lines }: Order, parties: readonly Party[]): number {
  const placed = new Map<string, number>()
  for (const { lineId } of parties.flatMap(({ groups }) => groups.flatMap((group) => group.lines))) {
    placed.set(lineId, (placed.get(lineId) ?? 0) + 1)
  }
  const divided = new Set(lines.filter(({ lineId }) => placed.has(lineId)).map(({ parentLineId }) => parentLineId))
  const isAccounted = ({ lineId }: OrderLine) =>
    placed.get(lineId) === 1 || (!placed.has(lineId) && divided.has(lineId))
  return lines.filter((line) => !isAccounted(line)).length
}

/** Ids of the connections that claim a line. */
export type ClaimantsOf = (line: OrderLine) => readonly string[]

/** By the connections' ownership. */
export function claimantsIn(
  connections: readonly Connection[],
  productOf: ProductOf,
  bySku?: Pick<OwnedSkus, 'owns'>,
): ClaimantsOf {
  return (line) =>
    connections
      .filter((one) => ownsLine(one, line, productOf(one.id, line.sku), bySku?.owns(one.id, line.sku)))
      .map(({ id }) => id)
}

/** An order by owner: the shares add up to the order's amounts (Guarantee 7). */
export interface SharedOrder {
  /** The part of each owner, whether it may be sent or not. */
  readonly vendors: readonly VendorPart[]
  /** The seller's own lines, and those that can't be routed. */
  readonly ownLines: readonly OrderLine[]
  /** Total of these lines, with their share of everything else and the charges that no vendor gets. */
  readonly own: Decimal4
  /** Ids of top-level lines that several connections claim. */
  readonly claimedTwice: ReadonlyMap<string, readonly string[]>
}

/** Divides an order's lines and amounts among their owners, whatever its state. */
export function shareOrder(order: Order, connections: readonly Connection[], claimantsOf: ClaimantsOf): SharedOrder {
  const { parties, claimedTwice } = divideLines(order, connections, claimantsOf)
  const amounts = shareAmounts(order, parties, connections)
  const shares = parties.map(({ connection, groups }, index) => ({
    connection,
    order: partOf(order, groups, amounts[index] ?? NO_AMOUNTS),
  }))
  const rest = shares.find(({ connection }) => connection === null)?.order
  const charged = shares.flatMap((share) => share.order.charges)
  const unshared = subtract(amountOf(order.charges), amountOf(charged))
  return {
    vendors: shares.flatMap((share) => {
      return share.connection === null ? [] : [{ connection: share.connection, order: share.order }]
    }),
    ownLines: rest?.lines ?? [],
    own: add(parties.length === 0 ? expectedTotal({ ...order, charges: [] }) : (rest?.grandTotal ?? ZERO4), unshared),
    claimedTwice,
  }
}

const amountOf = (charges: readonly Charge[]): Decimal4 => sum(charges.flatMap(({ amount, tax }) => [amount, tax]))

interface DividedLines {
  readonly parties: readonly Party[]
  readonly claimedTwice: ReadonlyMap<string, readonly string[]>
  readonly refused: ReadonlyMap<string, StreamError>
}

function divideLines(order: Order, connections: readonly Connection[], claimantsOf: ClaimantsOf): DividedLines {
  const owned = new Map<string, LineGroup[]>()
  const claimedTwice = new Map<string, readonly string[]>()
  const refused = new Map<string, StreamError>()
  const rest: LineGroup[] = []
  for (const whole of groupLines(order.lines)) {
    const groups = ownedGroups(whole, claimantsOf, order.currency)
    for (const { group, claimants } of groups) {
      const [first] = claimants
      if (first !== undefined && claimants.length === 1) owned.set(first, [...(owned.get(first) ?? []), group])
      else rest.push(group)
      if (claimants.length > 1) claimedTwice.set(group.root.lineId, claimants)
    }
    for (const id of refusedParts(groups, connections)) refused.set(id, ownedInPart(whole.root))
  }
  const parties: Party[] = [...owned].map(([connection, groups]) => ({ connection, groups }))
  if (rest.length > 0) parties.push({ connection: null, groups: rest })
  return { parties, claimedTwice, refused }
}

interface OwnedGroup {
  readonly group: LineGroup
  readonly claimants: readonly string[]
}

/**
 * A group with its owners. A bundle that does not belong to one owner as a whole, or has no SKU of its own, is divided
 * into its components.
 */
function ownedGroups(group: LineGroup, claimantsOf: ClaimantsOf, currency: string): readonly OwnedGroup[] {
  const { root } = group
  const claimants = claimantsOf(root)
  const components = componentsOf(group)
  const [owner] = claimants
  const foreign = components.some((line) => claimantsOf(line).some((id) => id !== owner))
  const isComposed = components.length > 0 && hasComposedSku(root, components)
  if (claimants.length > 1 || (!foreign && !isComposed)) return [{ group, claimants }]
  if (isProduct(group) && owner !== undefined) {
    const others = components.filter((line) => claimantsOf(line).some((id) => id !== owner))
    return withoutParts(group, others, currency).map((one) => ({ group: one, claimants: claimantsOf(one.root) }))
  }
  return standaloneComponents(root, components, currency).map((line) => {
    const own = claimantsOf(line)
    const named = own.length === 0 && !isComposed ? claimants : own
    return { group: { root: line, lines: [line] }, claimants: named }
  })
}

/** Connections that refuse bundles that they own only in part, and own part of this one. */
function refusedParts(groups: readonly OwnedGroup[], connections: readonly Connection[]): readonly string[] {
  if (groups.length < 2) return []
  return connections
    .filter(({ id, bundles }) => {
      const own = groups.filter(({ claimants }) => claimants.includes(id)).length
      return bundles === 'refuse' && own > 0 && own < groups.length
    })
    .map(({ id }) => id)
}

function ownedInPart({ lineId, sku }: OrderLine): StreamError {
  const message = `line ${lineId} is a bundle (${sku}), and the vendor owns only some of its components; ship it by hand, or set bundles: split`
  return new StreamError('bundle_owned_in_part', message, { field: `lines.${lineId}`, details: { lineId } })
}

/** SKUs that decide who owns the order's lines. */
export function decidingSkus(order: Order): string[] {
  const groups = groupLines(order.lines)
  return [...new Set(groups.flatMap((group) => [group.root, ...componentsOf(group)].map(({ sku }) => sku)))]
}

/** The order without lines and amounts: sent to a vendor that should have nothing of the order any more. */
export function withoutLines(order: Order): Order {
  return partOf(order, [], NO_AMOUNTS)
}

/** The top-level lines: those without a parent in the order. */
export function topLevelLines({ lines }: Pick<Order, 'lines'>): OrderLine[] {
  const ids = new Set(lines.map(({ lineId }) => lineId))
  return lines.filter(({ parentLineId }) => parentLineId === null || !ids.has(parentLineId))
}

function shareAmounts(order: Order, parties: readonly Party[], connections: readonly Connection[]): OrderAmounts[] {
  const unit = minorUnit(order.currency)
  const rows = rowsOf(parties)
  const rounded = (field: RowField) => withRounding(order, field, rows)
  const [subtotals, discounts, taxes] = [rounded('subtotal'), rounded('discount'), rounded('tax')]
  const own = rows.map((amounts, index) => ({
    subtotal: subtotals[index] ?? amounts.subtotal,
    discount: discounts[index] ?? amounts.discount,
    tax: taxes[index] ?? amounts.tax,
  }))
  const byRows = own.map(({ subtotal }) => notNegative(subtotal))
  const shipping = allocate(order.shipping, byRows, unit)
  const shippingTax = allocate(order.shippingTax, byRows, unit)
  const charges = shareCharges(order, parties, byRows, connections)
  const charged = own.map((part, index) => {
    const shipped = { shipping: shipping[index] ?? ZERO4, shippingTax: shippingTax[index] ?? ZERO4 }
    return { ...part, ...shipped, charges: charges[index] ?? [] }
  })
  const byCharge = charged.map((part) => notNegative(chargeOf(part)))
  const giftCard = allocate(order.giftCard, byCharge, unit)
  const storeCredit = allocate(order.storeCredit, byCharge, unit)
  return charged.map((part, index) => ({
    ...part,
    giftCard: giftCard[index] ?? ZERO4,
    storeCredit: storeCredit[index] ?? ZERO4,
  }))
}

const ROW_FIELDS = ['subtotal', 'discount', 'tax'] as const

type RowField = (typeof ROW_FIELDS)[number]
type RowAmounts = Pick<Order, RowField>

/** Sums of the rows of each party. */
function rowsOf(parties: readonly Party[]): RowAmounts[] {
  return parties.map(({ groups }) => {
    const lines = groups.flatMap((group) => group.lines)
    return {
      subtotal: sum(groups.map(({ root }) => root.rowTotal)),
      discount: sum(lines.map(({ discount }) => discount)),
      tax: sum(lines.map(({ tax }) => tax)),
    }
  })
}

/**
 * Shops that round an order as a whole have totals that differ from the sums of the rows by cents. The remainder is
 * divided too, so that the parts add up to the order (Guarantee 7). A tax that is on no row is divided by the cost of
 * the rows.
 */
function withRounding(order: Order, field: RowField, rows: readonly RowAmounts[]): readonly Decimal4[] {
  const ofRows = rows.map((amounts) => amounts[field])
  const left = subtract(order[field], sum(ofRows))
  if (left === 0n) return ofRows
  const weights = isOnOrderAlone(order, field)
    ? rows.map((row) => notNegative(subtract(row.subtotal, row.discount)))
    : ofRows.map(magnitude)
  const shares = allocate(left, weights, minorUnit(order.currency))
  return ofRows.map((amount, index) => add(amount, shares[index] ?? ZERO4))
}

const isOnOrderAlone = ({ lines }: Order, field: RowField): boolean =>
  field === 'tax' && lines.every(({ tax }) => tax === 0n)

/** The error if the rows differ from the order's amounts: more than a cent per row is not rounding. */
function rowsDiffer(order: Order, rows: readonly RowAmounts[]): StreamError | null {
  const tolerance = minorUnit(order.currency) * BigInt(order.lines.length)
  for (const field of ROW_FIELDS) {
    const total = sum(rows.map((amounts) => amounts[field]))
    const left = subtract(order[field], total)
    if (isOnOrderAlone(order, field) || magnitude(left) <= tolerance) continue
    const message =
      `${field} is ${text4(order[field])}, but the lines' add up to ${text4(total)} (difference ${text4(left)}): ` +
      'correct the order at the shop, or find the charge that no line contains'
    return new StreamError('totals_differ', message, { field, details: { difference: text4(left) } })
  }
  return null
}

/**
 * Charges by party: a charge for a line goes with the line; any other charge is the seller's, unless a connection takes
 * its share of such charges, by the cost of its lines.
 */
function shareCharges(
  order: Order,
  parties: readonly Party[],
  byRows: readonly bigint[],
  connections: readonly Connection[],
): readonly (readonly Charge[])[] {
  if (order.charges.length === 0) return parties.map(() => [])
  const unit = minorUnit(order.currency)
  const isShared = ({ connection }: Party, { kind }: Charge) =>
    connections.find(({ id }) => id === connection)?.charges[kind] === 'shared'
  const shareOf = (charge: Charge, weights: readonly bigint[], index: number, lineId: string | null): Charge[] => {
    const amount = allocate(charge.amount, weights, unit)[index] ?? ZERO4
    const tax = allocate(charge.tax, weights, unit)[index] ?? ZERO4
    return amount === 0n && tax === 0n ? [] : [{ ...charge, lineId, amount, tax }]
  }
  return parties.map((party, index) =>
    order.charges.flatMap((charge) => {
      if (charge.lineId === null) {
        return party.connection === null || !isShared(party, charge) ? [] : shareOf(charge, byRows, index, null)
      }
      const own = parties.map(({ groups }) => linesChargedFor(order, groups, charge.lineId))
      const [first] = own[index] ?? []
      const costs = own.map((lines) => notNegative(sum(lines.map(({ rowTotal }) => rowTotal))))
      const weights = costs.some((cost) => cost > 0n) ? costs : own.map((lines) => BigInt(lines.length))
      return first === undefined ? [] : shareOf(charge, weights, index, first.lineId)
    }),
  )
}

/** The lines that a charge is for: the one that it names, or the components of the bundle that it names. */
function linesChargedFor(order: Order, groups: readonly LineGroup[], lineId: string | null): readonly OrderLine[] {
  const lines = groups.flatMap((group) => group.lines)
  const named = lines.filter((line) => line.lineId === lineId)
  if (named.length > 0) return named
  const components = new Set(order.lines.filter((line) => line.parentLineId === lineId).map((line) => line.lineId))
  return lines.filter((line) => components.has(line.lineId))
}

const notNegative = (amount: Decimal4): bigint => (amount < 0n ? 0n : amount)

function chargeOf(part: Omit<OrderAmounts, 'giftCard' | 'storeCredit'>): Decimal4 {
  return expectedTotal({ ...part, giftCard: ZERO4, storeCredit: ZERO4 })
}

/** In the order's own sequence. */
function partOf(order: Order, groups: readonly LineGroup[], amounts: OrderAmounts): Order {
  const places = new Map(order.lines.map(({ lineId }, index) => [lineId, index]))
  const placeOf = ({ lineId }: OrderLine) => places.get(lineId) ?? 0
  return {
    ...order,
    ...amounts,
    // The order's amount in the base currency does not apply to a part.
    baseGrandTotal: null,
    lines: groups.flatMap(({ lines }) => lines).toSorted((a, b) => placeOf(a) - placeOf(b)),
    grandTotal: expectedTotal(amounts),
  }
}
