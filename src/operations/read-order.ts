import type { Connection } from '../configuration/model.ts'
import { add, allocate, type Decimal4, subtract, sum, text4, text8, ZERO4 } from '../events/decimal.ts'
import type { Order, OrderChanged, OrderLine, VendorOrderRequested } from '../events/generated/events.ts'
import { isoTime } from '../events/times.ts'
import type { StagedRow } from '../projections/staged-row.ts'
import { minorUnit } from '../rules/currency.ts'
import { asksProducts, type FindProducts, ownedSkus } from '../rules/ownership.ts'
import { isBundle, settleQuantities, vendorQuantity } from '../rules/quantities.ts'
import { type ClaimantsOf, claimantsIn, decidingSkus, type SharedOrder, shareOrder } from '../rules/split-order.ts'
import { isUnexplained } from '../rules/unexplained.ts'

/** The shop's order as last read. Amounts and quantities are decimals as text. */
export interface ReadOrder {
  readonly state: string
  readonly status: string
  readonly currency: string
  readonly placed_at: string
  readonly read_at: string
  /** Amount that the buyer pays. */
  readonly total: string
  readonly amounts: OrderAmounts
  /** Each vendor's share of `total`. */
  readonly shares: readonly VendorShare[]
  /**
   * The seller's share: its own lines, their share of all other amounts, and charges in which no vendor has a share.
   */
  readonly own: string
  /** `total` minus all shares and `own`; zero if they add up (Guarantee 7). */
  readonly difference: string
  readonly lines: readonly RoutedLine[]
}

/** Components of `total`. */
export interface OrderAmounts {
  readonly subtotal: string
  /** Subtracted. */
  readonly discount: string
  /** Without its tax. */
  readonly shipping: string
  /** Of lines and shipping. */
  readonly tax: string
  /** Fees, gift wrapping and similar, with tax. */
  readonly charges: string
  /** Paid by gift cards and store credit. */
  readonly credit: string
  /** Value of the refunded quantities, with discount and tax; not subtracted from `total`. */
  readonly refunded: string
}

/** A vendor's lines and their share of all other amounts. */
export interface VendorShare {
  readonly connection: string
  readonly amount: string
  /** Part of it that was sent to the vendor. */
  readonly sent: string
  /** The rest. */
  readonly unsent: string
}

/** A line of the shop's order and its owner. Quantities are decimals as text. */
export interface RoutedLine {
  readonly line: string
  readonly parent: string | null
  readonly sku: string
  readonly ordered: string
  readonly canceled: string
  readonly refunded: string
  readonly shipped: string
  /** Quantity that the vendor delivers, shipped or not. */
  readonly wanted: string
  /**
   * Amount in its owner's part; for a bundle's component, its share. Null: the line is divided among its components.
   */
  readonly amount: string | null
  /** Null: the seller owns it, or its owner is unclear. */
  readonly connection: string | null
  /** Why it was not sent to the vendor; null: it was sent, or belongs to no vendor. */
  readonly unsent: Unsent | null
}

/**
 * `code`: the decision's code, or `refunded`, `canceled`, `divided`, `line_claimed_twice`, or the state of the part.
 */
export interface Unsent {
  readonly code: string
  readonly message: string | null
}

type Sent = ReadonlyMap<string, VendorOrderRequested>
type Line = Order['lines'][number]

interface Standing {
  /** By connection. */
  readonly sent: Sent
  readonly staged: readonly StagedRow[]
}

interface Owners {
  /** All configured connections. */
  readonly connections: readonly Connection[]
  readonly products: FindProducts
}

/**
 * Finds the owner of each line: a line that was sent to a vendor belongs to that vendor; for other lines the current
 * ownership rules decide, so that a refunded, canceled or unsent line does not count as the seller's.
 */
export async function readOrder(
  { source, data, readAt }: OrderChanged,
  { sent, staged, connections, products }: Standing & Owners,
): Promise<ReadOrder> {
  const buyers = connections.filter(({ shop }) => shop === source)
  const { order } = settleQuantities(data)
  const shared = shareOrder(order, buyers, await ownersOf({ connections: buyers, products }, order, sent))
  const shares = sharesOf(shared, sent)
  const vendors = sum(shared.vendors.map((part) => part.order.grandTotal))
  // Unexplained amounts belong to nobody.
  const own = subtract(shared.own, chargesOf(data.charges.filter(isUnexplained)))
  return {
    state: data.state,
    status: data.status,
    currency: data.currency,
    placed_at: isoTime(data.placedAt),
    read_at: isoTime(readAt),
    total: text4(data.grandTotal),
    amounts: amountsOf(data),
    shares,
    own: text4(own),
    difference: text4(subtract(data.grandTotal, add(vendors, own))),
    lines: data.lines.map((line) => routedLine(line, order, shared, { sent, staged })),
  }
}

