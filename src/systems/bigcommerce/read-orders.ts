import type { Read } from '../../configuration/model.ts'
import { StreamError, toStreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import { totalDiffers } from '../../rules/unexplained.ts'
import { newestChange } from '../kit/newest-change.ts'
import { noNotes, type ReaderNotes } from '../kit/reader-notes.ts'
import type { Page, ReadEntity, ReadWindow, SourceReader, UnreadableEntity, WindowRow } from '../kit/source.ts'
import { requireText, textOf, type Wire } from '../kit/wire.ts'
import { b2bChannels } from './channels.ts'
import type { BigCommerceClient, Query } from './client.ts'
import { createGoneParts, type WithGoneParts } from './gone-parts.ts'
import { type OrderParts, rawOrder, toOrder } from './order.ts'
import { partsByAddress } from './order-addresses.ts'
import { companyOf, createFindParts, type FoundOrder, isOfOrder } from './order-parts.ts'
import { changedAt as b2bChangedAt, b2bOrderPages, isB2bPlace } from './read-b2b-orders.ts'
import { fromBigCommerceTime, toBigCommerceTime } from './time.ts'
import { secondsPages } from './window.ts'
import type { SecondsSource } from './window-ties.ts'

/** Orders per page: each needs further calls, and a page that fails is read again. */
const SLICE = 20
const MOST_ROWS = 250

/**
 * Reads orders by `date_modified`, oldest first, each with its products and addresses; with B2B Edition, then also
 * orders of which only the B2B part changed. `read.filter` may contain filters of the list: `channel_id: "1"`.
 */
export function readBigCommerceOrders(
  client: BigCommerceClient,
  read: Read,
  clock: Clock,
  notes: ReaderNotes = noNotes,
): SourceReader<'orders'> {
  const now = () => clock.now()
  return {
    name: 'bigcommerce.orders',
    entity: 'orders',
    async *read(window, after, signal) {
      const take = createTake(client, read, createGoneParts(notes, read.system))
      const given = new Set<string>()
      if (!isB2bPlace(after)) {
        for await (const page of secondsPages(orderList(client, read, signal), window, after, { now, slice: SLICE })) {
          for (const row of page.rows) given.add(orderId(row))
          const taken = await take(page.rows, signal)
          // With B2B Edition, the window is read a second time below.
          const reachedAt = client.b2b === null ? newestChange(taken.entities) : undefined
          yield { ...taken, ...page, rows: page.rows.map(windowRow), reachedAt }
        }
      }
      if (client.b2b === null) return
      const channels = await b2bChannels(client, read.filter, signal)
      for await (const page of b2bOrderPages(client.b2b, window, after, { now, signal, channels })) {
        const rows = page.rows.filter((row) => companyOf(row) !== null)
        // Orders read above already include this change.
        const others = rows.map(b2bOrderId).filter((id) => !given.has(id))
        const orders = await getOrders(client, others, read, signal)
        const taken = await take(orders.found, signal, orders.lost)
        yield { ...taken, ...page, rows: rows.map(b2bWindowRow) }
      }
    },
    async *list(window: ReadWindow, signal: AbortSignal) {
      const pages = secondsPages(orderList(client, read, signal), window, null, { now, slice: MOST_ROWS })
      for await (const page of pages) yield page.rows.map(windowRow)
      if (client.b2b === null) return
      const channels = await b2bChannels(client, read.filter, signal)
      for await (const page of b2bOrderPages(client.b2b, window, null, { now, signal, channels })) {
        yield page.rows.filter((row) => companyOf(row) !== null).map(b2bWindowRow)
      }
    },
  }
}

function orderList(client: BigCommerceClient, read: Read, signal: AbortSignal): SecondsSource<Wire> {
  const limit = Math.min(MOST_ROWS, Math.max(2, read.pageSize))
  return {
    limit,
    changedAt: (row) => fromBigCommerceTime(requireText(row, 'date_modified'), 'date_modified'),
    id: (row) => BigInt(requireText(row, 'id')),
    async find({ min, max, idFrom }) {
      const query: Query = [
        ...Object.entries(read.filter),
        ...(min === null ? [] : [['min_date_modified', toBigCommerceTime(min)] as const]),
        ['max_date_modified', toBigCommerceTime(max)],
        ...(idFrom === undefined ? [] : [['min_id', String(idFrom)] as const]),
        ['sort', idFrom === undefined ? 'date_modified:asc' : 'id:asc'],
        ['limit', String(limit)],
        ['page', '1'],
        ['include', 'fees'],
      ]
      return await client.list('/v2/orders', query, signal)
    },
  }
}

/** Gets orders by id that match the read's filter; one that can't be read is returned with its error. */
async function getOrders(client: BigCommerceClient, ids: readonly string[], { filter }: Read, signal: AbortSignal) {
  const found: Wire[] = []
  const lost: FoundOrder[] = []
  for (const id of ids) {
    try {
      const order = await client.record(`/v2/orders/${id}`, [['include', 'fees']], signal)
      if (Object.entries(filter).every(([name, value]) => textOf(order[name]) === value)) found.push(order)
    } catch (error) {
      if (!isOfOrder(error)) throw error
      lost.push({ row: { id }, error: orderGoneError(id, error) })
    }
  }
  return { found, lost }
}

function orderGoneError(id: string, cause: unknown): StreamError {
  return new StreamError('source_data_invalid', `order ${id} of B2B Edition can't be read from BigCommerce`, { cause })
}

type Taken = Pick<Page<'orders'>, 'entities' | 'unreadable'>

/**
 * Converts orders to entities. An order that changed between reading its row and its parts does not add up, so it is
 * read once more before it counts as wrong.
 */
function createTake(client: BigCommerceClient, read: Read, withGoneParts: WithGoneParts) {
  const findParts = createFindParts(client)
  return async (rows: readonly Wire[], signal: AbortSignal, lost: readonly FoundOrder[] = []): Promise<Taken> => {
    const first = toEntities([...(await findParts(rows, signal)), ...lost])
    const ids = idsToReadAgain(first)
    if (ids.length === 0) return { ...first, entities: await withGoneParts(first.entities) }
    const again = await getOrders(client, ids, read, signal)
    const second = toEntities([...(await findParts(again.found, signal)), ...again.lost])
    const others = first.unreadable.filter(({ key }) => !ids.includes(key))
    const entities = first.entities.filter(({ data }) => !ids.includes(data.orderId))
    return {
      entities: await withGoneParts([...entities, ...second.entities]),
      unreadable: [...others, ...second.unreadable],
    }
  }
}

/** Orders that don't add up or lack a row. */
function idsToReadAgain({ entities, unreadable }: Taken): string[] {
  const differing = entities.filter(({ data }) => totalDiffers(data) !== null).map(({ data }) => data.orderId)
  const missing = unreadable.filter(({ error }) => toStreamError(error).code === 'totals_differ')
  return [...new Set([...differing, ...missing.map(({ key }) => key)])]
}

function toEntities(found: readonly FoundOrder[]): Taken {
  const entities: ReadEntity<'orders'>[] = []
  const unreadable: UnreadableEntity[] = []
  for (const one of found) {
    try {
      if ('error' in one) throw one.error
      entities.push(...toOrders(one.parts))
    } catch (error) {
      unreadable.push({ key: orderId(one.row), error, raw: stringifyExact(one.row) })
    }
  }
  return { entities, unreadable }
}

/** One order, or one per address. */
function toOrders(parts: OrderParts): ReadEntity<'orders'>[] {
  const changedAt = fromBigCommerceTime(requireText(parts.order, 'date_modified'), 'date_modified')
  const occurredAt = Math.max(changedAt, parts.b2b === null ? 0 : b2bChangedAt(parts.b2b.order) * 1000)
  const deleted = parts.order['is_deleted'] === true
  const raw = rawOrder(parts)
  return partsByAddress(toOrder(parts), parts.addresses).map(({ key, order }) => {
    return { key, occurredAt, deleted, data: order, raw }
  })
}

const orderId = (row: Wire): string => textOf(row['id']) ?? 'none'
const b2bOrderId = (row: Wire): string => textOf(row['bcOrderId']) ?? 'none'

function windowRow(row: Wire): WindowRow {
  return { key: orderId(row), changedAt: textOf(row['date_modified']) ?? '' }
}

/** Separate from the shop's own row of the same order, which has a different time. */
function b2bWindowRow(row: Wire): WindowRow {
  return { key: `b2b order ${b2bOrderId(row)}`, changedAt: String(b2bChangedAt(row)) }
}
