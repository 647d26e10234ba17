import { type Decimal4, sum, text4, text8, ZERO4 } from '../src/events/decimal.ts'
import {
  type ErpOrder,
  exactly,
  isReferenceOf,
  type Range,
  referenceOf,
  type ShopLine,
  type ShopOrder,
} from './ends/end.ts'

export interface Orders {
  readonly shop: readonly ShopOrder[]
  readonly erp: readonly ErpOrder[]
  readonly connection: string
  /** SKUs of the vendor. */
  readonly vendor: RegExp
  /** Name of the ERP, for people. */
  readonly erpName: string
}

/** Every order of the vendor is in the ERP exactly once, with the shop's lines and amounts of that vendor, and no other is. */
export function compareOrders({ shop, erp, connection, vendor, erpName }: Orders): readonly string[] {
  const own = erp.filter(({ reference }) => isReferenceOf(connection, reference))
  const inErp = Map.groupBy(own, ({ reference }) => reference)
  const named = withOwnNumbers(shop, (number) => inErp.has(referenceOf(connection, number)), vendor)
  const known = new Set(named.map(({ number }) => referenceOf(connection, number)))
  const unknown = [...inErp.keys()].filter((id) => !known.has(id))
  return [
    ...unknown.map((id) => `${erpName} has an order that the shop has not: ${id}`),
    ...named.flatMap((order) => {
      const found = inErp.get(referenceOf(connection, order.number)) ?? []
      return compareOrder(order, found, { vendor, erpName, connection })
    }),
  ]
}

/**
 * Of orders that share a number, the ERP knows one by it and each other by its alias. Which of them came first is the
 * shop's to say: where several have no alias there, the number is that of the one whose order is to be in the ERP.
 */
function withOwnNumbers(
  orders: readonly ShopOrder[],
  isInErp: (number: string) => boolean,
  vendor: RegExp,
): readonly ShopOrder[] {
  return [...Map.groupBy(orders, ({ number }) => number).values()].flatMap((own) => {
    if (own.length === 1) return own
    const unnamed = own.filter(({ alias }) => alias === undefined || !isInErp(alias))
    const first = unnamed.find((order) => order.state === 'open' && leftOf(order, vendor).length > 0) ?? unnamed[0]
    return own.map((order) =>
      order === first || order.alias === undefined ? order : { ...order, number: order.alias },
    )
  })
}

/** The vendor's lines. */
function linesOf({ lines }: ShopOrder, vendor: RegExp): readonly ShopLine[] {
  return lines.filter(({ sku, bundle }) => vendor.test(sku) || vendor.test(bundle ?? sku))
}

/** The vendor's lines of which there is something left. */
function leftOf(order: ShopOrder, vendor: RegExp): readonly ShopLine[] {
  return linesOf(order, vendor).filter(({ quantity }) => quantity > 0n)
}

type Ends = Pick<Orders, 'vendor' | 'erpName' | 'connection'>

function compareOrder(order: ShopOrder, found: readonly ErpOrder[], ends: Ends): readonly string[] {
  const { erpName } = ends
  const lines = linesOf(order, ends.vendor)
  const left = leftOf(order, ends.vendor)
  const name = `order ${order.number} of ${ends.connection}`
  const [inErp] = found
  if (order.state !== 'open' || left.length === 0) {
    const open = found.some((one) => one.open)
    return order.state !== 'other' && open ? [`${name} has ended in the shop and is open in ${erpName}`] : []
  }
  // What the shop has shipped itself, the vendor is not to ship again.
  if (left.every(({ quantity, shipped }) => shipped >= quantity)) return []
  // Of a line that was both refunded and shipped the shop does not tell which came first; shipments are compared for themselves.
  if (inErp !== undefined && left.some(({ refunded, shipped }) => refunded > 0n && shipped > 0n)) return []
  if (inErp === undefined || found.length > 1) return [`${name} is ${found.length} times in ${erpName}`]
  const all = lines.length === order.lines.length
  const amounts = inErp.amounts === 'unknown' ? [] : compareAmounts({ name, order, lines, all }, inErp, erpName)
  return [...compareLines(name, left, inErp, erpName), ...amounts]
}

/** The same SKUs, pieces and amounts, in whatever sequence. */
function compareLines(name: string, lines: readonly ShopLine[], erp: ErpOrder, erpName: string): readonly string[] {
  const want = lines.toSorted(
    (a, b) => compareTexts(text(a.sku, a), text(b.sku, b)) || compare(a.amount.least, b.amount.least),
  )
  const have = erp.lines
    .filter(({ quantity }) => quantity > 0n)
    .toSorted((a, b) => compareTexts(text(a.sku, a), text(b.sku, b)) || compare(a.amount, b.amount))
  const isSame = (line: ShopLine, index: number): boolean => {
    const other = have[index]
    if (other === undefined || text(line.sku, line) !== text(other.sku, other)) return false
    return erp.amounts === 'unknown' || isIn(other.amount, line.amount)
  }
  if (want.length === have.length && want.every(isSame)) return []
  const wanted = want.map((line) => `${text(line.sku, line)} = ${rangeText(line.amount)}`).join(', ')
  const had = have.map((line) => `${text(line.sku, line)} = ${text4(line.amount)}`).join(', ')
  return [`${name}: the shop has ${wanted}; ${erpName} has ${had}`]
}

const text = (sku: string, { quantity }: Pick<ShopLine, 'quantity'>): string => `${sku} × ${text8(quantity)}`

const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

const compare = (a: Decimal4, b: Decimal4): number => (a < b ? -1 : Number(a > b))

const isIn = (amount: Decimal4, { least, most }: Range): boolean => amount >= least && amount <= most

const rangeText = ({ least, most }: Range): string =>
  least === most ? text4(least) : `${text4(least)} to ${text4(most)}`

interface Asked {
  readonly name: string
  readonly order: ShopOrder
  readonly lines: readonly ShopLine[]
  /** Every line of the order is the vendor's. */
  readonly all: boolean
}

/**
 * Discount and tax that the shop tells line by line are exact, and so is everything where all lines are the vendor's; of
 * what it tells for the whole order, the vendor has a part.
 */
function compareAmounts({ name, order, lines, all }: Asked, erp: ErpOrder, erpName: string): readonly string[] {
  const { shipping, shippingTax, totals } = order
  const own = lines.map(({ amounts }) => amounts).filter((amounts) => amounts !== null)
  if (totals === null && own.length < lines.length) return []
  const ofOrder = (total: Range): Range => (all ? total : { least: ZERO4, most: total.most })
  const discount = totals === null ? rangeSum(own.map((amounts) => amounts.discount)) : ofOrder(totals.discount)
  const tax = totals === null ? rangeSum(own.map((amounts) => amounts.tax)) : ofOrder(totals.tax)
  const outside = (what: string, have: Decimal4, want: Range): readonly string[] =>
    isIn(have, want) ? [] : [`${what} of ${name} is ${text4(have)} in ${erpName}, ${rangeText(want)} in the shop`]
  return [
    ...outside('discount', erp.discount, discount),
    ...outside('tax', erp.tax, rangeSum([tax, ofOrder(exactly(shippingTax))])),
    ...outside('shipping', erp.shipping, ofOrder(exactly(shipping))),
  ]
}

function rangeSum(ranges: readonly Range[]): Range {
  return { least: sum(ranges.map(({ least }) => least)), most: sum(ranges.map(({ most }) => most)) }
}
