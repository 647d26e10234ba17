import { StreamError } from '../../errors.ts'
import type { OrderLine, VendorOrderRequested } from '../../events/generated/events.ts'
import { componentsOf, groupLines, isProduct, withKnownBundles } from '../../rules/components.ts'
import { LINE_FIELDS } from '../../rules/map-order.ts'
import { vendorQuantity } from '../../rules/quantities.ts'
import { topLevelLines } from '../../rules/split-order.ts'
import { mappedValue } from '../kit/order-fields.ts'
import { textOf } from '../kit/wire.ts'
import { MAPPED, type OrderRow, ownField, ownFields } from './order-columns.ts'
import type { OrdersValues } from './settings.ts'

/**
 * The file of an order, a row for each line that the vendor has to deliver; null: there is none. Pure: the same order
 * gives the same bytes. Throws `mapping_failed` for a field of the order map that has no column or that Waldstream
 * writes itself (Guarantee 7).
 */
export function orderFile(event: VendorOrderRequested, reference: string, settings: OrdersValues): Buffer | null {
  const columns = [...(settings.columns ?? new Map(ownFields.map((name) => [name, name])))]
  assertMapped(
    event,
    columns.map(([, field]) => field),
  )
  const lines = wantedLines(event, settings.bundles)
  const rows = lines
    .map((line): OrderRow => ({ event, reference, line, quantity: vendorQuantity(line) }))
    .filter(({ quantity }) => quantity > 0n)
    .map((row) => columns.map(([, field]) => cellOf(field, row)))
  if (rows.length === 0) return null
  const delimiter = settings.delimiter === 'tab' ? '\t' : settings.delimiter
  const all = settings.header ? [columns.map(([name]) => name), ...rows] : rows
  return Buffer.from(all.map((cells) => `${cells.map((cell) => quoted(cell, delimiter)).join(delimiter)}\r\n`).join(''))
}

function wantedLines({ data }: VendorOrderRequested, bundles: OrdersValues['bundles']): readonly OrderLine[] {
  if (bundles === 'products') return topLevelLines(data)
  const sold = groupLines(data.lines).filter((group) => componentsOf(group).length > 0 && !isProduct(group))
  const skus = new Set(sold.map(({ root }) => root.sku))
  return topLevelLines(withKnownBundles(data, (sku) => !skus.has(sku)))
}

function cellOf(field: string, row: OrderRow): string {
  const own = ownField(field, row)
  if (own !== undefined) return own
  const { fields } = row.event
  if (field.startsWith(MAPPED.line)) {
    return textOf(mappedValue(fields, field.slice(MAPPED.line.length), row.line.lineId)) ?? ''
  }
  return textOf(mappedValue(fields, field.slice(MAPPED.order.length))) ?? ''
}

/** Cells that need it are quoted (RFC 4180); line breaks within become blanks, because few programs read them. */
function quoted(cell: string, delimiter: string): string {
  const text = cell.replaceAll(/\s*[\r\n]+\s*/g, ' ')
  return text.includes(delimiter) || /^\s|\s$|"/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
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
