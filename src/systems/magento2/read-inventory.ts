import type { Read } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import { ZERO8 } from '../../events/decimal.ts'
import type { Inventory } from '../../events/generated/events.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import { readRows } from '../kit/read-rows.ts'
import { requireSku, skuKey } from '../kit/sku.ts'
import type { ReadEntity, SourceReader } from '../kit/source.ts'
import { attributesOf, quantityOf, requireText, textOf, type Wire } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'
import type { Filter } from './search.ts'

/** All source items of one SKU. */
interface Stock {
  readonly sku: string | null
  readonly items: readonly Wire[]
}

/**
 * Reads MSI source items by SKU, each SKU with all of its sources; levels are absolute. Magento stores no change time
 * for them, so every run reads them all, whatever its window, and unchanged stock is not published. `read.filter` may
 * contain their fields: `source_code: "default,east"`.
 */
export function readMagento2Inventory(client: Magento2Client, read: Read, clock: Clock): SourceReader<'inventory'> {
  const fixed = Object.entries(read.filter).map(([field, value]): Filter => ({ field, condition: 'in', value }))
  const pages = (after: string | null, signal: AbortSignal) => stockPages(client, fixed, read.pageSize, after, signal)
  return {
    name: 'magento2.inventory',
    entity: 'inventory',
    async *read(_window, after, signal) {
      let requestedAt = clock.now()
      for await (const page of pages(after?.id ?? null, signal)) {
        const reached = { changedAt: '', id: page.at(-1)?.sku ?? '' }
        yield { ...readRows(page, stockKey, toEntity), rows: [], reached, requestedAt }
        requestedAt = clock.now()
      }
    },
    async *keys(signal) {
      for await (const page of pages(null, signal)) yield page.map((stock) => ({ key: stockKey(stock) }))
    },
  }
}

/** Pages by keyset: a SKU added or removed meanwhile does not shift the others. SKUs are compared by Magento only. */
async function* stockPages(
  client: Magento2Client,
  fixed: readonly Filter[],
  limit: number,
  after: string | null,
  signal: AbortSignal,
): AsyncGenerator<readonly Stock[]> {
  const find = (filters: readonly Filter[]) =>
    client.findSourceItems({ filters: [...filters, ...fixed], sort: ['sku', 'source_code'], limit }, signal)
  let last = after
  for (;;) {
    const { items, total } = await find(last === null ? [] : [{ field: 'sku', condition: 'gt', value: last }])
    const page = [...Map.groupBy(items, givenSku)].map(([sku, own]): Stock => ({ sku, items: own }))
    const end = page.at(-1)
    if (end === undefined) return
    if (end.sku === null || end.sku === last) throw notSortedError(end.sku)
    const more = total > items.length
    // The last SKU of a full page may have further sources.
    if (more) page[page.length - 1] = { sku: end.sku, items: await allOf(find, end.sku, end.items) }
    yield page
    if (!more) return
    last = end.sku
  }
}

async function allOf(
  find: (filters: readonly Filter[]) => Promise<{ readonly items: readonly Wire[]; readonly total: number }>,
  sku: string,
  first: readonly Wire[],
): Promise<readonly Wire[]> {
  const all = [...first]
  for (;;) {
    const last = textOf(all.at(-1)?.['source_code']) ?? ''
    const { items, total } = await find([
      { field: 'sku', condition: 'eq', value: sku },
      { field: 'source_code', condition: 'gt', value: last },
    ])
    all.push(...items)
    if (items.length === 0 || items.length >= total) return all
  }
}

function toEntity(stock: Stock): ReadEntity<'inventory'> {
  const key = requireSku({ ...stock }, 'sku')
  const raw = stringifyExact(stock.items)
  return { key, occurredAt: null, deleted: false, data: toInventory(key, stock.items), raw }
}

/** The SKU exactly as in Magento, including blanks: the next page starts after it. */
function givenSku({ sku }: Wire): string | null {
  return typeof sku === 'string' ? sku : textOf(sku)
}

function stockKey({ sku }: Stock): string {
  return skuKey(sku) ?? 'without sku'
}

function notSortedError(sku: string | null): StreamError {
  const message = `Magento's source items are not sorted by SKU, or one has no SKU: "${sku}"`
  return new StreamError('source_data_invalid', message, { field: 'sku' })
}

/** Fields of a source item that the event already has. */
const LEFT_OUT = new Set(['sku', 'source_code', 'quantity', 'status', 'extension_attributes'])

/**
 * Converts the source items of one SKU to inventory data. Pure. One absolute level per source, by its code. A source
 * marked out of stock has nothing available, whatever its quantity. Throws `value_missing` or `decimal_invalid`.
 */
function toInventory(sku: string, items: readonly Wire[]): Inventory {
  const locations = items.map((item) => {
    const onHand = quantityOf(item, 'quantity') ?? ZERO8
    const available = textOf(item['status']) === '1' ? onHand : ZERO8
    return {
      location: requireText(item, 'source_code'),
      onHand,
      available,
      attributes: attributesOf(item, LEFT_OUT),
    }
  })
  return { sku, locations: locations.toSorted((a, b) => (a.location < b.location ? -1 : 1)), attributes: {} }
}
