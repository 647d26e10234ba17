import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { listReads, type ReadStatus as Status, setCutDate, showRead } from '../../operations/reads.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerList } from '../page-cursor.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'
import { CutDateBody, ReadId, ReadList, ReadStatus } from './read-schemas.ts'

const tags = ['reads']

/** Reads: their schedules, cut dates and windows. */
export function readRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const list = { tags, response: { 200: ReadList, ...problems(401) } }
    app.get('/v1/reads', { schema: list }, async (request) => {
      const { items } = answerList(await listReads(operations, principalOf(request)))
      return { items: items.map(toStatus) }
    })
    const one = { tags, params: ReadId, response: { 200: ReadStatus, ...problems(401, 404) } }
    app.get('/v1/reads/:id', { schema: one }, async (request) =>
      toStatus(await showRead(operations, principalOf(request), request.params.id)),
    )
    const response = { 200: ReadStatus, ...problems(400, 401, 404, 409) }
    const cutDate = { tags, params: ReadId, body: CutDateBody, response }
    app.put('/v1/reads/:id/cut-date', { schema: cutDate }, async (request) => {
      const { revision = null, confirm, reason, cut_date } = request.body
      const time = timeParameter('cut_date', cut_date ?? undefined)
      const date = time === null ? null : new Date(time).toISOString()
      const wanted = { read: request.params.id, cutDate: date, revision, confirm, reason }
      return toStatus(await setCutDate(operations, principalOf(request), wanted))
    })
  }
}

function toStatus({ windows, ...read }: Status) {
  return { ...read, windows: [...windows] }
}
