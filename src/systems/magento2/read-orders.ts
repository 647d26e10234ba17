import type { Read } from '../../configuration/model.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import { keysetPages } from '../kit/keyset-pages.ts'
import { newestChange } from '../kit/newest-change.ts'
import { readRows } from '../kit/read-rows.ts'
import type { ReadEntity, ReadWindow, SourceReader, WindowRow } from '../kit/source.ts'
import { requireText, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'
import { toOrder } from './order.ts'
import { askedProducts, type BaseSkus } from './order-lines.ts'
import { productSkus } from './product-skus.ts'
import { fromMagentoTime } from './time.ts'
import { magento2Window } from './window.ts'

const LIST_FIELDS = 'items[entity_id,increment_id,updated_at],total_count'

/** Reads orders by `updated_at`, oldest first. `read.filter` may contain fields of the order: `store_id: "1,2"`. */
export function readMagento2Orders(client: Magento2Client, read: Read, clock: Clock): SourceReader<'orders'> {
  const { pageSize, filter } = read
  const list = { find: client.findOrders, idField: 'entity_id', pageSize, filter }
  const now = () => clock.now()
  const skusOf = productSkus(client)
  return {
    name: 'magento2.orders',
    entity: 'orders',
    async *read(window, after, signal) {
      for await (const page of keysetPages(magento2Window(list, window, signal), after, now)) {
        const { rows, reached, requestedAt } = page
        const baseSkus = await skusOf(rows.flatMap(askedProducts), signal)
        const toOrderEntity = (row: Wire) => toEntity(row, baseSkus)
        const taken = readRows(rows, orderKey, toOrderEntity)
        const reachedAt = newestChange(taken.entities)
        yield { ...taken, rows: rows.map(windowRow), reached, reachedAt, requestedAt }
      }
    },
    async *list(window: ReadWindow, signal: AbortSignal) {
      const source = magento2Window({ ...list, fields: LIST_FIELDS }, window, signal)
      for await (const page of keysetPages(source, null, now)) yield page.rows.map(windowRow)
    },
  }
}

function toEntity(row: Wire, baseSkus: BaseSkus): ReadEntity<'orders'> {
  const occurredAt = fromMagentoTime(requireText(row, 'updated_at'), 'updated_at')
  const data = toOrder(row, baseSkus)
  // Two stores of one Magento may use the same order number.
  const withKey = (key: string) => ({ ...data, orderNumber: key })
  const identity = { id: data.orderId, since: data.placedAt, withKey }
  return { key: orderKey(row), occurredAt, deleted: false, data, raw: stringifyExact(withoutCopies(row)), identity }
}

/** The key of an order without a number is its internal id. */
function orderKey(row: Wire): string {
  return textOf(row['increment_id']) ?? `entity_id ${textOf(row['entity_id'])}`
}

function windowRow(row: Wire): WindowRow {
  return { key: orderKey(row), changedAt: textOf(row['updated_at']) ?? '' }
}

/** Magento repeats every row in the shipping assignments, and each parent in its child: removes these copies. */
function withoutCopies(order: Wire): Wire {
  const items = wiresOf(order['items']).map(({ parent_item: _, ...item }) => item)
  const extension = wireOf(order['extension_attributes'])
  const assignments = wiresOf(extension['shipping_assignments']).map(({ items: _, ...assignment }) => assignment)
  return { ...order, items, extension_attributes: { ...extension, shipping_assignments: assignments } }
}
