import { type OrderContent, onOneLine } from './order-content.ts'

export interface OrderCsvForm {
  /** `tab`, or the character itself. */
  readonly delimiter: string
  readonly header: boolean
}

/** Delimited text, a row for each line. */
export function orderCsv({ columns, lines }: OrderContent, form: OrderCsvForm): string {
  const delimiter = form.delimiter === 'tab' ? '\t' : form.delimiter
  const rows = lines.map((cells) => cells.map(({ text }) => text))
  const all = form.header ? [columns.map(({ name }) => name), ...rows] : rows
  return all.map((cells) => `${cells.map((cell) => quoted(cell, delimiter)).join(delimiter)}\r\n`).join('')
}

/** Cells that need it are quoted (RFC 4180). */
function quoted(cell: string, delimiter: string): string {
  const text = onOneLine(cell)
  return text.includes(delimiter) || /^\s|\s$|"/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
