import { isRequired, MagentoError, noSuchEntity } from './magento-error.ts'
import { renderSourceItem } from './render.ts'
import { type AddRoute, answerSearch } from './routes.ts'
import type { SearchSettings } from './search.ts'
import type { Shop } from './shop.ts'
import { sourceItemKey } from './shop-store.ts'
import type { Switches } from './switches.ts'
import type { InventorySource, SourceItem } from './wire-types.ts'

const resource = 'Magento_InventoryApi::source'

/** Multi-source inventory: sources and what each holds. Saving is absolute and repeatable. */
export function addInventoryRoutes(add: AddRoute, shop: Shop, switches: Switches): void {
  const { sourceItems, sources } = shop.store
  add('GET', '/inventory/source-items', resource, ({ query }) =>
    answerSearch(
      sourceItems.all(),
      query,
      columnSearch<SourceItem>(itemColumns, sourceItemKey, switches),
      renderSourceItem,
    ),
  )
  add('POST', '/inventory/source-items', resource, ({ body }) => {
    saveSourceItems(shop, body)
    return []
  })
  add('POST', '/inventory/source-items-delete', resource, ({ body }) => {
    for (const item of readItems(body)) sourceItems.delete(sourceItemKey(item))
    return []
  })
  add('GET', '/inventory/sources', resource, ({ query }) =>
    answerSearch(
      sources.all(),
      query,
      columnSearch<InventorySource>(sourceColumns, (source) => source.source_code, switches),
      (source) => source,
    ),
  )
  add('GET', '/inventory/sources/:code', resource, ({ parameters }) => {
    const source = sources.get(parameters['code'] ?? '')
    if (source === undefined) throw noSuchEntity('source_code', parameters['code'] ?? '')
    return source
  })
}

/** @throws MagentoError 400 when an item lacks a field, or its source does not exist; then none is saved */
export function saveSourceItems(shop: Shop, body: unknown): void {
  const items = readItems(body)
  for (const item of items) checkItem(item, shop)
  shop.store.transaction(() => {
    for (const item of items) shop.store.sourceItems.put(renderSourceItem(item))
  })
}

const itemColumns = ['sku', 'source_code', 'quantity', 'status'] as const
const sourceColumns = ['source_code', 'name', 'enabled', 'country_id', 'postcode'] as const

function columnSearch<T extends SourceItem | InventorySource>(
  columns: readonly (keyof T & string)[],
  key: (row: T) => string,
  switches: Switches,
): SearchSettings<T> {
  return {
    key,
    switches,
    read(row, field) {
      const column = columns.find((name) => name === field)
      if (column === undefined) throw new Error(`unknown column ${field}`)
      return row[column]
    },
  }
}

function readItems(body: unknown): SourceItem[] {
  const { sourceItems } = Object(body) as { sourceItems?: SourceItem[] }
  if (!Array.isArray(sourceItems)) throw isRequired('sourceItems')
  return sourceItems
}

function checkItem(item: SourceItem, shop: Shop): void {
  for (const field of itemColumns) {
    const value: unknown = item[field]
    if (value === undefined || value === null || value === '') {
      const errors = [{ message: '"%field" can not be empty.', parameters: { field } }]
      throw new MagentoError(400, `Validation Failed: "${field}" can not be empty.`, { errors })
    }
  }
  if (shop.store.sources.get(item.source_code) === undefined) {
    const errors = [
      { message: 'Source with code "%sourceCode" does not exist.', parameters: { sourceCode: item.source_code } },
    ]
    throw new MagentoError(400, `Validation Failed: Source with code "${item.source_code}" does not exist.`, { errors })
  }
}
