import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { StreamError } from '../../errors.ts'
import { readStatuses } from '../../operations/read-status.ts'
import { actorOf } from '../actor.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'
import { CutDateBody, ReadId, ReadList, ReadStatus } from './read-schemas.ts'

const tags = ['reads']
const WINDOWS = { listed: 3, shown: 20 }

/** Reads: their schedules, cut dates and windows. */
export function readRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const list = { tags, response: { 200: ReadList, ...problems(401) } }
    app.get('/v1/reads', { schema: list }, async () => {
      const reads = await readStatuses(deps.tables, deps.clock.now(), { windows: WINDOWS.listed })
      return { items: reads.map((read) => ({ ...read, windows: [...read.windows] })) }
    })
    const one = { tags, params: ReadId, response: { 200: ReadStatus, ...problems(401, 404) } }
    app.get('/v1/reads/:id', { schema: one }, async ({ params }) => await statusOf(deps, params.id))
    const response = { 200: ReadStatus, ...problems(400, 401, 404, 409) }
    const cutDate = { tags, params: ReadId, body: CutDateBody, response }
    app.put('/v1/reads/:id/cut-date', { schema: cutDate }, async (request) => {
      const { revision, reason, cut_date } = request.body
      const { id } = await statusOf(deps, request.params.id)
      const time = timeParameter('cut_date', cut_date ?? undefined)
      const cutDate = time === null ? null : new Date(time).toISOString()
      await deps.setCutDate(id, { cutDate, revision, reason, by: actorOf(request), now: deps.clock.now() })
      return await statusOf(deps, id)
    })
  }
}

async function statusOf(deps: ApiDeps, id: string) {
  const [read] = await readStatuses(deps.tables, deps.clock.now(), { windows: WINDOWS.shown, id })
  if (read !== undefined) return { ...read, windows: [...read.windows] }
  throw new StreamError('not_found', `id: there is no read "${id}"; /v1/reads lists them`, { field: 'id' })
}
