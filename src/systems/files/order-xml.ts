import { apart, type OrderCell, type OrderContent, withoutControls } from './order-content.ts'

/** Names of the elements around the columns. */
export interface OrderElements {
  readonly 'names.order': string
  readonly 'names.lines': string
  readonly 'names.line': string
}

/** An element for the order, with one for each of its columns and one for its lines. */
export function orderXml(content: OrderContent, names: OrderElements): string {
  const { order, lines } = apart(content)
  const own = lines.map((cells) => element(names['names.line'], elementsOf(cells)))
  const all = element(names['names.order'], elementsOf(order) + element(names['names.lines'], own.join('')))
  return `<?xml version="1.0" encoding="UTF-8"?>\n${all}\n`
}

function elementsOf(cells: readonly OrderCell[]): string {
  return cells.map(({ column, text }) => element(column.name, escaped(withoutControls(text)))).join('')
}

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign)
}

const START =
  'A-Z_a-z\\u{c0}-\\u{d6}\\u{d8}-\\u{f6}\\u{f8}-\\u{2ff}\\u{370}-\\u{37d}\\u{37f}-\\u{1fff}\\u{200c}-\\u{200d}'
const MORE_START =
  '\\u{2070}-\\u{218f}\\u{2c00}-\\u{2fef}\\u{3001}-\\u{d7ff}\\u{f900}-\\u{fdcf}\\u{fdf0}-\\u{fffd}\\u{10000}-\\u{effff}'
/** NCName of Namespaces in XML 1.0: a colon would need a declaration. */
const NAME = new RegExp(
  `^[${START}${MORE_START}][${START}${MORE_START}\\-.0-9\\u{b7}\\u{300}-\\u{36f}\\u{203f}-\\u{2040}]*$`,
  'u',
)

/** Problem of a name as the name of an element; null: it is one. */
export function elementProblem(name: string): string | null {
  if (NAME.test(name)) return null
  return `has the name ${JSON.stringify(name)}, which is no name of an XML element: letters, digits, _, - and ., beginning with a letter or _`
}
