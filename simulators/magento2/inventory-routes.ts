import { isRequired, MagentoError, noSuchEntity } from './magento-error.ts'
import { renderSourceItem } from './render.ts'
import { type AddRoute, answerSearch, typeError } from './routes.ts'
import type { SearchSettings } from './search.ts'
import type { Shop } from './shop.ts'
import { sourceItemKey } from './shop-store.ts'
import type { Switches } from './switches.ts'
import type { InventorySource, SourceItem } from './wire-types.ts'

/** Multi-source inventory: sources and their stock. Saving is absolute and repeatable. */
export function addInventoryRoutes(add: AddRoute, shop: Shop, switches: Switches): void {
  const { sourceItems, sources } = shop.store
  add('GET', '/inventory/source-items', ({ query }) =>
    answerSearch(
      sourceItems.all(),
      query,
      columnSearch<SourceItem>(itemColumns, sourceItemKey, switches),
      renderSourceItem,
    ),
  )
  add('POST', '/inventory/source-items', ({ body }) => {
    saveSourceItems(shop, body)
    return []
  })
  add('POST', '/inventory/source-items-delete', ({ body }) => {
    for (const item of readItems(body)) sourceItems.delete(sourceItemKey(item))
    return []
  })
  add('GET', '/inventory/sources', ({ query }) =>
    answerSearch(
      sources.all(),
      query,
      columnSearch<InventorySource>(sourceColumns, (source) => source.source_code, switches),
      (source) => source,
    ),
  )
  add('GET', '/inventory/sources/:code', ({ parameters }) => {
    const source = sources.get(parameters['code'] ?? '')
    if (source === undefined) throw noSuchEntity('source_code', parameters['code'] ?? '')
    return source
  })
}

/** @throws MagentoError 400 when an item lacks a field, or its source does not exist; in that case none is saved */
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
  for (const item of sourceItems) checkTypes(item)
  if (sourceItems.length === 0) throw new MagentoError(400, 'Input data is empty')
  return sourceItems
}

const types: Readonly<Record<string, 'string' | 'float' | 'int'>> = {
  sku: 'string',
  source_code: 'string',
  quantity: 'float',
  status: 'int',
}

/** Before validation, each value must have its type: texts of numbers count as numbers. */
function checkTypes(item: SourceItem): void {
  for (const [field, type] of Object.entries(types)) {
    const value: unknown = item[field as keyof SourceItem]
    if (value === undefined || value === null) continue
    const isText = typeof value === 'string' || typeof value === 'number'
    const isRight = type === 'string' ? isText : isText && String(value).trim() !== '' && Number.isFinite(Number(value))
    if (!isRight) throw typeError(field, value, type)
  }
}

/** As in Magento's own API tests (InventoryApi, SourceItemsSave/ValidationTest). */
function checkItem(item: SourceItem, shop: Shop): void {
  const problems = [
    ...textProblems(item.sku, 'can not contain leading or trailing spaces.', (text) => text !== text.trim()).map(
      ofField('sku'),
    ),
    ...textProblems(item.source_code, 'can not contain whitespaces.', (text) => /\s/.test(text)).map(
      ofField('source_code'),
    ),
    ...(isNumber(item.quantity) ? [] : ['should be numeric.']).map(ofField('quantity')),
    ...(isNumber(item.status) ? (isStatus(item.status) ? [] : ['should a known status.']) : ['should be numeric.']).map(
      ofField('status'),
    ),
  ]
  const [first] = problems
  if (first !== undefined) {
    const errors = problems.map(({ field, problem }) => ({ message: `"%field" ${problem}`, parameters: { field } }))
    throw new MagentoError(400, `Validation Failed: "${first.field}" ${first.problem}`, { errors })
  }
  // The database refuses it, and the reason is only in the log.
  if (shop.store.sources.get(item.source_code) === undefined) throw new MagentoError(400, 'Could not save Source Item')
}

const ofField = (field: string) => (problem: string) => ({ field, problem })

function textProblems(value: unknown, problem: string, isWrong: (text: string) => boolean): string[] {
  const text = value === undefined || value === null ? '' : String(value)
  return [...(text.trim() === '' ? ['can not be empty.'] : []), ...(text !== '' && isWrong(text) ? [problem] : [])]
}

const isNumber = (value: unknown) => value !== undefined && value !== null
const isStatus = (value: unknown) => Number(value) === 0 || Number(value) === 1
