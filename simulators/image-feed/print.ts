import { gzipSync } from 'node:zlib'
import type { ImageRow } from './feed-store.ts'

const columns = ['sku', 'url', 'position', 'label', 'role'] as const

/** A feed as a file: its media type and its bytes. */
export interface FeedFile {
  type: string
  bytes: Buffer
}

/** The feed's file names and their formats. */
export const prints: Readonly<Record<string, (rows: readonly ImageRow[]) => FeedFile>> = {
  'images.csv': (rows) => ({ type: 'text/csv; charset=utf-8', bytes: Buffer.from(toCsv(rows)) }),
  'images.csv.gz': (rows) => ({ type: 'application/gzip', bytes: gzipSync(toCsv(rows)) }),
  'images.json': (rows) => ({ type: 'application/json', bytes: Buffer.from(JSON.stringify({ images: rows })) }),
  'images.xml': (rows) => ({ type: 'application/xml', bytes: Buffer.from(toXml(rows)) }),
}

/** RFC 4180 with a header line, CRLF line ends, UTF-8. */
function toCsv(rows: readonly ImageRow[]): string {
  const lines = rows.map((row) => columns.map((column) => quote(String(row[column]))).join(','))
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

function toXml(rows: readonly ImageRow[]): string {
  const elements = rows.map((row) => {
    const cells = columns.map((column) => `<${column}>${escapeXml(String(row[column]))}</${column}>`)
    return `  <image>${cells.join('')}</image>\n`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<feed>\n${elements.join('')}</feed>\n`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
