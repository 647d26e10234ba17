import { StreamError } from '../errors.ts'
import { CENT, magnitude, subtract, sum, text4, text8 } from '../events/decimal.ts'
import type { Order } from '../events/generated/events.ts'
import { expectedTotal } from '../events/order-total.ts'

interface Mistake {
  readonly field: string
  readonly message: string
}

/** Order numbers are parts of keys, of addresses and of ids at vendors. */
const LONGEST_NUMBER = 100
const CURRENCY = /^[A-Z]{3}$/

/** Throws `request_invalid` with everything that would only be found later, when the caller is not there to be told. */
export function checkPushedOrder(order: Order): void {
  const mistakes = [
    ...numberMistakes(order),
    ...currencyMistakes(order),
    ...lineMistakes(order),
    ...amountMistakes(order),
  ]
  const [first] = mistakes
  if (first === undefined) return
  const text = mistakes.map(({ field, message }) => `${field} ${message}`).join('; ')
  throw new StreamError('request_invalid', text, { field: first.field, mistakes })
}

function numberMistakes({ orderNumber }: Order): Mistake[] {
  const field = 'orderNumber'
  if (orderNumber === '') return [{ field, message: 'must not be empty' }]
  if (orderNumber.length > LONGEST_NUMBER) return [{ field, message: `is longer than ${LONGEST_NUMBER} characters` }]
  return /\p{Cc}/u.test(orderNumber) ? [{ field, message: 'has a control character' }] : []
}

function currencyMistakes({ currency }: Order): Mistake[] {
  if (CURRENCY.test(currency)) return []
  return [{ field: 'currency', message: `is "${currency.slice(0, 20)}"; write the code of ISO 4217, for example USD` }]
}

function lineMistakes({ lines }: Order): Mistake[] {
  if (lines.length === 0) return [{ field: 'lines', message: 'must not be empty' }]
  const ids = new Set<string>()
  return lines.flatMap(({ lineId, quantityOrdered }, index) => {
    const found: Mistake[] = []
    if (ids.has(lineId)) found.push({ field: `lines[${index}].lineId`, message: `is "${lineId}", as of another line` })
    ids.add(lineId)
    if (quantityOrdered <= 0n) {
      const message = `is ${text8(quantityOrdered)}; a line has more than 0`
      found.push({ field: `lines[${index}].quantityOrdered`, message })
    }
    return found
  })
}

/** As the split of an order among vendors sees them: the lines may differ by a cent each, from rounding. */
function amountMistakes(order: Order): Mistake[] {
  const found: Mistake[] = []
  const rows = sum(order.lines.filter((line) => line.parentLineId === null).map((line) => line.rowTotal))
  if (magnitude(subtract(order.subtotal, rows)) > CENT * BigInt(order.lines.length)) {
    const message = `is ${text4(order.subtotal)}, but the lines' rowTotal add up to ${text4(rows)}`
    found.push({ field: 'subtotal', message })
  }
  const expected = expectedTotal(order)
  if (expected !== order.grandTotal) {
    const message = `is ${text4(order.grandTotal)}, but the order's amounts add up to ${text4(expected)}`
    found.push({ field: 'grandTotal', message })
  }
  return found
}
