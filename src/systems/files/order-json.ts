import { stringifyExact } from '../../platform/json.ts'
import type { OrderCell, OrderContent } from './order-content.ts'

/** One document: what is about the order, and a list of its lines. */
export function orderJson({ lines }: OrderContent, form: { readonly 'names.lines': string }): string {
  const [first = []] = lines
  const order = objectOf(first.filter(({ column }) => !column.isOfLine))
  const own = lines.map((cells) => objectOf(cells.filter(({ column }) => column.isOfLine)))
  return `${stringifyExact({ ...order, [form['names.lines']]: own })}\n`
}

/** An object for each line of the order, in a line of its own. */
export function orderJsonLines({ lines }: OrderContent): string {
  return lines.map((cells) => `${stringifyExact(objectOf(cells))}\n`).join('')
}

function objectOf(cells: readonly OrderCell[]): object {
  return Object.fromEntries(cells.map(({ column, value }) => [column.name, value]))
}
