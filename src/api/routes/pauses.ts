import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  hold as holdAt,
  listHoldStages,
  listParked,
  listPauses,
  resumeConnection,
  tryParked,
} from '../../operations/pauses.ts'
import { cursorKeyOf, principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerList, answerPage, fieldCursor, placeOfFieldCursor } from '../page-cursor.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'
import {
  Held,
  HoldBody,
  ParkedKey,
  ParkedList,
  ParkedQuery,
  ParkedTried,
  PauseList,
  PausePath,
  Resumed,
} from './staged-schemas.ts'

const tags = ['pauses']

/** Pauses and holds of connections and reads, and parked records. */
export function pauseRoutes({ operations, ...deps }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const list = { tags, response: { 200: PauseList, ...problems(401) } }
    app.get('/v1/pauses', { schema: list }, async (request) => {
      const by = principalOf(request)
      const stages = [...(await listHoldStages(operations, by))]
      return { ...answerList(await listPauses(operations, by)), stages }
    })
    const hold = { tags, params: PausePath, body: HoldBody, response: { 200: Held, ...problems(400, 401, 404, 409) } }
    app.put('/v1/pauses/:stage/:connection', { schema: hold }, (request) => {
      const { reason, until } = request.body
      const wanted = { ...request.params, reason, until: timeParameter('until', until) }
      return holdAt(operations, principalOf(request), wanted)
    })
    const one = { tags, params: PausePath, response: { 200: Resumed, ...problems(401, 404) } }
    app.post('/v1/pauses/:stage/:connection/resume', { schema: one }, (request) =>
      resumeConnection(operations, principalOf(request), request.params),
    )
    const tried = { tags, body: ParkedKey, response: { 200: ParkedTried, ...problems(400, 401, 404, 409) } }
    app.post('/v1/parked/try', { schema: tried }, (request) =>
      tryParked(operations, principalOf(request), request.body),
    )
    const parked = { tags, querystring: ParkedQuery, response: { 200: ParkedList, ...problems(400, 401, 404) } }
    app.get('/v1/parked', { schema: parked }, async (request) => {
      const { stage = null, connection = null, limit, cursor } = request.query
      const cursorKey = cursorKeyOf(request, deps.cursorKey)
      const filter = { stage, connection }
      const after = placeOfFieldCursor(cursorKey, 'parked', filter, cursor)
      const page = await listParked(operations, principalOf(request), { filter, limit, after })
      return answerPage(
        page,
        (row) => row,
        (next) => fieldCursor(cursorKey, 'parked', filter, next),
      )
    })
  }
}
