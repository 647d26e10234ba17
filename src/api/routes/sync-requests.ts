import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import { checkQueueRequest } from '../../configuration/check-queue-request.ts'
import type { System } from '../../configuration/model.ts'
import { readConfiguration } from '../../configuration/read-configuration.ts'
import { StreamError } from '../../errors.ts'
import { actorOf } from '../actor.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { requestKey } from '../request-key.ts'
import { timeParameter } from '../time-parameter.ts'
import { RequestId, SyncRequest, SyncRequestBody } from './sync-request-schemas.ts'

const tags = ['sync requests']

type Body = Static<typeof SyncRequestBody>

/** Requests to run a read now, or to read again from a date. */
export function syncRequestRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const response = { 202: SyncRequest, ...problems(400, 401, 404, 409) }
    app.post('/v1/sync-requests', { schema: { tags, body: SyncRequestBody, response } }, async (request, reply) => {
      const { body } = request
      const { systems } = await readConfiguration(deps.tables)
      const read = checkRead(systems, readOf(body))
      const requestId = oneKey(body.requestId, requestKey(request))
      const from = timeParameter('from', body.from)
      if (from !== null && from > deps.clock.now()) {
        throw new StreamError('request_invalid', 'from lies ahead; give a time that has passed', { field: 'from' })
      }
      const queueUrl =
        body.queueUrl === undefined
          ? null
          : await checkQueueRequest({ ...deps, systems }, read, body.queueUrl, deps.resolveSecret)
      if (queueUrl !== null && from !== null) throw invalid('from', 'is not for a queue, which is read as it is')
      const { isNew: _isNew, ...answer } = await deps.syncRequests.request({
        ...{ read, from, queueUrl, reason: body.reason ?? null, by: actorOf(request), trigger: 'api', requestId },
      })
      return await reply.code(202).send(answer)
    })
    const one = { tags, params: RequestId, response: { 200: SyncRequest, ...problems(401, 404) } }
    app.get('/v1/sync-requests/:id', { schema: one }, async ({ params }) => {
      const found = await deps.syncRequests.get(params.id)
      if (found !== undefined) return found
      throw new StreamError('not_found', `id: there is no request "${params.id}"`, { field: 'id' })
    })
  }
}

function readOf({ read, system, entity, scope }: Body): string {
  if (read !== undefined) {
    if (system === undefined && entity === undefined && scope === undefined) return read
    throw invalid('read', 'stands alone: leave out system, entity and scope')
  }
  if (system === undefined) throw invalid('read', 'is missing; or give system and entity')
  if (entity === undefined) throw invalid('entity', 'is missing beside system')
  return `${system}.${entity}.${scope ?? 'all'}`
}

function checkRead(systems: readonly System[], read: string): string {
  const known = systems.flatMap((system) => system.reads.map(({ id }) => id))
  if (known.includes(read)) return read
  const message = `read: there is no read "${read}"; there are: ${known.join(', ') || 'none'}`
  throw new StreamError('not_found', message, { field: 'read' })
}

function oneKey(body: string | undefined, header: string | null): string | null {
  if (body === undefined || header === null || body === header) return body ?? header
  throw invalid('requestId', 'differs from the Idempotency-Key; give one of them')
}

function invalid(field: string, message: string): StreamError {
  return new StreamError('request_invalid', `${field} ${message}`, { field })
}
