import { StreamError } from '../../errors.ts'
import type { Http } from '../../platform/http.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'

type Condition = 'eq' | 'gt' | 'gteq' | 'lt' | 'in'

/** `value`: a list is for `in`; several values in one text are separated by commas. */
export interface Filter {
  readonly field: string
  readonly condition: Condition
  readonly value: string | readonly string[]
}

/** A list call: filters combined with AND, the fields to sort by (ascending) and the maximum number of rows. */
export interface Search {
  readonly filters: readonly Filter[]
  readonly sort: readonly string[]
  readonly limit: number
  /** Sparse fieldset, for example `items[increment_id],total_count`. */
  readonly fields?: string
}

/** The first rows found, and the total number. */
export interface Found {
  readonly items: readonly Wire[]
  readonly total: number
}

export async function find(http: Http, path: string, search: Search, signal: AbortSignal | undefined): Promise<Found> {
  const query = searchQuery(search)
  const request = { method: 'GET', path, query, expects: 'json' } as const
  const { json } = await http.request({ ...request, ...(signal === undefined ? {} : { signal }) })
  const answer = wireOf(json)
  const total = Number(textOf(answer['total_count']) ?? Number.NaN)
  if (Number.isNaN(total)) {
    throw new StreamError('source_data_invalid', `Magento's answer to ${path} has no total_count`, {
      field: 'total_count',
    })
  }
  return { items: wiresOf(answer['items']), total }
}

type Query = readonly (readonly [string, string])[]

/** Query parameters of a list call, spelled as in the API's specification. */
function searchQuery({ filters, sort, limit, fields }: Search): Query {
  const query: (readonly [string, string])[] = filters.flatMap((filter, group) =>
    alternatives(filter).flatMap(({ field, condition, value }, index) => {
      const name = `searchCriteria[filterGroups][${group}][filters][${index}]`
      return [[`${name}[field]`, field] as const, [`${name}[conditionType]`, condition], [`${name}[value]`, value]]
    }),
  )
  for (const [index, field] of sort.entries()) {
    query.push([`searchCriteria[sortOrders][${index}][field]`, field])
    query.push([`searchCriteria[sortOrders][${index}][direction]`, 'ASC'])
  }
  query.push(['searchCriteria[pageSize]', String(limit)], ['searchCriteria[currentPage]', '1'])
  if (fields !== undefined) query.push(['fields', fields])
  return query
}

/** Filters of one group are combined with OR: if a value contains a comma, each value gets its own filter. */
function alternatives({ field, condition, value }: Filter): readonly (Filter & { readonly value: string })[] {
  if (typeof value === 'string') return [{ field, condition, value }]
  if (!value.some((one) => one.includes(','))) return [{ field, condition, value: value.join(',') }]
  return value.map((one) => ({ field, condition: 'eq', value: one }))
}
