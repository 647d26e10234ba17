import { type Filed, filedPieces } from '../control/filed-fulfilments.ts'
import { add, type Decimal8, decimal8, greatest, least, subtract, ZERO8 } from '../events/decimal.ts'
import type { OrderLine } from '../events/generated/events.ts'
import { vendorQuantity } from '../rules/quantities.ts'

/**
 * Open quantity of a line. The shop may have shipped some itself, and filed shipments and cancellations may not have
 * reached it yet: what the shop and the vendor canceled may be the same pieces, so the larger number applies.
 */
export function openToShip(line: OrderLine, filed: readonly Filed[]): Decimal8 {
  const left = subtract(line.quantityOrdered, filedPieces(filed, 'cancellation', line.lineId))
  const shipped = greatest(line.quantityShipped, filedPieces(filed, 'shipment', line.lineId))
  const open = subtract(least(vendorQuantity(line), left), shipped)
  return open < 0n ? ZERO8 : open
}

/** Quantity that a vendor's ERP reported as shipped, by SKU instead of line. */
interface ReportedPieces {
  readonly sku: string
  readonly quantity: string
}

/** Open quantity of each line, by line id. Quantities that the ERP reported count for the first lines of their SKU. */
export function openLines(
  lines: readonly OrderLine[],
  filed: readonly Filed[],
  reported: readonly ReportedPieces[],
): ReadonlyMap<string, Decimal8> {
  const shipped = new Map<string, Decimal8>()
  for (const { sku, quantity } of reported) {
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
