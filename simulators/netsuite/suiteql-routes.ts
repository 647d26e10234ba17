import type { SQLInputValue } from 'node:sqlite'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isObject } from './fields.ts'
import { pageEnvelope, readPage } from './page.ts'
import { invalidContent, NetSuiteProblem } from './problems.ts'
import type { AccountRules } from './rules.ts'
import type { SuiteQlEngine } from './suiteql/engine.ts'
import { SuiteQlError } from './suiteql/translate.ts'

/** `POST /query/v1/suiteql`. */
export function addSuiteQlRoutes(app: FastifyInstance, engine: SuiteQlEngine, rules: AccountRules): void {
  app.post<{ Querystring: { limit?: string; offset?: string } }>('/query/v1/suiteql', async (request, reply) => {
    requireTransient(request)
    const page = readPage(request.query)
    const { query, params } = readQuery(request.body, rules)
    const { rows, total } = runQuery(engine, query, params, page)
    const items = rows.map((row) => ({ links: [], ...row }))
    const href = `http://${request.host}/services/rest/query/v1/suiteql`
    return reply.send(pageEnvelope(href, page, items, total))
  })
}

function requireTransient({ headers }: FastifyRequest): void {
  const prefer = String(headers['prefer'] ?? '').split(',')
  if (prefer.some((value) => value.trim().toLowerCase() === 'transient')) return
  const detail = "The required request header 'Prefer' is missing or is not 'transient'."
  throw new NetSuiteProblem(400, { detail, code: 'INVALID_HEADER', header: 'Prefer' })
}

function readQuery(body: unknown, { takesParams }: AccountRules): { query: string; params: SQLInputValue[] } {
  if (!isObject(body) || typeof body['q'] !== 'string') throw invalidContent('q', 'Provide the query as a string.')
  if (!takesParams && body['params'] !== undefined) throw invalidContent('params', 'Unknown property params.')
  const params = body['params'] ?? []
  if (!Array.isArray(params)) throw invalidContent('params', 'Provide an array.')
  return { query: body['q'], params: params.map(toBindValue) }
}

function toBindValue(value: unknown, index: number): SQLInputValue {
  if (typeof value === 'boolean') return value ? 'T' : 'F'
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  throw invalidContent(`params[${index}]`, 'Provide a string, a number, a boolean or null.')
}

function runQuery(engine: SuiteQlEngine, ...query: Parameters<SuiteQlEngine['run']>): ReturnType<SuiteQlEngine['run']> {
  try {
    return engine.run(...query)
  } catch (error) {
    if (!(error instanceof SuiteQlError)) throw error
    const prefix = 'Invalid search query. Detailed unprocessed description follows. Search error occurred: '
    throw new NetSuiteProblem(400, { detail: prefix + error.message, code: 'INVALID_PARAMETER' })
  }
}
