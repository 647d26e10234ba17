import { text8 } from '../../events/decimal.ts'
import type { BegunOrder } from '../kit/begun-order.ts'
import { skuKey } from '../kit/sku.ts'
import { requireText, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import type { OrderAmounts } from './order-amounts.ts'
import type { MarkFields } from './settings.ts'

/** What the shop takes back of an order in SAP, by what the vendor has done with it; null: no such pieces. */
export interface TakenBack {
  /** Pieces that were delivered already. */
  readonly delivered: string | null
  /** Pieces that the vendor would still deliver. */
  readonly open: string | null
  /** The shop still wants some of the open pieces. */
  readonly wantsMore: boolean
}

/**
 * Compares what the shop wants with the order; null if it wants something that the order does not have, or takes
 * nothing back. `wanted` null: the shop canceled the whole order.
 */
export function takenBack(
  order: Wire,
  wanted: Pick<OrderAmounts, 'lines'> | null,
  { marks }: { readonly marks: MarkFields },
): TakenBack | null {
  const lines = linesOf(order, marks)
  const own = (wanted?.lines ?? []).map(({ line, quantity }) => {
    return { lineId: line.lineId, sku: line.sku, pieces: Number(text8(quantity)) }
  })
  const compared = lines.map((line) => {
    return { ...line, wanted: own.find(({ lineId }) => lineId === line.lineId)?.pieces ?? 0 }
  })
  const isThere = own.every(({ lineId, sku }) => lines.some((line) => line.lineId === lineId && line.sku === sku))
  if (!isThere || !compared.every((line) => line.wanted <= line.ordered)) return null
  if (!compared.some((line) => line.wanted < line.ordered)) return null
  return {
    delivered: piecesOf(compared, (line) => line.delivered - line.wanted),
    open: piecesOf(compared, (line) => (line.isOpen ? line.ordered - Math.max(line.wanted, line.delivered) : 0)),
    wantsMore: compared.some((line) => line.isOpen && line.wanted > line.delivered),
  }
}

/** Whether the order has exactly the pieces that the shop wants. */
export function hasPieces(
  order: Wire,
  wanted: Pick<OrderAmounts, 'lines'>,
  { marks }: { readonly marks: MarkFields },
): boolean {
  const lines = linesOf(order, marks)
  return (
    lines.length === wanted.lines.length &&
    wanted.lines.every(({ line, quantity }) =>
      lines.some(
        ({ lineId, sku, ordered }) => lineId === line.lineId && sku === line.sku && ordered === Number(text8(quantity)),
      ),
    )
  )
}

/** What was delivered of an order; `pieces`: only these. */
export function begunOf(order: Wire, marks: MarkFields, pieces = deliveredPieces(order, marks)): BegunOrder {
  return { done: `SAP has delivered ${pieces}`, details: { order: requireText(order, 'DocEntry') } }
}

function deliveredPieces(order: Wire, marks: MarkFields): string | null {
  return piecesOf(linesOf(order, marks), ({ delivered }) => delivered)
}

/** Whether a part of it was delivered. */
export function isBegun(order: Wire): boolean {
  return wiresOf(order['DocumentLines']).some((line) => openOf(line) < Number(line['Quantity']))
}

interface Line {
  readonly lineId: string
  readonly sku: string
  readonly ordered: number
  readonly delivered: number
  readonly isOpen: boolean
}

/** The lines of the shop, without freight. */
function linesOf(order: Wire, marks: MarkFields): readonly Line[] {
  return wiresOf(order['DocumentLines']).flatMap((line) => {
    const lineId = textOf(line[marks.line])
    if (lineId === null) return []
    const ordered = Number(line['Quantity'])
    const isOpen = order['DocumentStatus'] === 'bost_Open' && line['LineStatus'] !== 'bost_Close'
    return [{ lineId, sku: skuKey(line['ItemCode']) ?? '', ordered, delivered: ordered - openOf(line), isOpen }]
  })
}

const openOf = (line: Wire): number => Number(textOf(line['RemainingOpenQuantity']) ?? line['Quantity'])

function piecesOf<L extends Line>(lines: readonly L[], pieces: (line: L) => number): string | null {
  const named = lines.flatMap((line) => (pieces(line) > 0 ? [`${pieces(line)} × ${line.sku}`] : []))
  return named.length === 0 ? null : named.join(', ')
}
