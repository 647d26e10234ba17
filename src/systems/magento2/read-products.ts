import type { Read } from '../../configuration/model.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import type { ConfiguredSystem } from '../kit/configured-system.ts'
import { keysetPages } from '../kit/keyset-pages.ts'
import { newestChange } from '../kit/newest-change.ts'
import { readRows } from '../kit/read-rows.ts'
import { skuKey } from '../kit/sku.ts'
import type { ReadEntity, ReadWindow, SourceReader, WindowRow } from '../kit/source.ts'
import { requireText, textOf, type Wire } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'
import { type ProductSurroundings, parentsOf, toProduct } from './product.ts'
import type { Magento2Values } from './settings.ts'
import { storeViewOf } from './store-view.ts'
import { fromMagentoTime } from './time.ts'
import { magento2Window } from './window.ts'

const LIST_FIELDS = 'items[id,sku,updated_at],total_count'
const PARENT_FIELDS = 'items[id,sku,extension_attributes[configurable_product_links]],total_count'

/**
 * Reads products by `updated_at`, oldest first. `read.filter` may contain their fields: `type_id:
 * "simple,configurable"`.
 */
export function readMagento2Products(
  client: Magento2Client,
  read: Read,
  system: Pick<ConfiguredSystem<Magento2Values>, 'id' | 'settings'>,
  clock: Clock,
): SourceReader<'products'> {
  const { pageSize, filter } = read
  const list = { find: client.findProducts, idField: 'id', pageSize, filter }
  const now = () => clock.now()
  return {
    name: 'magento2.products',
    entity: 'products',
    async *read(window, after, signal) {
      let surroundings: ProductSurroundings | undefined
      for await (const page of keysetPages(magento2Window(list, window, signal), after, now)) {
        surroundings ??= await surroundingsOf(client, system, pageSize, signal)
        const known = surroundings
        const { rows, reached, requestedAt } = page
        const taken = readRows(rows, productKey, (row) => toEntity(row, known))
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

/**
 * Products do not name their parents, so this reads the configurable products, which name their variants and are few.
 */
async function surroundingsOf(
  client: Magento2Client,
  system: Pick<ConfiguredSystem<Magento2Values>, 'id' | 'settings'>,
  pageSize: number,
  signal: AbortSignal,
): Promise<ProductSurroundings> {
  const view = await storeViewOf(client, system, signal)
  const configurables: Wire[] = []
  for (;;) {
    const last = textOf(configurables.at(-1)?.['id'])
    const filters = [
      { field: 'type_id', condition: 'eq', value: 'configurable' },
      ...(last === null ? [] : [{ field: 'entity_id', condition: 'gt', value: last } as const]),
    ] as const
    const search = { filters, sort: ['entity_id'], limit: pageSize, fields: PARENT_FIELDS }
    const { items, total } = await client.findProducts(search, signal)
    configurables.push(...items)
    if (items.length === 0 || total <= items.length) break
  }
  return {
    currency: textOf(view['base_currency_code']),
    weightUnit: textOf(view['weight_unit']),
    parents: parentsOf(configurables),
  }
}

function toEntity(row: Wire, surroundings: ProductSurroundings): ReadEntity<'products'> {
  const occurredAt = fromMagentoTime(requireText(row, 'updated_at'), 'updated_at')
  const data = toProduct(row, surroundings)
  return { key: data.sku, occurredAt, deleted: false, data, raw: stringifyExact(row) }
}

function productKey(row: Wire): string {
  return skuKey(row['sku']) ?? `id ${textOf(row['id'])}`
}

function windowRow(row: Wire): WindowRow {
  return { key: productKey(row), changedAt: textOf(row['updated_at']) ?? '' }
}
