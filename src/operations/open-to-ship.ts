import { type Filed, shippedOf } from '../control/filed-fulfilments.ts'
import { add, type Decimal8, decimal8, greatest, least, subtract, ZERO8 } from '../events/decimal.ts'
import type { OrderLine } from '../events/generated/events.ts'
import { vendorQuantity } from '../rules/quantities.ts'

/** What of a line is still to be shipped: the shop may have shipped some of it, and what was filed may not be there yet. */
export function openToShip(line: OrderLine, filed: readonly Filed[]): Decimal8 {
  const open = subtract(vendorQuantity(line), greatest(line.quantityShipped, shippedOf(filed, line.lineId)))
  return open < 0n ? ZERO8 : open
}

/** Pieces that a vendor's ERP has told to have shipped, which are of SKUs and not of lines. */
interface ToldPieces {
  readonly sku: string
  readonly quantity: string
}

/** What of each line is still to be shipped, by line id: what the ERP told is of the first lines of its SKU. */
export function openLines(
  lines: readonly OrderLine[],
  filed: readonly Filed[],
  told: readonly ToldPieces[],
): ReadonlyMap<string, Decimal8> {
  const shipped = new Map<string, Decimal8>()
  for (const { sku, quantity } of told) {
    shipped.set(sku, add(shipped.get(sku) ?? ZERO8, decimal8(quantity, 'quantity')))
  }
  return new Map(
    lines.map((line) => {
      const wanted = vendorQuantity(line)
      const left = shipped.get(line.sku) ?? ZERO8
      const taken = least(left, wanted)
      shipped.set(line.sku, subtract(left, taken))
      const open = least(openToShip(line, filed), subtract(wanted, taken))
      return [line.lineId, open]
    }),
  )
}
