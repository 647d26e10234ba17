import { LOCAL_FORMAT } from '../kit/local-time.ts'
import type { Keyset, ReadWindow } from '../kit/source.ts'
import { isOurs } from './custom-fields.ts'
import type { ShipmentLink } from './settings.ts'
import { afterKey, type Clause, inWindow } from './window.ts'

/** Item fulfilments of orders that Waldstream wrote, by (change time, id). */
export function shipmentQuery(link: ShipmentLink, window: ReadWindow, zone: string, last: Keyset | null): Clause {
  const joins: Readonly<Record<ShipmentLink, string>> = {
    createdfrom:
      "JOIN transactionline line ON line.transaction = shipment.id AND line.mainline = 'T' " +
      'JOIN transaction ordered ON ordered.id = line.createdfrom',
    nexttransactionlink:
      'JOIN nexttransactionlink link ON link.nextdoc = shipment.id ' +
      "JOIN transaction ordered ON ordered.id = link.previousdoc AND ordered.type = 'SalesOrd'",
  }
  const where = `shipment.type = 'ItemShip' AND ${isOurs('ordered')}`
  return changed('shipment', `transaction shipment ${joins[link]}`, where, { window, zone, last })
}

/** Orders that Waldstream wrote and the vendor closed, in part or whole, or cancelled, by (change time, id). */
export function endedQuery(window: ReadWindow, zone: string, last: Keyset | null): Clause {
  const closedLines =
    "SELECT line.transaction FROM transactionline line WHERE line.transaction = ordered.id AND line.isclosed = 'T'"
  const ended = `(ordered.status IN (${ENDED_STATUS}) OR EXISTS (${closedLines}))`
  const where = `ordered.type = 'SalesOrd' AND ${isOurs('ordered')} AND ${ended}`
  return changed('ordered', 'transaction ordered', where, { window, zone, last })
}

/** Status codes for cancelled and closed, with and without the type as prefix. */
const ENDED_STATUS = "'C', 'H', 'SalesOrd:C', 'SalesOrd:H'"

interface Range {
  readonly window: ReadWindow
  readonly zone: string
  readonly last: Keyset | null
}

function changed(of: string, from: string, where: string, { window, zone, last }: Range): Clause {
  const column = `${of}.lastmodifieddate`
  const conditions = [inWindow(column, window, zone), ...(last === null ? [] : [afterKey(column, last, `${of}.id`)])]
  const sql =
    `SELECT ${of}.id, ${of}.status, TO_CHAR(${column}, '${LOCAL_FORMAT}') AS changedat FROM ${from} ` +
    `WHERE ${where} AND ${conditions.map((condition) => condition.sql).join(' AND ')} ORDER BY ${column}, ${of}.id`
  return { sql, params: conditions.flatMap(({ params }) => params) }
}