async function ownersOf(
  { connections: buyers, products: find }: Owners,
  order: Order,
  sent: Sent,
): Promise<ClaimantsOf> {
  const skus = decidingSkus(order)
  const owned = await ownedSkus(buyers, skus)
  const able = buyers.filter(({ id }) => !owned.faults.has(id))
  const asked = await Promise.all(
    able
      .filter(({ ownership }) => asksProducts(ownership))
      .map(async (one) => [one.id, await find(one, skus)] as const),
  )
  const products = new Map(asked)
  const byRule = claimantsIn(able, (connection, sku) => products.get(connection)?.get(sku), owned)
  return (line) => {
    const connection = sentTo(line, sent)
    return connection === null ? byRule(line) : [connection]
  }
}

function sentTo({ lineId }: OrderLine, sent: Sent): string | null {
  const has = ({ canceled, data }: VendorOrderRequested) => !canceled && data.lines.some((one) => one.lineId === lineId)
  return [...sent].find(([, event]) => has(event))?.[0] ?? null
}

/** A vendor that was sent lines and has none any more has a share of zero. */
function sharesOf({ vendors }: SharedOrder, sent: Sent): readonly VendorShare[] {
  const due = new Map(vendors.map(({ connection, order }) => [connection, order.grandTotal]))
  const given = new Map([...sent].map(([connection, { data }]) => [connection, data.grandTotal]))
  return [...new Set([...due.keys(), ...given.keys()])].toSorted().flatMap((connection) => {
    const [amount, part] = [due.get(connection) ?? ZERO4, given.get(connection) ?? ZERO4]
    if (amount === 0n && part === 0n && !due.has(connection)) return []
    return { connection, amount: text4(amount), sent: text4(part), unsent: text4(subtract(amount, part)) }
  })
}

function amountsOf({ lines, charges, ...order }: Order): OrderAmounts {
  return {
    subtotal: text4(order.subtotal),
    discount: text4(order.discount),
    shipping: text4(order.shipping),
    tax: text4(add(order.tax, order.shippingTax)),
    charges: text4(chargesOf(charges.filter((one) => !isUnexplained(one)))),
    credit: text4(add(order.giftCard, order.storeCredit)),
    refunded: text4(sum(lines.map((line) => refundedOf(line, minorUnit(order.currency))))),
  }
}

const chargesOf = (charges: Order['charges']): Decimal4 => sum(charges.flatMap(({ amount, tax }) => [amount, tax]))

function refundedOf({ quantityOrdered, quantityRefunded, ...line }: Line, unit: Decimal4): Decimal4 {
  if (quantityRefunded === 0n) return ZERO4
  const whole = add(subtract(line.rowTotal, line.discount), line.tax)
  const kept = subtract(quantityOrdered, quantityRefunded)
  return allocate(whole, [quantityRefunded, kept < 0n ? 0n : kept], unit)[0] ?? ZERO4
}

function routedLine(line: Line, order: Order, shared: SharedOrder, standing: Standing): RoutedLine {
  const { lineId, parentLineId, sku } = line
  const part = shared.vendors.find((one) => lineIn(one.order.lines, line) !== undefined)
  const own = lineIn(part?.order.lines ?? shared.ownLines, line)
  const event = part === undefined ? undefined : standing.sent.get(part.connection)
  const given = event === undefined ? undefined : lineIn(event.data.lines, line)
  return {
    line: lineId,
    parent: parentLineId,
    sku,
    ordered: text8(line.quantityOrdered),
    canceled: text8(line.quantityCanceled),
    refunded: text8(line.quantityRefunded),
    shipped: text8(line.quantityShipped),
    wanted: text8(vendorQuantity(line)),
    amount: amountOf(given ?? own),
    connection: part?.connection ?? null,
    unsent: unsentOf(line, order, shared, { ...standing, part: part?.connection ?? null, isSent: given !== undefined }),
  }
}

const amountOf = (line: Line | undefined): string | null => (line === undefined ? null : text4(line.rowTotal))

const lineIn = (lines: readonly Line[], { lineId }: Line): Line | undefined =>
  lines.find((one) => one.lineId === lineId)

function unsentOf(
  line: Line,
  order: Order,
  { ownLines, claimedTwice }: SharedOrder,
  { staged, part, isSent }: Standing & { readonly part: string | null; readonly isSent: boolean },
): Unsent | null {
  if (isSent) return null
  const claimants = claimedTwice.get(line.lineId) ?? claimedTwice.get(line.parentLineId ?? '')
  if (claimants !== undefined) return { code: 'line_claimed_twice', message: claimants.join(', ') }
  if (part === null) return lineIn(ownLines, line) === undefined ? { code: 'divided', message: null } : null
  const parent = order.lines.find(({ lineId }) => lineId === line.parentLineId)
  const deciding = parent === undefined || isBundle(parent) ? line : parent
  const settled = lineIn(order.lines, deciding) ?? deciding
  if (vendorQuantity(settled) === 0n) {
    const isRefunded = deciding.quantityRefunded > 0n || order.state === 'closed'
    return { code: isRefunded ? 'refunded' : 'canceled', message: null }
  }
  const row = staged.find(({ connection }) => connection === part)
  return row === undefined ? { code: 'waiting', message: null } : { code: row.code ?? row.status, message: row.message }
}
