import { StreamError } from '../../errors.ts'
import type { OrderLine, VendorOrderRequested } from '../../events/generated/events.ts'
import { ExactNumber, exactNumber } from '../../platform/json.ts'
import { componentsOf, groupLines, isProduct, withKnownBundles } from '../../rules/components.ts'
import { LINE_FIELDS } from '../../rules/map-order.ts'
import { vendorQuantity } from '../../rules/quantities.ts'
import { topLevelLines } from '../../rules/split-order.ts'
import { mappedValue } from '../kit/order-fields.ts'
import { textOf } from '../kit/wire.ts'
import {
  allColumns,
  headField,
  identifyingColumns,
  isLineField,
  isNumberField,
  MAPPED,
  type OrderRow,
  ownField,
  ownFields,
} from './order-columns.ts'
import type { OrderCell, OrderColumn } from './order-content.ts'
import { formatOrder } from './order-format.ts'
import type { OrdersValues } from './settings.ts'

/**
 * The file of an order, with each line that the vendor has to deliver; null: there is none. Pure: the same order gives
 * the same bytes. Throws `mapping_failed` for a field of the order map that has no column or that Waldstream
 * writes itself (Guarantee 7).
 */
export function orderFile(event: VendorOrderRequested, reference: string, settings: OrdersValues): Buffer | null {
  const columns = columnsOf(settings.columns ?? allColumns)
  assertMapped(
    event,
    columns.map(({ field }) => field),
  )
  const lines = wantedLines(event, settings.bundles)
  const rows = lines
    .map((line): OrderRow => ({ event, reference, line, quantity: vendorQuantity(line) }))
    .filter(({ quantity }) => quantity > 0n)
    .map((row) => columns.map((column) => cellOf(column, row)))
  for (const cell of rows.flat()) assertSingle(cell, settings.format)
  if (rows.length === 0) return null
  return Buffer.from(formatOrder({ order: event.key, columns, lines: rows }, settings))
}

/** The file that cancels an order: which one it is, without lines. Pure. */
export function cancellationFile(event: VendorOrderRequested, reference: string, settings: OrdersValues): Buffer {
  const columns = columnsOf(settings['cancellations.columns'] ?? identifyingColumns(settings.columns ?? allColumns))
  const cells = columns.map((column) => cellOfText(column, headField(column.field, { event, reference })))
  return Buffer.from(formatOrder({ order: event.key, columns, lines: [cells] }, settings))
}

function columnsOf(columns: ReadonlyMap<string, string>): readonly OrderColumn[] {
  return [...columns].map(([name, field]) => ({ name, field, isOfLine: isLineField(field) }))
}

function wantedLines({ data }: VendorOrderRequested, bundles: OrdersValues['bundles']): readonly OrderLine[] {
  if (bundles === 'products') return topLevelLines(data)
  const sold = groupLines(data.lines).filter((group) => componentsOf(group).length > 0 && !isProduct(group))
  const skus = new Set(sold.map(({ root }) => root.sku))
  return topLevelLines(withKnownBundles(data, (sku) => !skus.has(sku)))
}

function cellOf(column: OrderColumn, row: OrderRow): OrderCell {
  const { field } = column
  const own = ownField(field, row)
  if (own !== undefined) return cellOfText(column, own)
  const { fields } = row.event
  const value = field.startsWith(MAPPED.line)
    ? mappedValue(fields, field.slice(MAPPED.line.length), row.line.lineId)
    : mappedValue(fields, field.slice(MAPPED.order.length))
  return { column, text: textOf(value) ?? '', value: value ?? null }
}

function cellOfText(column: OrderColumn, text: string): OrderCell {
  return { column, text, value: isNumberField(column.field) && text !== '' ? exactNumber(text) : text }
}

/** A list or an object is a value of JSON alone; elsewhere it would be lost. */
function assertSingle({ column, value }: OrderCell, format: OrdersValues['format']): void {
  const isSingle = typeof value !== 'object' || value === null || value instanceof ExactNumber
  if (isSingle || format === 'json' || format === 'jsonl') return
  const field = `orderMap.fields.${column.field.replace(MAPPED.order, '')}`
  const message = `${field} is a list or an object, but a cell of the format ${format} has one value; change the rule`
  throw new StreamError('mapping_failed', message, { field })
}

function assertMapped({ fields, data }: VendorOrderRequested, columns: readonly string[]): void {
  const ids = data.lines.map(({ lineId }) => lineId).toSorted((a, b) => b.length - a.length)
  for (const name of Object.keys(fields)) {
    const id = name.startsWith(LINE_FIELDS) ? ids.find((one) => name.startsWith(`${LINE_FIELDS}${one}.`)) : undefined
    const field = id === undefined ? name : `${MAPPED.line}${name.slice(LINE_FIELDS.length + id.length + 1)}`
    const plain = id === undefined ? field : field.slice(MAPPED.line.length)
    const problem = ownFields.includes(plain)
      ? 'is written by Waldstream itself; remove the rule and replay the order'
      : columns.includes(id === undefined ? `${MAPPED.order}${field}` : field)
        ? null
        : 'has no column; add it to orders.columns in the settings of the system, or remove the rule'
    if (problem === null) continue
    throw new StreamError('mapping_failed', `orderMap.fields: ${field} ${problem}`, {
      field: `orderMap.fields.${field}`,
    })
  }
}
