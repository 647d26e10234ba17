import { add, allocate, type Decimal4, subtract, sum, ZERO4 } from '../../events/decimal.ts'
import type { Charge, Order, OrderLine } from '../../events/generated/events.ts'
import { expectedTotal, NO_AMOUNTS, type OrderAmounts } from '../../events/order-total.ts'
import { minorUnit } from '../../rules/currency.ts'
import { isUnexplained } from '../../rules/unexplained.ts'
import { amountOf, requireText, textOf, type Wire } from '../kit/wire.ts'
import { type ConvertedOrder, toAddress } from './order.ts'

/** The part of an order that goes to one address; the first part has the order's own number. */
export interface AddressPart {
  readonly key: string
  readonly order: Order
}

interface Group {
  readonly address: Wire | null
  readonly lines: readonly OrderLine[]
}

/**
 * Splits an order with several addresses into one order per address, because an ERP's order has only one. The first
 * keeps the order's number; the others are `<order id>-<address id>`, which never changes. Lines go with their address
 * (those that are not shipped with the first), and every amount adds up to the order's (Guarantee 7).
 */
export function partsByAddress({ order, lineAddresses }: ConvertedOrder, addresses: readonly Wire[]): AddressPart[] {
  const groups = groupLines(order, lineAddresses, addresses)
  if (groups.length < 2) {
    const used = groups[0]?.address ?? null
    return [{ key: order.orderNumber, order: used === null ? order : { ...order, ...destination(used) } }]
  }
  const shares = shareOut(order, groups)
  return groups.map(({ address, lines }, index) => {
    const shared = shares[index] ?? NO_AMOUNTS
    const key = index === 0 ? order.orderNumber : `${order.orderNumber}-${textOf(address?.['id'])}`
    const grandTotal = expectedTotal(shared)
    const sent = address === null ? {} : destination(address)
    return { key, order: { ...order, ...shared, ...sent, orderNumber: key, baseGrandTotal: null, lines, grandTotal } }
  })
}

function destination(address: Wire): Pick<Order, 'shippingAddress' | 'shippingMethod'> {
  return { shippingAddress: toAddress(address), shippingMethod: textOf(address['shipping_method']) }
}

/** Groups lines by address, lowest id first; a component goes with its parent. Addresses without lines are left out. */
function groupLines(
  { lines }: Order,
  lineAddresses: ReadonlyMap<string, string | null>,
  addresses: readonly Wire[],
): readonly Group[] {
  const known = addresses.toSorted((a, b) => Number(requireText(a, 'id')) - Number(requireText(b, 'id')))
  const used = known.filter((address) => lines.some((line) => lineAddresses.get(line.lineId) === textOf(address['id'])))
  const first = used[0] ?? known[0] ?? null
  const groups = used.length === 0 ? [first] : used
  const addressOf = (line: OrderLine): string | null => {
    const parent = lines.find(({ lineId }) => lineId === line.parentLineId)
    return lineAddresses.get((parent ?? line).lineId) ?? null
  }
  const isKnown = (id: string | null) => groups.some((address) => textOf(address?.['id']) === id)
  return groups.map((address, index) => ({
    address,
    lines: lines.filter((line) => {
      const id = addressOf(line)
      return isKnown(id) ? id === textOf(address?.['id']) : index === 0
    }),
  }))
}

function shareOut(order: Order, groups: readonly Group[]): OrderAmounts[] {
  const ofLines = (field: 'rowTotal' | 'discount' | 'tax', total: Decimal4): readonly Decimal4[] => {
    const own = groups.map(({ lines }) => sum(lines.map((line) => line[field])))
    const [first = ZERO4, ...others] = own
    // The first part gets the rounding difference.
    return [add(first, subtract(total, sum(own))), ...others]
  }
  const rows = ofLines('rowTotal', order.subtotal)
  const weights = rows.map(notNegative)
  const unit = minorUnit(order.currency)
  const share = (total: Decimal4) => allocate(total, weights, unit)
  const charge = (total: Decimal4, field: 'cost_ex_tax' | 'cost_tax') =>
    shareCharge(groups, total, { field, weights, unit })
  const [discount, tax] = [ofLines('discount', order.discount), ofLines('tax', order.tax)]
  const shipping = charge(order.shipping, 'cost_ex_tax')
  const shippingTax = charge(order.shippingTax, 'cost_tax')
  const [giftCard, storeCredit] = [share(order.giftCard), share(order.storeCredit)]
  const charges = order.charges.map((one) => shareOfEach(one, weights, unit))
  return groups.map((_, index) => {
    const at = (shares: readonly Decimal4[]) => shares[index] ?? ZERO4
    return {
      subtotal: at(rows),
      discount: at(discount),
      tax: at(tax),
      shipping: at(shipping),
      shippingTax: at(shippingTax),
      charges: charges.flatMap((shares) => shares[index] ?? []),
      giftCard: at(giftCard),
      storeCredit: at(storeCredit),
    }
  })
}

/**
 * Shares a charge in proportion to the price of the lines. An unexplained charge goes to every part in full, so that no
 * part adds up.
 */
function shareOfEach(charge: Charge, weights: readonly bigint[], unit: Decimal4): readonly Charge[] {
  if (isUnexplained(charge)) return weights.map(() => charge)
  const [amounts, taxes] = [allocate(charge.amount, weights, unit), allocate(charge.tax, weights, unit)]
  return weights.map((_, index) => ({ ...charge, amount: amounts[index] ?? ZERO4, tax: taxes[index] ?? ZERO4 }))
}

/** Uses the amounts of the addresses; the difference to the total is shared in proportion to the price of the lines. */
function shareCharge(
  groups: readonly Group[],
  total: Decimal4,
  { field, weights, unit }: { readonly field: string; readonly weights: readonly bigint[]; readonly unit: Decimal4 },
): readonly Decimal4[] {
  const own = groups.map(({ address }) => (address === null ? ZERO4 : (amountOf(address, field) ?? ZERO4)))
  if (sum(own) > total) return allocate(total, own.map(notNegative), unit)
  const rest = allocate(subtract(total, sum(own)), weights, unit)
  return own.map((amount, index) => add(amount, rest[index] ?? ZERO4))
}

const notNegative = (amount: Decimal4): bigint => (amount < 0n ? 0n : amount)
