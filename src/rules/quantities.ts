import { add, type Decimal8, decimal8, greatest, least, subtract, text8, ZERO8 } from '../events/decimal.ts'
import type { Order, OrderLine } from '../events/generated/events.ts'

/** How many pieces of a line were ordered, and what became of them in the shop. */
export type LineQuantities = Pick<
  OrderLine,
  'productType' | 'quantityOrdered' | 'quantityCanceled' | 'quantityShipped' | 'quantityRefunded'
>

/** Types of rows that no shop ships, in the words of the shops. */
const VIRTUAL_TYPES: readonly string[] = ['virtual', 'downloadable', 'digital', 'giftcertificate']

/** A product of its own that is sold with others, which the customer picked: a bundle is nothing but its components. */
export const PRODUCT_WITH_PARTS = 'product_with_parts'

/** Whether the rows below a row are products of their own. */
export function isBundle({ productType }: Pick<OrderLine, 'productType'>): boolean {
  return productType === 'bundle' || productType === PRODUCT_WITH_PARTS
}

/** Whether a row is never shipped. */
export function isVirtual({ productType }: Pick<OrderLine, 'productType'>): boolean {
  return VIRTUAL_TYPES.includes(productType)
}

/** Pieces that were refunded before they were shipped, by line id; decimals as text. They never come back by a shipment. */
export type TakenBack = Readonly<Record<string, string>>

/**
 * THE rule of quantities. What a vendor has of a line: ordered − canceled − max(0, refunded − shipped), never less than
 * nothing. A refund of what was shipped is a return and takes nothing from the vendor. A virtual row is never shipped in the
 * shop: what is refunded of it is taken back, and whether the vendor has delivered it already its ERP knows.
 */
export function vendorQuantity(line: LineQuantities): Decimal8 {
  const left = subtract(line.quantityOrdered, line.quantityCanceled)
  return notNegative(subtract(left, unshippedRefunds(line)))
}

/** What of a line is still to be shipped: ordered − canceled − max(shipped, refunded), never less than nothing. */
export function openQuantity(line: LineQuantities): Decimal8 {
  if (isVirtual(line)) return ZERO8
  const gone = greatest(line.quantityShipped, line.quantityRefunded)
  return notNegative(subtract(subtract(line.quantityOrdered, line.quantityCanceled), gone))
}

/** Whether nothing of a line was shipped, and nothing of it is to be: it says nothing of what was shipped of its bundle. */
export function isTakenBack(line: LineQuantities): boolean {
  return line.quantityShipped === ZERO8 && openQuantity(line) === ZERO8
}

/** What was ordered of a line and is not the vendor's to deliver any more. */
export function withdrawnQuantity(line: LineQuantities): Decimal8 {
  return subtract(line.quantityOrdered, vendorQuantity(line))
}

/**
 * A component's quantities, where what was canceled, shipped or refunded of its bundle was so of each component; none of one that
 * was taken back alone is in the bundles that were shipped.
 */
export function componentQuantities(bundle: LineQuantities, component: LineQuantities): LineQuantities {
  const ofBundle = (pieces: Decimal8): Decimal8 =>
    bundle.quantityOrdered === 0n
      ? ZERO8
      : ((((pieces as bigint) * component.quantityOrdered) / bundle.quantityOrdered) as Decimal8)
  const isAlone = isTakenBack(component) && component.quantityRefunded > ofBundle(bundle.quantityRefunded)
  const quantityShipped = isAlone ? ZERO8 : greatest(component.quantityShipped, ofBundle(bundle.quantityShipped))
  return {
    productType: component.productType,
    quantityOrdered: component.quantityOrdered,
    quantityCanceled: greatest(component.quantityCanceled, ofBundle(bundle.quantityCanceled)),
    quantityShipped,
    quantityRefunded: greatest(component.quantityRefunded, ofBundle(bundle.quantityRefunded)),
  }
}

/** Whether of all components as many are left as of their bundle: what was taken back, was whole bundles. */
export function isEven(bundle: LineQuantities, components: readonly LineQuantities[]): boolean {
  return components
    .filter((component) => !isVirtual(component))
    .every((component) => {
      const left = vendorQuantity(componentQuantities(bundle, component)) as bigint
      return left * bundle.quantityOrdered === vendorQuantity(bundle) * component.quantityOrdered
    })
}

const NOTHING: TakenBack = {}

const isRefunded = ({ quantityRefunded }: OrderLine): boolean => quantityRefunded > 0n

/**
 * An order whose lines say what was taken back: pieces that were refunded before they were shipped count as canceled, and
 * `quantityRefunded` are returns alone. `known` is what earlier versions said: what was taken back stays so when the rest is
 * shipped, which the numbers alone do not tell (10 ordered, 5 refunded, then 5 shipped). In a closed order all that was not
 * shipped is refunded. Lines of which nothing was taken back are the order's own; variants go with their line.
 */
export function settleQuantities(
  order: Order,
  known: TakenBack = NOTHING,
): { readonly order: Order; readonly takenBack: TakenBack } {
  // Most orders: nothing was ever refunded.
  const mayDiffer = known !== NOTHING || order.state === 'closed' || order.lines.some(isRefunded)
  if (!mayDiffer) return { order, takenBack: NOTHING }
  const byId = new Map(order.lines.map((line) => [line.lineId, line]))
  const takenBack: Record<string, string> = {}
  const lines = order.lines.map((line) => {
    const parent = line.parentLineId === null ? undefined : byId.get(line.parentLineId)
    if (parent !== undefined && !isBundle(parent)) return line
    const now = parent === undefined ? line : componentQuantities(parent, line)
    const back = backOf(now, known[line.lineId], order.state === 'closed')
    if (back === 0n) return line
    takenBack[line.lineId] = text8(back)
    return {
      ...line,
      quantityCanceled: add(line.quantityCanceled, back),
      quantityRefunded: notNegative(subtract(line.quantityRefunded, back)),
    }
  })
  return Object.keys(takenBack).length === 0 ? { order, takenBack } : { order: { ...order, lines }, takenBack }
}

function backOf(line: LineQuantities, before: string | undefined, isClosed: boolean): Decimal8 {
  const left = notNegative(subtract(line.quantityOrdered, line.quantityCanceled))
  const refunded = isClosed ? greatest(line.quantityRefunded, left) : line.quantityRefunded
  const stays = before === undefined ? ZERO8 : least(decimal8(before, 'takenBack'), refunded)
  return least(greatest(stays, unshippedRefunds({ ...line, quantityRefunded: refunded })), left)
}

function unshippedRefunds({ quantityRefunded, quantityShipped }: LineQuantities): Decimal8 {
  return notNegative(subtract(quantityRefunded, quantityShipped))
}

function notNegative(quantity: Decimal8): Decimal8 {
  return quantity < 0n ? ZERO8 : quantity
}
