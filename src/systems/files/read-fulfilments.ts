import { StreamError } from '../../errors.ts'
import { add } from '../../events/decimal.ts'
import type { FulfilmentLine, Track } from '../../events/generated/events.ts'
import { orderReference } from '../../rules/order-reference.ts'
import { trackingNumbers } from '../kit/tracking-numbers.ts'
import type { FileRow } from './file-row.ts'
import type { RowMeaning } from './inspect-file.ts'
import { keyIn } from './key-in.ts'
import type { QuantityReader } from './quantities.ts'
import { quantityIn } from './quantity-in.ts'
import { skuIn } from './sku-in.ts'

/** Which columns of a tracking file say what. */
export interface ShipmentColumns {
  /** Column of our reference or, with a connection, of its order number. */
  readonly order: string
  readonly sku: string
  readonly quantity: string
  readonly tracking: string
  /** Null: the file does not say the carrier. */
  readonly carrier: string | null
  /** Column of the vendor's number of the shipment; null: rows with one tracking number are one shipment. */
  readonly shipment: string | null
}

/**
 * Rows of a shipment, one for each SKU and parcel; they may be anywhere in the file. `connection`: whose order numbers
 * the file has; null: it has references. Pure.
 */
export function shipmentMeaning(
  columns: ShipmentColumns,
  quantityOf: QuantityReader,
  connection: string | null,
): RowMeaning<'fulfilments'> {
  const optional = [columns.carrier, columns.shipment].filter((name) => name !== null)
  const referenceIn = (row: FileRow, place: string): string => {
    const order = textIn(row, columns.order, place)
    return connection === null ? order : orderReference(connection, order)
  }
  return {
    columns: [columns.order, columns.sku, columns.quantity, columns.tracking, ...optional],
    joinsRows: true,
    keyOf(row, place) {
      const shipment = textIn(row, columns.shipment ?? columns.tracking, place)
      return `${referenceIn(row, place)} ${shipment}`
    },
    dataOf(key, rows, placeOf) {
      const [first] = rows
      if (first === undefined) throw new StreamError('unexpected', 'a shipment without rows')
      const reference = referenceIn(first, placeOf(first))
      const data = {
        fulfilmentId: key,
        orderNumber: reference,
        orderReference: reference,
        kind: 'shipment',
        shippedAt: null,
        lines: linesOf(rows, columns, quantityOf, placeOf),
        tracks: tracksOf(rows, columns, placeOf),
        attributes: {},
      }
      return data
    },
  }
}

/** A line for each SKU. Two rows of a SKU in one parcel may be one that came twice: they are refused. */
function linesOf(
  rows: readonly FileRow[],
  columns: ShipmentColumns,
  quantityOf: QuantityReader,
  placeOf: (row: FileRow) => string,
): readonly FulfilmentLine[] {
  const lines = new Map<string, FulfilmentLine>()
  const parcels = new Set<string>()
  for (const row of rows) {
    const place = placeOf(row)
    const sku = skuIn(row, columns.sku, place)
    const parcel = JSON.stringify([sku, row.cell(columns.tracking).trim()])
    if (parcels.has(parcel)) {
      const message = `${place}: the shipment has several rows for ${sku} in one parcel; add them up at the vendor`
      throw new StreamError('source_data_invalid', message, { field: columns.sku })
    }
    parcels.add(parcel)
    const quantity = quantityIn(row, columns.quantity, place, quantityOf)
    if (quantity <= 0n) {
      const message = `${place}, column ${columns.quantity}: a shipped quantity must be more than 0; correct it at the vendor`
      throw new StreamError('source_data_invalid', message, { field: columns.quantity })
    }
    const known = lines.get(sku)
    const sum = known === undefined ? quantity : add(known.quantity, quantity)
    lines.set(sku, { sku, lineId: null, quantity: sum, location: null, reason: null })
  }
  return [...lines.values()].toSorted((a, b) => (a.sku < b.sku ? -1 : Number(a.sku > b.sku)))
}

function tracksOf(
  rows: readonly FileRow[],
  { tracking, carrier }: ShipmentColumns,
  placeOf: (row: FileRow) => string,
): readonly Track[] {
  const tracks = new Map<string, Track>()
  for (const row of rows) {
    const name = (carrier === null ? '' : row.cell(carrier)).trim()
    const by = name === '' ? null : name
    for (const number of trackingNumbers(keyIn(row, tracking, placeOf(row))))
      tracks.set(number, { number, carrier: by, title: by })
  }
  return [...tracks.values()].toSorted((a, b) => (a.number < b.number ? -1 : Number(a.number > b.number)))
}

function textIn(row: FileRow, column: string, place: string): string {
  const text = keyIn(row, column, place).trim()
  if (text !== '') return text
  throw new StreamError('value_missing', `${place}, column ${column} is empty; fill it in at the vendor`, {
    field: column,
  })
}
