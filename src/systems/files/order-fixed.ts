import { StreamError } from '../../errors.ts'
import { type OrderCell, type OrderContent, withoutControls } from './order-content.ts'
import type { OrderPlace } from './order-places.ts'

/**
 * A line of fixed width for each line of the order. Places count characters, as they do where such files are read.
 * Throws `value_too_large` for a value that is longer than its place: nothing is cut off, because half an address
 * arrives nowhere.
 */
export function orderFixed(content: OrderContent, places: ReadonlyMap<string, OrderPlace>): string {
  return content.lines
    .map((cells, index) => `${lineOf(cells, places, `order ${content.order}, line ${index + 1}`)}\r\n`)
    .join('')
}

function lineOf(cells: readonly OrderCell[], places: ReadonlyMap<string, OrderPlace>, where: string): string {
  const width = Math.max(...[...places.values()].map(({ from, length }) => from + length))
  const characters = Array<string>(width).fill(' ')
  for (const { column, text } of cells) {
    const place = places.get(column.name)
    if (place !== undefined)
      characters.splice(place.from, place.length, ...filled(withoutControls(text), column.name, place, where))
  }
  return characters.join('')
}

function filled(text: string, column: string, { length, align }: OrderPlace, where: string): readonly string[] {
  const own = Array.from(text)
  if (own.length > length) throw tooLongError(column, own.length, length, where)
  const rest = Array<string>(length - own.length)
  if (align === 'left') return [...own, ...rest.fill(' ')]
  if (align === 'right') return [...rest.fill(' '), ...own]
  const [sign, digits] = own[0] === '-' ? [['-'], own.slice(1)] : [[], own]
  return [...sign, ...rest.fill('0'), ...digits]
}

function tooLongError(column: string, length: number, limit: number, where: string): StreamError {
  const message =
    `${where}: ${column} has ${length} characters, more than the ${limit} of its place in orders.places, and is not cut ` +
    'off; correct it in the shop, or make its place longer with the vendor'
  return new StreamError('value_too_large', message, { field: column, details: { length, limit } })
}
