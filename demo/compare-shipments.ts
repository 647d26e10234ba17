import { type Decimal8, text8 } from '../src/events/decimal.ts'
import { type ErpOrder, isReferenceOf, type ShippedRow, type ShopOrder } from './ends/end.ts'

/** The number by which a vendor's parcels of an order are followed. */
export const trackOf = (reference: string): string => `T-${reference}`

/** What is shipped of every line of the shop's orders: ids of lines are a shop's own. */
export function rowsOf(orders: readonly ShopOrder[]): ReadonlyMap<string, ShippedRow> {
  return new Map(orders.flatMap(({ rows }) => [...rows]))
}

/** Everything that the vendor has shipped is in the shop, with its track, and nothing else is. */
export function compareShipments(
  connection: string,
  shop: readonly ShopOrder[],
  erp: readonly ErpOrder[],
): readonly string[] {
  const rows = rowsOf(shop)
  const wanted = erp
    .filter(({ reference }) => isReferenceOf(connection, reference))
    .flatMap((order) => toldOf(trackOf(order.reference), wantedPieces(order, rows)))
  const all = shop.flatMap(({ shipments }) => shipments)
  const own = Map.groupBy(all, ({ tracks }) => tracks.find((track) => isReferenceOf(`T-${connection}`, track)))
  const have = [...own].flatMap(([track, some]) =>
    track === undefined ? [] : toldOf(track, summed(some.flatMap(({ pieces }) => [...pieces]))),
  )
  return [
    ...wanted.filter((one) => !have.includes(one)).map((one) => `${connection}: the shop has no shipment ${one}`),
    ...have.filter((one) => !wanted.includes(one)).map((one) => `${connection}: the vendor has not shipped ${one}`),
  ]
}

/** Pieces of the shop's rows. Of a bundle each part says how many there are of it. */
function wantedPieces({ lines }: ErpOrder, rows: ReadonlyMap<string, ShippedRow>): ReadonlyMap<string, Decimal8> {
  return new Map(
    lines.flatMap(({ lineId, shipped }) => {
      const found = rows.get(lineId)
      if (found === undefined || shipped === 0n) return []
      const { row, ordered, ofLine } = found
      return [[row, ((shipped * ordered) / ofLine) as Decimal8] as const]
    }),
  )
}

function summed(pieces: readonly (readonly [row: string, count: Decimal8])[]): ReadonlyMap<string, Decimal8> {
  const counts = new Map<string, Decimal8>()
  for (const [row, count] of pieces) counts.set(row, ((counts.get(row) ?? 0n) + count) as Decimal8)
  return counts
}

function toldOf(track: string, pieces: ReadonlyMap<string, Decimal8>): readonly string[] {
  if (pieces.size === 0) return []
  const list = [...pieces].map(([row, count]) => `row ${row} × ${text8(count)}`)
  return [`${track}: ${list.toSorted().join(', ')}`]
}
