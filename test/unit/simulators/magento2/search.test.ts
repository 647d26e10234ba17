import { describe, expect, it } from 'vitest'
import { matches, search } from '../../../../simulators/magento2/search.ts'
import { parseSearchCriteria } from '../../../../simulators/magento2/search-criteria.ts'
import { selectFields } from '../../../../simulators/magento2/sparse-fields.ts'

interface Row {
  id: number
  sku: string
  at: string
  note?: string
}
const rows: Row[] = [
  { id: 1, sku: 'A-1', at: '2026-03-01 10:00:00' },
  { id: 2, sku: 'A-2', at: '2026-03-01 10:00:00', note: 'red,blue' },
  { id: 3, sku: 'B-1', at: '2026-03-02 10:00:00', note: 'green' },
  { id: 4, sku: 'B-2', at: '2026-03-03 10:00:00' },
]
const run = (query: string, repeatsLastPage = true) =>
  search(rows, parseSearchCriteria(query), {
    key: ({ id }) => id,
    read: (row, field) => row[field as keyof Row],
    switches: { repeatsLastPage, maximumPageSize: null },
  })
const ids = (query: string, repeats?: boolean) => run(query, repeats).items.map(({ id }) => id)
const byId = '&searchCriteria[sortOrders][0][field]=id&searchCriteria[sortOrders][0][direction]=ASC'

describe('filters', () => {
  it.each([
    ['eq', 'sku', 'a-1', [1]],
    ['neq', 'note', 'green', [2]],
    ['gt', 'at', '2026-03-01 10:00:00', [3, 4]],
    ['gteq', 'id', '3', [3, 4]],
    ['moreq', 'id', '4', [4]],
    ['lt', 'id', '3', [1, 2]],
    ['lteq', 'at', '2026-03-01 10:00:00', [1, 2]],
    ['from', 'at', '2026-03-02 00:00:00', [3, 4]],
    ['to', 'at', '2026-03-02 10:00:00', [1, 2, 3]],
    ['in', 'sku', 'A-1, B-2', [1, 4]],
    ['nin', 'id', '1,2', [3, 4]],
    ['like', 'sku', 'b%', [3, 4]],
    ['like', 'sku', 'A_1', [1]],
    ['nlike', 'sku', 'b%', [1, 2]],
    ['finset', 'note', 'blue', [2]],
    ['nfinset', 'note', 'blue', [3]],
    ['null', 'note', '', [1, 4]],
    ['notnull', 'note', '1', [2, 3]],
  ])('%s', (condition, field, value, expected) => {
    const filter = 'searchCriteria[filter_groups][0][filters][0]'
    const query = `${filter}[field]=${field}&${filter}[condition_type]=${condition}&${filter}[value]=${encodeURIComponent(value)}`
    expect(ids(query + byId)).toEqual(expected)
  })

  it('takes filters of a group as alternatives, groups as conditions, in camelCase too', () => {
    const query = [
      'searchCriteria[filterGroups][0][filters][0][field]=id&searchCriteria[filterGroups][0][filters][0][value]=1',
      'searchCriteria[filterGroups][0][filters][1][field]=id&searchCriteria[filterGroups][0][filters][1][value]=3',
      'searchCriteria[filterGroups][1][filters][0][field]=id&searchCriteria[filterGroups][1][filters][0][value]=2',
      'searchCriteria[filterGroups][1][filters][0][conditionType]=gt',
    ].join('&')
    expect(ids(query)).toEqual([3])
  })

  it('fails on a condition type there is not', () => {
    expect(() => matches('a', { field: 'f', value: 'a', condition_type: 'similar' })).toThrow('similar')
  })

  it('wants search criteria, and a field in each filter', () => {
    expect(() => parseSearchCriteria('pageSize=3')).toThrow('is required')
    expect(() => parseSearchCriteria('searchCriteria[filter_groups][0][filters][0][value]=3')).toThrow('is required')
    expect(ids(`searchCriteria=${byId}`)).toEqual([1, 2, 3, 4])
  })
})

describe('order and pages', () => {
  it('sorts by several fields, descending when no direction is given', () => {
    const query =
      'searchCriteria[sortOrders][0][field]=at&searchCriteria[sortOrders][0][direction]=ASC&searchCriteria[sortOrders][1][field]=id'
    expect(ids(query)).toEqual([2, 1, 3, 4])
  })

  it('does not keep the order of rows the sort does not tell apart', () => {
    const seen = new Set(Array.from({ length: 40 }, () => ids('searchCriteria[sortOrders][0][field]=at').join()))
    expect([...seen].sort()).toEqual(['4,3,1,2', '4,3,2,1'])
  })

  it('pages from 1, and repeats the last page or is empty past the end', () => {
    const page = (current: number) => `searchCriteria[page_size]=3&searchCriteria[currentPage]=${current}${byId}`
    expect(ids(page(1))).toEqual([1, 2, 3])
    expect(ids(page(0))).toEqual([1, 2, 3])
    expect(ids(page(2))).toEqual([4])
    expect(ids(page(9))).toEqual([4])
    expect(ids(page(9), false)).toEqual([])
    expect(run(page(2))).toMatchObject({ total_count: 4, search_criteria: { page_size: 3, current_page: 2 } })
  })
})

it('reduces an answer to the fields asked for', () => {
  const body = { items: [{ id: 1, items: [{ sku: 'a', qty: 1 }], name: 'x' }], total_count: 1, search_criteria: {} }
  expect(selectFields(body, 'items[id,items[sku]],total_count')).toEqual({
    items: [{ id: 1, items: [{ sku: 'a' }] }],
    total_count: 1,
  })
})
