import { StreamError } from '../../errors.ts'
import { canonicalJson } from '../../events/canonical-json.ts'
import { add, text8 } from '../../events/decimal.ts'
import type { FulfilmentLine, Track } from '../../events/generated/events.ts'
import { digest } from '../../events/identity.ts'
import { orderReference } from '../../rules/order-reference.ts'
import { trackingNumbers } from '../kit/tracking-numbers.ts'
import { reasonText } from '../kit/undelivered.ts'
import type { FileRow } from './file-row.ts'
import type { RowMeaning } from './inspect-file.ts'
import { keyIn } from './key-in.ts'
import type { QuantityReader } from './quantities.ts'
import { quantityIn } from './quantity-in.ts'
import { kindReader, type RowKind, type StatusForm } from './row-kinds.ts'
import { skuIn } from './sku-in.ts'

/** Which columns of a file of fulfilments say what. */
export interface FulfilmentColumns {
  /** Column of our reference or, with a connection, of its order number. */
  readonly order: string
  readonly sku: string
  readonly quantity: string
  readonly tracking: string
  /** Null: the file does not say the carrier. */
  readonly carrier: string | null
  /** Column of the vendor's number of the shipment or document; null: a tracking number is a shipment. */
  readonly shipment: string | null
  /** Column of why something is not delivered; null: the file does not say it. */
  readonly reason: string | null
}

export interface FulfilmentForm {
  readonly columns: FulfilmentColumns
  readonly quantityOf: QuantityReader
  readonly status: StatusForm
  /** Whether a row is about a line, or about an order as a whole. */
  readonly about: 'lines' | 'orders'
  /** Connection whose order numbers the file has; null: it has references. */
  readonly connection: string | null
}

/**
 * Rows of a shipment, one for each SKU and parcel, and rows that say what the vendor confirms or will not deliver; those
 * of one document may be anywhere in the file. Pure.
 */
export function fulfilmentMeaning(form: FulfilmentForm): RowMeaning<'fulfilments'> {
  const { columns, connection } = form
  const kindOf = kindReader(form.status)
  const referenceIn = (row: FileRow, place: string): string => {
    const order = textIn(row, columns.order, place)
    return connection === null ? order : orderReference(connection, order)
  }
  return {
    columns: neededColumns(form),
    joinsRows: true,
    keyOf(row, place) {
      const kind = kindOf(row, place)
      if (kind === 'ignored') return null
      const reference = referenceIn(row, place)
      if (kind === 'shipment') return `${reference} ${textIn(row, columns.shipment ?? columns.tracking, place)}`
      const document = columns.shipment === null ? '' : keyIn(row, columns.shipment, place).trim()
      return [reference, ...(document === '' ? [] : [document]), kind].join(' ')
    },
    // A later document about the same order is another entity.
    entityKey: ({ fulfilmentId }) => fulfilmentId,
    dataOf(key, rows, placeOf) {
      const [first] = rows
      if (first === undefined) throw new StreamError('unexpected', 'a fulfilment without rows')
      const kind = kindOf(first, placeOf(first))
      const reference = referenceIn(first, placeOf(first))
      const lines = form.about === 'orders' ? noLinesOf(rows, placeOf) : linesOf(rows, kind, form, placeOf)
      const fulfilmentId = kind === 'shipment' ? key : `${key}-${digestOf(lines)}`
      return {
        fulfilmentId,
        orderNumber: reference,
        orderReference: reference,
        kind,
        shippedAt: null,
        lines,
        tracks: kind === 'shipment' ? tracksOf(rows, columns, placeOf) : [],
        attributes: {},
      }
    },
  }
}

function neededColumns({ columns, status, about }: FulfilmentForm): readonly string[] {
  const hasShipments = status.column === null || [...status.kinds.values()].includes('shipment')
  const optional = [columns.carrier, columns.shipment, columns.reason, status.column].filter((name) => name !== null)
  const ofLines = about === 'orders' ? [] : [columns.sku, columns.quantity]
  return [columns.order, ...ofLines, ...(hasShipments ? [columns.tracking] : []), ...optional]
}

const DIGITS = 12

/**
 * A later file may confirm or cancel more of the same order: that is another fulfilment, while the same content is the
 * same one.
 */
function digestOf(lines: readonly FulfilmentLine[]): string {
  return digest(canonicalJson(lines.map(({ sku, quantity, reason }) => [sku, text8(quantity), reason]))).slice(
    0,
    DIGITS,
  )
}

/** Two rows about one order would be two answers to it. */
function noLinesOf(rows: readonly FileRow[], placeOf: (row: FileRow) => string): readonly FulfilmentLine[] {
  const [, second] = rows
  if (second === undefined) return []
  throw new StreamError(
    'source_data_invalid',
    `${placeOf(second)}: the order has several rows; leave one at the vendor`,
  )
}

/** A line for each SKU. Two rows of a SKU in one parcel may be one that came twice: they are refused. */
function linesOf(
  rows: readonly FileRow[],
  kind: RowKind,
  { columns, quantityOf }: FulfilmentForm,
  placeOf: (row: FileRow) => string,
): readonly FulfilmentLine[] {
  const [what, done] = kind === 'shipment' ? ['shipment', 'shipped '] : [kind, '']
  const lines = new Map<string, FulfilmentLine>()
  const parcels = new Set<string>()
  for (const row of rows) {
    const place = placeOf(row)
    const sku = skuIn(row, columns.sku, place)
    const parcel = JSON.stringify([sku, kind === 'shipment' ? row.cell(columns.tracking).trim() : ''])
    if (parcels.has(parcel)) {
      const message = `${place}: the ${what} has several rows for ${sku}${kind === 'shipment' ? ' in one parcel' : ''}; add them up at the vendor`
      throw new StreamError('source_data_invalid', message, { field: columns.sku })
    }
    parcels.add(parcel)
    const quantity = quantityIn(row, columns.quantity, place, quantityOf)
    if (quantity <= 0n) {
      const message = `${place}, column ${columns.quantity}: a ${done}quantity must be more than 0; correct it at the vendor`
      throw new StreamError('source_data_invalid', message, { field: columns.quantity })
    }
    const known = lines.get(sku)
    const sum = known === undefined ? quantity : add(known.quantity, quantity)
    lines.set(sku, { sku, lineId: null, quantity: sum, location: null, reason: reasonIn(row, kind, columns) })
  }
  return [...lines.values()].toSorted((a, b) => (a.sku < b.sku ? -1 : Number(a.sku > b.sku)))
}

/** Only of what is not delivered. */
function reasonIn(row: FileRow, kind: RowKind, { reason }: FulfilmentColumns): string | null {
  return reason === null || !['cancellation', 'closure'].includes(kind) ? null : reasonText(row.cell(reason))
}

function tracksOf(
  rows: readonly FileRow[],
  { tracking, carrier }: FulfilmentColumns,
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
