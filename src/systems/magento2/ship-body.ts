import { add, type Decimal8, sum, text8, ZERO8 } from '../../events/decimal.ts'
import type { Fulfilment } from '../../events/generated/events.ts'
import { exactNumber } from '../../platform/json.ts'
import { quantityOf, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import { parentOf } from './order-rows.ts'
import type { ShipmentItem } from './shipment.ts'

/** Pieces of each SKU that these items take from the source: the variant of a configurable, the parts of a bundle. */
export function piecesOf(order: Wire, items: readonly ShipmentItem[]): ReadonlyMap<string, Decimal8> {
  const pieces = new Map<string, Decimal8>()
  const note = (sku: string, quantity: Decimal8) => pieces.set(sku, add(pieces.get(sku) ?? ZERO8, quantity))
  for (const { row, quantity } of items) {
    const own = wiresOf(order['items']).find((item) => textOf(item['item_id']) === row) ?? {}
    if (textOf(own['product_type']) !== 'bundle') {
      note(textOf(own['sku']) ?? '', quantity)
      continue
    }
    const bundles = quantityOf(own, 'qty_ordered', 'items.') ?? ZERO8
    for (const part of wiresOf(order['items']).filter((item) => parentOf(item) === row)) {
      const ordered = quantityOf(part, 'qty_ordered', 'items.') ?? ZERO8
      // Rounded up: with too few pieces, Magento would reject the shipment.
      const exact = bundles === 0n ? ZERO8 : (((ordered * quantity + bundles - 1n) / bundles) as Decimal8)
      note(textOf(part['sku']) ?? '', exact)
    }
  }
  return pieces
}

export interface ShipOptions {
  readonly notify: boolean
  readonly comment: string
  readonly tracks: readonly Wire[]
  readonly source: string | null
}

/** The body of `POST /V1/order/{id}/ship`. The comment is for the shop's staff and not part of any e-mail. */
export function shipBody(items: readonly ShipmentItem[], { notify, comment, tracks, source }: ShipOptions): Wire {
  return {
    items: [...Map.groupBy(items, ({ row }) => row)].map(([row, own]) => ({
      order_item_id: exactNumber(row),
      qty: exactNumber(text8(sum(own.map(({ quantity }) => quantity)))),
    })),
    notify,
    appendComment: false,
    comment: { comment, is_visible_on_front: 0 },
    tracks,
    ...(source === null ? {} : { arguments: { extension_attributes: { source_code: source } } }),
  }
}

/** Tracks of a shipment that the shop does not have yet; those without a number are left out. */
export function newTracks(
  { tracks }: Pick<Fulfilment, 'tracks'>,
  carriers: Readonly<Record<string, string>>,
  ours: readonly Wire[],
): readonly Wire[] {
  const known = new Set(
    ours.flatMap(({ tracks: there }) => wiresOf(there).map((track) => textOf(track['track_number']))),
  )
  const wanted = tracks.filter(({ number }) => number !== '' && !known.has(number))
  const unique = [...new Map(wanted.map((track) => [track.number, track])).values()]
  return unique.map(({ number, carrier, title }) => ({
    track_number: number,
    title: title ?? carrier ?? 'Shipment',
    carrier_code: carrier === null ? 'custom' : (carriers[carrier] ?? carrier),
  }))
}
