import { type Decimal4, type Decimal8, text4, text8 } from '../../events/decimal.ts'
import type { OrderLine, VendorOrderRequested } from '../../events/generated/events.ts'
import { exactNumber } from '../../platform/json.ts'
import type { StateLists } from '../../rules/regions.ts'
import { topLevelLines } from '../../rules/split-order.ts'
import { mappedValue } from '../kit/order-fields.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import { LINE_FIELD, TAX_LINE } from './custom-fields.ts'
import type { PricedLine } from './order-amounts.ts'
import { LEVEL, type LineField } from './order-fields.ts'
import type { TaxSetting } from './taxes.ts'

/** Lines are sent without a price: NetSuite takes that of the level or of the customer, or keeps the line's price. */
export interface ErpPrices {
  /** Internal id of the level; null: NetSuite's own choice. */
  readonly level: string | null
}

/** What the parts of an order refer to in the account. */
export interface OrderReferences {
  /** Internal id of the customer. */
  readonly customer: string
  /** The customer is the seller; the shop's customer is only the recipient. */
  readonly isSellers?: boolean
  /** Internal id of the order's currency; null: the currency of the account or of the customer. */
  readonly currency?: string | null
  /** Shipping is left to the account. */
  readonly withoutShipping?: boolean
  /** Internal ids of the items by SKU, one for every top-level line. */
  readonly items: ReadonlyMap<string, string>
  /** Time zone of the account; the order's date is a day in it. */
  readonly zone: string
  /** Id of the price level for custom prices; null: a line with a custom price is sent without a level. */
  readonly customPriceLevel: string | null
  /** Internal id of the discount item; null: the discount is in the lines. */
  readonly discountItem: string | null
  /** How the account takes taxes; default: as the order's `taxTotal`. */
  readonly taxes?: TaxSetting
  /** The account's states. */
  readonly states?: StateLists
  /** How the ERP determines the lines' prices itself; null: prices are sent. */
  readonly erpPrices?: ErpPrices | null
  /** Whether an item has this price at a price level. */
  costs(item: string, level: string, price: Decimal8): boolean
}

/** The price level that the order map gives a line; null: a custom price. */
function levelOf({ fields }: VendorOrderRequested, { lineId }: OrderLine): string | null {
  return textOf(mappedValue(fields, LEVEL, lineId))
}

/** The price levels that the order map gives the order's lines. */
export function wantedLevels(event: VendorOrderRequested): string[] {
  const levels = topLevelLines(event.data).map((line) => levelOf(event, line))
  return [...new Set(levels.filter((level) => level !== null))]
}

/** A line that the shop took back stays, closed and with quantity 0: no line is dropped. */
export function lineBody(event: VendorOrderRequested, priced: PricedLine, references: OrderReferences): Wire {
  const { line, quantity } = priced
  const item = references.items.get(line.sku) ?? ''
  const body: Partial<Record<LineField, unknown>> = {
    item: { id: item },
    quantity: exactNumber(text8(quantity)),
    ...priceFields(priced, item, levelOf(event, line), references),
    [LINE_FIELD]: line.lineId,
    ...(quantity === 0n ? { isClosed: true } : {}),
  }
  return body
}

function priceFields(
  { rate, amount }: PricedLine,
  item: string,
  level: string | null,
  { erpPrices = null, customPriceLevel, costs }: OrderReferences,
): Wire {
  if (erpPrices !== null) return erpPrices.level === null ? {} : { price: { id: erpPrices.level } }
  // A level with another price would change the order's total: the line then gets a custom price.
  const id = level !== null && costs(item, level, rate) ? level : customPriceLevel
  const price = id === null ? {} : { price: { id } }
  return { ...price, rate: exactNumber(text8(rate)), amount: exactNumber(text4(amount)) }
}

/** The tax as a line, if the account takes it that way. */
export function taxLine(tax: Decimal4, { taxes, customPriceLevel }: OrderReferences): readonly Wire[] {
  if (taxes?.way !== 'item' || tax === 0n) return []
  const amount = exactNumber(text4(tax))
  const body: Partial<Record<LineField, unknown>> = {
    item: { id: taxes.item },
    quantity: 1,
    ...(customPriceLevel === null ? {} : { price: { id: customPriceLevel } }),
    rate: amount,
    amount,
    [LINE_FIELD]: TAX_LINE,
  }
  return [body]
}
