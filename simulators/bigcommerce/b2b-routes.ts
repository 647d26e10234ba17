import type { FastifyInstance } from 'fastify'
import { b2bProblem } from './gate.ts'
import type { Params } from './lists.ts'
import type { Shop } from './shop.ts'
import type { B2bOrder } from './wire-types.ts'

const MOST = 250
const sorts: Readonly<Record<string, (order: B2bOrder) => number>> = {
  bcOrderId: ({ bcOrderId }) => bcOrderId,
  createdAt: ({ createdAt }) => createdAt,
  updatedAt: ({ updatedAt }) => updatedAt,
}

/** B2B Edition: companies and the B2B part of orders, in its own envelope. */
export function addB2bRoutes(app: FastifyInstance, shop: Shop): void {
  const at = '/api/v3/io'
  app.get<{ Querystring: Params }>(`${at}/orders`, async ({ query }) => {
    const found = findOrders(shop, query)
    const limit = Math.min(MOST, Number(query['limit'] ?? 10))
    const offset = Number(query['offset'] ?? 0)
    const data = found.slice(offset, offset + limit)
    return { code: 200, data, meta: { message: 'SUCCESS', totalCount: found.length, limit, offset } }
  })
  app.get<{ Params: { id: string } }>(`${at}/orders/:id`, async ({ params }, reply) => {
    const order = shop.store.b2bOrders.get(params.id)
    if (order === undefined) return b2bProblem(reply, 404, 'Order Does Not Exist.')
    return { code: 200, data: order, meta: { message: 'SUCCESS' } }
  })
  app.get<{ Params: { id: string } }>(`${at}/companies/:id`, async ({ params }, reply) => {
    const company = shop.store.companies.get(params.id)
    if (company === undefined) return b2bProblem(reply, 404, 'Company not found')
    return { code: 200, data: company, meta: { message: 'SUCCESS' } }
  })
}

/** "After" and "before": bounds themselves are not in. */
function findOrders({ store }: Shop, query: Params): B2bOrder[] {
  const bound = (name: string) => (query[name] === undefined ? undefined : Number(query[name]))
  const [from, to, company] = [bound('minModified'), bound('maxModified'), bound('companyId')]
  const key = sorts[query['sortBy'] ?? 'bcOrderId'] ?? (({ bcOrderId }) => bcOrderId)
  const sign = query['orderBy'] === 'ASC' ? 1 : -1
  return store.b2bOrders
    .all()
    .filter(({ updatedAt }) => (from === undefined || updatedAt > from) && (to === undefined || updatedAt < to))
    .filter(({ companyId }) => company === undefined || companyId === company)
    .sort((a, b) => sign * (key(a) - key(b)))
}
