import { type FeedRecord, feedError } from './record.ts'

export const roles = ['image', 'small_image', 'thumbnail', 'swatch_image'] as const
export type Role = (typeof roles)[number]

const plainColumns = ['sku', 'url', 'position', 'label', 'role', 'media_type'] as const
export const columnNames = [...plainColumns, ...roles] as const
export type ColumnName = (typeof columnNames)[number]

/** Our names to those of the feed; several names give several values. */
export type Columns = Readonly<Record<ColumnName, readonly string[]>>

/** A row as it is in the feed, of every column the values in order; nothing is checked yet but that it has a SKU. */
export interface FeedRow {
  readonly place: string
  readonly sku: string
  readonly cells: Readonly<Partial<Record<ColumnName, readonly string[]>>>
}

/** Columns that have to be there: those that are named in the settings, and SKU and address in any case. */
export function neededColumns(columns: Columns, named: ReadonlySet<ColumnName>): readonly string[] {
  return columnNames
    .filter((name) => name === 'sku' || name === 'url' || named.has(name))
    .flatMap((name) => columns[name])
}

/**
 * The rows of the records. Throws `source_data_invalid` where none has a SKU or none an address: then it is not the
 * rows that are wrong.
 */
export async function readRows(
  records: AsyncIterable<FeedRecord>,
  columns: Columns,
  separator: string | null,
): Promise<FeedRow[]> {
  const rows: FeedRow[] = []
  let example: readonly string[] = []
  for await (const record of records) {
    if (rows.length === 0) example = record.names()
    rows.push(toRow(record, columns, separator))
  }
  if (rows.length === 0) return rows
  const has = `it has: ${example.join(', ').slice(0, 500)}`
  if (rows.every(({ sku }) => sku === '')) {
    throw feedError(`no row has a SKU in ${columns.sku.join(', ')} (settings columns.sku); ${has}`, 'columns.sku')
  }
  if (!rows.some(({ cells }) => [cells.url, ...roles.map((role) => cells[role])].some(hasText))) {
    throw feedError(`no row has an address in ${columns.url.join(', ')} (settings columns.url); ${has}`, 'columns.url')
  }
  return rows
}

function hasText(values: readonly string[] | undefined): boolean {
  return values?.some((value) => value !== '') ?? false
}

function toRow(record: FeedRecord, columns: Columns, separator: string | null): FeedRow {
  const cells: Partial<Record<ColumnName, readonly string[]>> = {}
  for (const name of columnNames) {
    const found = columns[name].flatMap((column) => record.values(column)).map((value) => value.trim())
    const parts = name === 'url' && separator !== null ? found.flatMap((cell) => split(cell, separator)) : found
    if (hasText(parts)) cells[name] = parts
  }
  return { place: record.place, sku: cells.sku?.[0] ?? '', cells }
}

function split(cell: string, separator: string): string[] {
  return cell.split(separator).map((part) => part.trim())
}
