import { add, type Decimal8, decimal8, text8, ZERO8 } from '../../events/decimal.ts'
import type { FulfilmentLine, Track } from '../../events/generated/events.ts'
import { digest } from '../../events/identity.ts'
import type { Delivered } from '../kit/sink.ts'
import { undeliveredText } from '../kit/undelivered.ts'
import type { Wire } from '../kit/wire.ts'
import type { PiecesByRow } from './bundle-shipment.ts'
import type { Magento2Client } from './client.ts'
import { commentsOf, say } from './order-comment.ts'

/** A note on the order about a partial bundle: the shipment, and the pieces by row. */
const NOTE = /\[waldstream (\S+) part ([\d:. ]+)\]/
/** Digits of a digest, enough to distinguish the notes of a shipment. */
const KEPT_DIGITS = 12

/** Components of a vendor's shipment that wait for the rest of their bundle. */
export interface WaitingParts {
  /** Their shipment, as connection and key. */
  readonly shipment: string
  readonly parts: readonly FulfilmentLine[]
  readonly tracks: readonly Pick<Track, 'number'>[]
}

/**
 * Adds a note to the order about the waiting components of a shipment, unless its last note says the same. Only the
 * last note counts: a correction by the vendor is noted again, even if it restores an earlier state.
 */
export async function noteParts(
  client: Pick<Magento2Client, 'addComment'>,
  order: Wire,
  { shipment, parts, tracks }: WaitingParts,
  signal: AbortSignal,
): Promise<Delivered['outcome']> {
  const numbers = tracks.map(({ number }) => number).filter((number) => number !== '')
  const by = numbers.length === 0 ? '' : ` (${numbers.join(', ')})`
  const what = undeliveredText(parts, '×')
  const text = `The vendor has shipped${by}: ${what}. The shop ships the bundle once all of it is shipped.`
  // Magento may reformat a text, so the note contains a digest to recognize it.
  const mark = `${partsMark(shipment, parts)} #${digest(text).slice(0, KEPT_DIGITS)}`
  const last = notesOf(order).findLast((note) => note.shipment === shipment)
  if (last?.comment.includes(mark) === true) return 'unchanged'
  await say(client, order, `${text} ${mark}`, signal)
  return 'written'
}

function partsMark(shipment: string, parts: readonly FulfilmentLine[]): string {
  const pieces = parts.map(({ lineId, quantity }) => `${lineId}:${text8(quantity)}`)
  return `[waldstream ${shipment} part ${pieces.toSorted().join(' ')}]`
}

/**
 * Pieces of components that earlier shipments left waiting: the last note of each shipment counts, and `but` is left
 * out.
 */
export function notedPieces(order: Wire, but: string): PiecesByRow {
  const last = new Map(notesOf(order).map(({ shipment, rows }) => [shipment, rows]))
  const pieces = new Map<string, Decimal8>()
  for (const [shipment, rows] of last) {
    if (shipment === but) continue
    for (const one of rows.split(' ')) {
      const [row = '', quantity = '0'] = one.split(':')
      pieces.set(row, add(pieces.get(row) ?? ZERO8, decimal8(quantity, 'comment')))
    }
  }
  return pieces
}

interface Note {
  readonly shipment: string
  readonly rows: string
  readonly comment: string
}

/** Oldest first. */
function notesOf(order: Wire): readonly Note[] {
  return commentsOf(order).flatMap((comment) => {
    const [, shipment, rows] = NOTE.exec(comment) ?? []
    return shipment === undefined || rows === undefined ? [] : { shipment, rows, comment }
  })
}
