import type { KeysetSource } from '../kit/keyset-pages.ts'
import type { ReadWindow } from '../kit/source.ts'
import { requireText, type Wire } from '../kit/wire.ts'
import type { Filter, Found, Search } from './search.ts'
import { toMagentoTime } from './time.ts'

/** How to page through a Magento list. */
export interface Magento2List {
  readonly find: (search: Search, signal?: AbortSignal) => Promise<Found>
  /** Field of the row that holds its `entity_id`. */
  readonly idField: string
  readonly pageSize: number
  readonly fields?: string
  /** Field to comma-separated values: only rows with one of the values. */
  readonly filter: Readonly<Record<string, string>>
}

/**
 * A window of a list by (`updated_at`, `entity_id`). Always requests the first page: Magento repeats the last page for
 * a page number past the end, and rows that change shift page numbers. `total_count` shows the end. Times are UTC.
 */
export function magento2Window(list: Magento2List, window: ReadWindow, signal: AbortSignal): KeysetSource<Wire> {
  const fixed = Object.entries(list.filter).map(([field, value]): Filter => ({ field, condition: 'in', value }))
  const before: Filter = { field: 'updated_at', condition: 'lt', value: toMagentoTime(window.to) }
  const find = async (filters: readonly Filter[]) => {
    const search = { filters: [...filters, ...fixed], sort: ['updated_at', 'entity_id'], limit: list.pageSize }
    const withFields = list.fields === undefined ? search : { ...search, fields: list.fields }
    const { items, total } = await list.find(withFields, signal)
    return { rows: items, more: total > items.length }
  }
  return {
    keyOf: (row) => ({ changedAt: requireText(row, 'updated_at'), id: requireText(row, list.idField) }),
    ties: ({ changedAt, id }) =>
      find([
        { field: 'updated_at', condition: 'eq', value: changedAt },
        { field: 'entity_id', condition: 'gt', value: id },
      ]),
    later(last) {
      if (last !== null) return find([{ field: 'updated_at', condition: 'gt', value: last.changedAt }, before])
      if (window.from === null) return find([before])
      return find([{ field: 'updated_at', condition: 'gteq', value: toMagentoTime(window.from) }, before])
    },
  }
}
