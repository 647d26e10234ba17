import type { FastifyInstance } from 'fastify'
import { b2bProblem } from './gate.ts'
import type { Shop } from './shop.ts'
import type { B2bOrder } from './wire-types.ts'

type Query = Readonly<Record<string, string | string[] | undefined>>

const MOST = 200
/** The first channel, used when a request names none. */
const CHANNEL = '1'
const YEAR_SECONDS = 365 * 86_400
const sorts: Readonly<Record<string, (order: B2bOrder) => number>> = {
  createdAt: ({ createdAt }) => createdAt,
  updatedAt: ({ updatedAt }) => updatedAt,
}

/** B2B Edition: companies and the B2B part of orders, in its own envelope. */
export function addB2bRoutes(app: FastifyInstance, shop: Shop): void {
  const at = '/api/v3/io'
  app.get<{ Querystring: Query }>(`${at}/orders`, async ({ query }, reply) => {
    const wrong = wrongParameter(query)
    if (wrong !== null) return b2bProblem(reply, 422, 'Parameter Error', { errMsg: { [wrong]: 'is not valid' } })
    const found = findOrders(shop, query)
    const limit = Number(query['limit'] ?? 10)
    const offset = Number(query['offset'] ?? 0)
    const data = found.slice(offset, offset + limit).map((order) => shown(order, query['showExtra'] === 'true'))
    return { code: 200, data, meta: { message: 'SUCCESS', totalCount: found.length, limit, offset } }
  })
  app.get<{ Params: { id: string } }>(`${at}/orders/:id`, async ({ params }, reply) => {
    const order = shop.store.b2bOrders.get(params.id)
    if (order === undefined) return b2bProblem(reply, 404, 'Order Does Not Exist.')
    return { code: 200, data: [order], meta: { message: 'SUCCESS' } }
  })
  app.get<{ Params: { id: string }; Querystring: Query }>(`${at}/companies/:id`, async ({ params, query }, reply) => {
    const company = shop.store.companies.get(params.id)
    if (company === undefined) return b2bProblem(reply, 404, 'Company not found')
    const { extraFields, ...others } = company
    const data = query['isIncludeExtraFields'] === '1' ? { ...others, extraFields } : others
    return { code: 200, data, meta: { message: 'SUCCESS' } }
  })
}

/** The first parameter that the documentation does not allow in this form; null: none. */
function wrongParameter(query: Query): string | null {
  const isWhole = (name: string, least: number, most = Number.MAX_SAFE_INTEGER) =>
    query[name] === undefined || (/^\d+$/.test(String(query[name])) && within(Number(query[name]), least, most))
  const isOneOf = (name: string, allowed: readonly string[]) =>
    query[name] === undefined || allowed.includes(String(query[name]))
  const checks: Readonly<Record<string, boolean>> = {
    limit: isWhole('limit', 1, MOST),
    offset: isWhole('offset', 0),
    sortBy: isOneOf('sortBy', Object.keys(sorts)),
    orderBy: isOneOf('orderBy', ['ASC', 'DESC']),
    showExtra: isOneOf('showExtra', ['true', 'false']),
    'channelIds[]': channelsOf(query).every((id) => /^\d+$/.test(id)),
    ...Object.fromEntries(
      ['minModified', 'maxModified', 'minCreated', 'maxCreated', 'companyId', 'bcOrderId'].map((name) => [
        name,
        isWhole(name, 0),
      ]),
    ),
  }
  return Object.entries(checks).find(([, right]) => !right)?.[0] ?? null
}

const within = (value: number, least: number, most: number) => value >= least && value <= most

function channelsOf(query: Query): readonly string[] {
  return [query['channelIds[]'] ?? CHANNEL].flat()
}

/** "After" and "before" bounds are exclusive. Without a bound only orders of the last year are found. */
function findOrders(shop: Shop, query: Query): B2bOrder[] {
  const bound = (name: string) => (query[name] === undefined ? undefined : Number(query[name]))
  const [from, to, since, until] = ['minModified', 'maxModified', 'minCreated', 'maxCreated'].map(bound)
  const isBounded = from !== undefined || since !== undefined
  const lastYear = isBounded ? Number.NEGATIVE_INFINITY : Math.floor(shop.now().getTime() / 1000) - YEAR_SECONDS
  const company = bound('companyId')
  const channels = channelsOf(query)
  const key = sorts[String(query['sortBy'] ?? 'updatedAt')] ?? (({ updatedAt }) => updatedAt)
  const sign = query['orderBy'] === 'ASC' ? 1 : -1
  return shop.store.b2bOrders
    .all()
    .filter(({ updatedAt }) => isBetween(updatedAt, from, to))
    .filter(({ createdAt, updatedAt }) => isBetween(createdAt, since, until) && updatedAt > lastYear)
    .filter(({ channelId }) => channels.includes(String(channelId)))
    .filter(({ companyId }) => company === undefined || companyId === company)
    .sort((a, b) => sign * (key(a) - key(b)))
}

const isBetween = (time: number, after: number | undefined, before: number | undefined) =>
  (after === undefined || time > after) && (before === undefined || time < before)

/** An order of the list: extra fields only on request. */
function shown({ extraFields, ...order }: B2bOrder, extra: boolean): object {
  return extra ? { ...order, extraFields } : order
}
