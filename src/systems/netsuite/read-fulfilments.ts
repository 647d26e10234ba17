import type { Read } from '../../configuration/model.ts'
import type { Fulfilment } from '../../events/generated/events.ts'
import { forEachKey } from '../../platform/bounded.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import type { ConfiguredSystem } from '../kit/configured-system.ts'
import { fromLocalTime } from '../kit/local-time.ts'
import type { ReadRows } from '../kit/read-rows.ts'
import type { Keyset, ReadEntity, ReadWindow, SourceReader, UnreadableEntity, WindowRow } from '../kit/source.ts'
import { requireText, textOf, type Wire, wireOf } from '../kit/wire.ts'
import type { NetSuiteClient } from './client.ts'
import { endedQuery, shipmentQuery } from './fulfilment-queries.ts'
import { endingKey, type FulfilmentContext, isShipped, itemIdsOf, toEnding, toShipment } from './fulfilments.ts'
import { detailsOf } from './query-details.ts'
import type { NetSuiteValues } from './settings.ts'
import { type Clause, type Phase, phasePages } from './window.ts'

/** Records requested in parallel; the account's governor may allow fewer. */
const AT_ONCE = 4
const ENDED = 'order '

/** A row of a window with its records; null: deleted since. `shipment` is also null for an ended order. */
interface Found {
  readonly row: Wire
  readonly ended: boolean
  readonly shipment: Wire | null
  readonly order: Wire | null
}

/**
 * Shipments of the orders that Waldstream wrote, by the change time of the item fulfilment; then orders that the vendor
 * closed (in part or whole) or cancelled, by their own change time. The rows come from SuiteQL, their lines and
 * tracking numbers from the record service. A fulfilment that is only picked or packed is read once it is shipped:
 * shipping changes it.
 */
export function readNetSuiteFulfilments(
  client: NetSuiteClient,
  read: Read,
  system: Pick<ConfiguredSystem<NetSuiteValues>, 'zone' | 'settings'>,
  clock: Clock,
): SourceReader<'fulfilments'> {
  const { zone } = system
  const { shipmentLink: link, reasonField, lineReasonField } = system.settings
  const reasons = { order: reasonField, line: lineReasonField }
  const phases = (window: ReadWindow, pageSize: number): Phase<string>[] => {
    const phase = (name: string, query: (last: Keyset | null) => Clause) => {
      return { name, paging: { client, query, pageSize, now: () => clock.now() } }
    }
    return [
      phase('', (last) => shipmentQuery(link, window, zone, last)),
      phase(ENDED, (last) => endedQuery(window, zone, last)),
    ]
  }
  return {
    name: 'netsuite.fulfilments',
    entity: 'fulfilments',
    async *read(window, after, signal) {
      for await (const { phase, rows, reached, requestedAt } of phasePages(
        phases(window, read.pageSize),
        after,
        signal,
      )) {
        const found = await recordsOf(client, rows, phase === ENDED, signal)
        const records = found.flatMap(({ shipment, order }) => [shipment, order]).filter((record) => record !== null)
        const context = { zone, reasons, skus: await skusOf(client, itemIdsOf(...records), signal) }
        const { entities, unreadable } = toEntities(found, context, requestedAt)
        yield { entities, unreadable, rows: rows.map((row) => windowRow(row, phase)), reached, requestedAt }
      }
    },
    async *list(window: ReadWindow, signal: AbortSignal) {
      for await (const { phase, rows } of phasePages(phases(window, 1000), null, signal)) {
        yield rows.map((row) => windowRow(row, phase))
      }
    },
  }
}

/** The records of the rows, in the same order; shipments of one order share its record. Null: deleted since. */
async function recordsOf(
  client: NetSuiteClient,
  rows: readonly Wire[],
  ended: boolean,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const found: Found[] = []
  const orders = new Map<string, Promise<Wire | null>>()
  const orderOf = (id: string): Promise<Wire | null> => {
    const order = orders.get(id) ?? client.getRecord('salesOrder', id, signal)
    orders.set(id, order)
    return order
  }
  const idOf = (row: Wire) => requireText(row, 'id')
  await forEachKey(rows, idOf, AT_ONCE, async (row) => {
    const shipment = ended ? null : await client.getRecord('itemFulfillment', idOf(row), signal)
    const order = ended ? idOf(row) : textOf(wireOf(shipment?.['createdFrom'])['id'])
    found.push({ row, ended, shipment, order: order === null ? null : await orderOf(order) })
  })
  return found.toSorted((a, b) => rows.indexOf(a.row) - rows.indexOf(b.row))
}

async function skusOf(client: NetSuiteClient, ids: readonly string[], signal: AbortSignal) {
  const query = (list: string) => `SELECT item.id, item.itemid FROM item WHERE item.id IN (${list}) ORDER BY item.id`
  const rows = [...(await detailsOf(client, ids, { by: 'id', query }, signal)).values()].flat()
  // Not validated here: an invalid SKU is an error only of the records that refer to it (Guarantee 5).
  return new Map(rows.map((row) => [requireText(row, 'id'), textOf(row['itemid']) ?? '']))
}

/** A record that cannot be mapped is returned with its error; the others are not affected (Guarantee 5). */
function toEntities(found: readonly Found[], context: FulfilmentContext, requestedAt: number): ReadRows<'fulfilments'> {
  const entities: ReadEntity<'fulfilments'>[] = []
  const unreadable: UnreadableEntity[] = []
  for (const one of found) {
    const key = fulfilmentKey(one.row, one.ended)
    const raw = stringifyExact(one.shipment ?? one.order)
    try {
      const data = toFulfilment(one, context)
      const occurredAt = fromLocalTime(requireText(one.row, 'changedat'), context.zone, requestedAt)
      if (data !== null) entities.push({ key, occurredAt, deleted: false, data, raw })
    } catch (error) {
      unreadable.push({ key, error, raw })
    }
  }
  return { entities, unreadable }
}

function toFulfilment({ row, ended, shipment, order }: Found, context: FulfilmentContext): Fulfilment | null {
  if (order === null) return null
  if (ended) return toEnding(order, endingOf(row), context)
  return shipment !== null && isShipped(shipment) ? toShipment(shipment, order, context) : null
}

function endingOf(row: Wire): 'closure' | 'cancellation' {
  return textOf(row['status'])?.endsWith('C') ? 'cancellation' : 'closure'
}

function fulfilmentKey(row: Wire, ended: boolean): string {
  const id = requireText(row, 'id')
  return ended ? endingKey(id, endingOf(row)) : id
}

function windowRow(row: Wire, phase: string): WindowRow {
  return { key: fulfilmentKey(row, phase === ENDED), changedAt: requireText(row, 'changedat') }
}
