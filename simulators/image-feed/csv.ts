import type { ImageRow } from './feed-store.ts'

const columns = ['sku', 'url', 'position', 'label', 'role'] as const

/** The feed's file: RFC 4180 with a header line, CRLF line ends, UTF-8. */
export function toCsv(rows: readonly ImageRow[]): string {
  const lines = rows.map((row) => columns.map((column) => quote(String(row[column]))).join(','))
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
