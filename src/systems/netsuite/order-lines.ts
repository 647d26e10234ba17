import {
  add,
  allocate,
  type Decimal4,
  type Decimal8,
  multiply,
  subtract,
  sum,
  text4,
  text8,
  toCent,
} from '../../events/decimal.ts'
import type { Order, OrderLine, VendorOrderRequested } from '../../events/generated/events.ts'
import { exactNumber } from '../../platform/json.ts'
import { minorUnit } from '../../rules/currency.ts'
import { vendorQuantity, withdrawnQuantity } from '../../rules/quantities.ts'
import { topLevelLines } from '../../rules/split-order.ts'
import { mappedValue } from '../kit/order-fields.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import { LINE_FIELD } from './custom-fields.ts'
import { LEVEL, type LineField } from './order-fields.ts'

/** What an order's parts are in the account. */
export interface OrderReferences {
  /** Internal id of the customer. */
  readonly customer: string
  /** Internal ids of the items by SKU: one for every top-level line. */
  readonly items: ReadonlyMap<string, string>
  /** Zone of the account: its days are those of the order's date. */
  readonly zone: string
  /** Id of the level of a price that is the line's own; null: the line says nothing of levels. */
  readonly customPriceLevel: string | null
  /** Internal id of the item that takes the discount off; null: the order's discount is sent as `discountTotal`. */
  readonly discountItem: string | null
  /** Whether an item costs so much at a price level. */
  costs(item: string, level: string, price: Decimal8): boolean
}

/** The price level that a line is to have; null: its own price. */
function levelOf({ fields }: VendorOrderRequested, { lineId }: OrderLine): string | null {
  return textOf(mappedValue(fields, LEVEL, lineId))
}

/** The price levels that the order's lines are to have. */
export function wantedLevels(event: VendorOrderRequested): string[] {
  const levels = topLevelLines(event.data).map((line) => levelOf(event, line))
  return [...new Set(levels.filter((level) => level !== null))]
}

/**
 * What each line's pieces that are left cost, to the cent (or the currency's unit), which is what NetSuite keeps: what the shop rounded over the order
 * as a whole is in them too, so that they add up to its subtotal (Guarantee 7).
 */
export function lineAmounts(order: Order): ReadonlyMap<OrderLine, Decimal4> {
  const lines = topLevelLines(order)
  const exact = lines.map((line) =>
    withdrawnQuantity(line) === 0n ? line.rowTotal : multiply(vendorQuantity(line), line.unitPrice),
  )
  const rounding = subtract(order.subtotal, sum(lines.map(({ rowTotal }) => rowTotal)))
  const weights = exact.map((amount) => (amount < 0n ? 0n : amount))
  const isShared = weights.some((weight) => weight > 0n) && exact.every((amount) => amount >= 0n)
  const unit = minorUnit(order.currency)
  const amounts = isShared ? allocate(toCent(add(sum(exact), rounding), unit), weights, unit) : exact
  return new Map(lines.map((line, index) => [line, amounts[index] ?? line.rowTotal]))
}

/** A line that the shop took back stays, with nothing to deliver: no line is dropped. */
export function lineBody(
  event: VendorOrderRequested,
  line: OrderLine,
  amount: Decimal4,
  references: OrderReferences,
): Wire {
  const quantity = vendorQuantity(line)
  const item = references.items.get(line.sku) ?? ''
  const body: Partial<Record<LineField, unknown>> = {
    item: { id: item },
    quantity: exactNumber(text8(quantity)),
    ...priceField(line, item, levelOf(event, line), references),
    rate: exactNumber(text8(line.unitPrice)),
    amount: exactNumber(text4(amount)),
    [LINE_FIELD]: line.lineId,
    ...(quantity === 0n ? { isClosed: true } : {}),
  }
  return body
}

/** A level that has another price would change the order's total: then the price is the line's own. */
function priceField(line: OrderLine, item: string, level: string | null, references: OrderReferences): Wire {
  const costsSo = level !== null && references.costs(item, level, line.unitPrice)
  const id = costsSo ? level : references.customPriceLevel
  return id === null ? {} : { price: { id } }
}
