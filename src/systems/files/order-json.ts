import { stringifyExact } from '../../platform/json.ts'
import { apart, type OrderCell, type OrderContent } from './order-content.ts'

/** One document: what is about the order, and a list of its lines. */
export function orderJson(content: OrderContent, form: { readonly 'names.lines': string }): string {
  const { order, lines } = apart(content)
  return `${stringifyExact({ ...objectOf(order), [form['names.lines']]: lines.map(objectOf) })}\n`
}

/** An object for each line of the order, in a line of its own. */
export function orderJsonLines({ lines }: OrderContent): string {
  return lines.map((cells) => `${stringifyExact(objectOf(cells))}\n`).join('')
}

function objectOf(cells: readonly OrderCell[]): object {
  return Object.fromEntries(cells.map(({ column, value }) => [column.name, value]))
}
