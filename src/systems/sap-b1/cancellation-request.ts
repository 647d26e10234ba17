import { textOf, type Wire } from '../kit/wire.ts'
import { orderLimits } from './field-limits.ts'

/** Start of the comments that ask the vendor to close the rest of an order. */
const REQUEST = 'CANCELED IN THE SHOP, please close: '

/** The comments with the request; null: it is already there, or too long together with the vendor's comments. */
export function commentsWithRequest(order: Wire, pieces: string): string | null {
  const before = textOf(order['Comments']) ?? ''
  const asked = `${REQUEST}${pieces}\n${withoutRequest(before)}`.trim()
  return asked === before || asked.length > orderLimits.Comments ? null : asked
}

/** The comments without the request, which the shop has withdrawn; null: there is none. */
export function commentsWithoutRequest(order: Wire): string | null {
  const before = textOf(order['Comments']) ?? ''
  return before.startsWith(REQUEST) ? withoutRequest(before) : null
}

function withoutRequest(comments: string): string {
  if (!comments.startsWith(REQUEST)) return comments
  const end = comments.indexOf('\n')
  return end < 0 ? '' : comments.slice(end + 1)
}
