import { isRequired } from './magento-error.ts'

export interface Filter {
  field: string
  value: string
  condition_type: string
}

/** The search criteria of a list call; filters of one group are alternatives, all groups must match. */
export interface SearchCriteria {
  filter_groups: { filters: Filter[] }[]
  sort_orders: { field: string; direction: 'ASC' | 'DESC' }[]
  page_size?: number
  current_page?: number
}

interface Node {
  value?: string
  children: Map<string, Node>
}

/**
 * Parses `searchCriteria[filter_groups][0][filters][0][field]=…` from a query string; camelCase and snake_case names
 * are equivalent. The default condition type is `eq`, the default sort direction is descending.
 *
 * @throws MagentoError 400 when there are no search criteria at all, or a filter has no field
 */
export function parseSearchCriteria(query: string): SearchCriteria {
  const root = readTree(query)
  const given = root.children.get('search_criteria')
  if (given === undefined) throw isRequired('searchCriteria')
  const groups = list(given.children.get('filter_groups')).map((group) => ({
    filters: list(group.children.get('filters')).map(readFilter),
  }))
  const sortOrders = list(given.children.get('sort_orders')).map((order) => {
    const field = text(order, 'field')
    if (field === undefined) throw isRequired('field')
    return { field, direction: text(order, 'direction')?.toUpperCase() === 'ASC' ? 'ASC' : 'DESC' } as const
  })
  const pageSize = text(given, 'page_size')
  const currentPage = text(given, 'current_page')
  return {
    filter_groups: groups,
    sort_orders: sortOrders,
    ...(pageSize === undefined ? {} : { page_size: Number(pageSize) }),
    ...(currentPage === undefined ? {} : { current_page: Number(currentPage) }),
  }
}

function readFilter(node: Node): Filter {
  const field = text(node, 'field')
  if (field === undefined) throw isRequired('field')
  return {
    field,
    value: text(node, 'value') ?? '',
    condition_type: text(node, 'condition_type')?.toLowerCase() ?? 'eq',
  }
}

function readTree(query: string): Node {
  const root: Node = { children: new Map() }
  for (const [key, value] of new URLSearchParams(query)) {
    let node = root
    for (const name of key.replaceAll(']', '').split('[')) {
      const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      const child = node.children.get(snake) ?? { children: new Map() }
      node.children.set(snake, child)
      node = child
    }
    node.value = value
  }
  return root
}

function list(node: Node | undefined): Node[] {
  return [...(node?.children.values() ?? [])]
}

function text(node: Node, name: string): string | undefined {
  return node.children.get(name)?.value
}
