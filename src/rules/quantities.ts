import { add, type Decimal8, decimal8, greatest, least, subtract, text8, ZERO8 } from '../events/decimal.ts'
import type { Order, OrderLine } from '../events/generated/events.ts'

/** How many pieces of a line were ordered, and what happened to them in the shop. */
export type LineQuantities = Pick<
  OrderLine,
  'productType' | 'quantityOrdered' | 'quantityCanceled' | 'quantityShipped' | 'quantityRefunded'
>

/** Product types that no shop ships, in the shops' words. */
const VIRTUAL_TYPES: readonly string[] = ['virtual', 'downloadable', 'digital', 'giftcertificate']

/** A product sold with others that the customer picked. A bundle, in contrast, is nothing but its components. */
export const PRODUCT_WITH_PARTS = 'product_with_parts'

/** Whether the rows below a row are products of their own. */
export function isBundle({ productType }: Pick<OrderLine, 'productType'>): boolean {
  return productType === 'bundle' || productType === PRODUCT_WITH_PARTS
}

/** Whether a row is never shipped. */
export function isVirtual({ productType }: Pick<OrderLine, 'productType'>): boolean {
  return VIRTUAL_TYPES.includes(productType)
}

/**
 * Pieces that were refunded before they were shipped, by line id; decimals as text. A later shipment does not bring
 * them back.
 */
export type TakenBack = Readonly<Record<string, string>>

/**
 * THE rule of quantities. The vendor's quantity of a line: ordered − canceled − max(0, refunded − shipped), never
 * negative. A refund of shipped pieces is a return and takes nothing from the vendor. A virtual row is never shipped in
 * the shop: its refunded pieces are withdrawn, and only the ERP knows whether the vendor has delivered them already.
 */
export function vendorQuantity(line: LineQuantities): Decimal8 {
  const left = subtract(line.quantityOrdered, line.quantityCanceled)
  return notNegative(subtract(left, unshippedRefunds(line)))
}

/** Pieces of a line still to ship: ordered − canceled − max(shipped, refunded), never negative. */
export function openQuantity(line: LineQuantities): Decimal8 {
  if (isVirtual(line)) return ZERO8
  const gone = greatest(line.quantityShipped, line.quantityRefunded)
  return notNegative(subtract(subtract(line.quantityOrdered, line.quantityCanceled), gone))
}

/** Whether no piece of a line was or will be shipped: such a line does not show what was shipped of its bundle. */
export function isTakenBack(line: LineQuantities): boolean {
  return line.quantityShipped === ZERO8 && openQuantity(line) === ZERO8
}

/** Ordered pieces of a line that the vendor does not have to deliver any more. */
export function withdrawnQuantity(line: LineQuantities): Decimal8 {
  return subtract(line.quantityOrdered, vendorQuantity(line))
}

/**
 * A component's quantities: what was canceled, shipped or refunded of its bundle applies to the component too. A
 * component that was withdrawn alone is not in the shipped bundles.
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

/** Whether equally much is left of every component as of the bundle: only whole bundles were withdrawn. */
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
 * The order with withdrawn pieces made explicit: pieces refunded before they were shipped count as canceled, and
 * `quantityRefunded` holds returns only. `known` holds what earlier versions showed: withdrawn pieces stay withdrawn
 * when the rest is shipped, which the numbers alone do not show (10 ordered, 5 refunded, then 5 shipped). In a closed
 * order everything that was not shipped is refunded. Lines without withdrawn pieces are unchanged; variants follow
 * their parent line.
 */
export function settleQuantities(
  order: Order,
  known: TakenBack = NOTHING,
): { readonly order: Order; readonly takenBack: TakenBack } {
  // The common case: no refunds at all.
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
