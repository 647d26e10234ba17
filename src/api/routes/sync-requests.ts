import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import { StreamError } from '../../errors.ts'
import { requestSync, showSyncRequest } from '../../operations/sync.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { requestKey } from '../request-headers.ts'
import { timeParameter } from '../time-parameter.ts'
import { RequestId, SyncRequest, SyncRequestBody } from './sync-request-schemas.ts'

const tags = ['sync requests']

type Body = Static<typeof SyncRequestBody>

/** Requests to run a read now, or to read again from a date. */
export function syncRequestRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const response = { 202: SyncRequest, ...problems(400, 401, 404, 409) }
    app.post('/v1/sync-requests', { schema: { tags, body: SyncRequestBody, response } }, async (request, reply) => {
      const { body } = request
      const wanted = {
        read: readOf(body),
        from: timeParameter('from', body.from),
        queueUrl: body.queueUrl ?? null,
        reason: body.reason ?? null,
        sweep: body.sweep ?? null,
        requestId: oneKey(body.requestId, requestKey(request)),
      }
      return await reply.code(202).send(await requestSync(operations, principalOf(request), wanted))
    })
    const one = { tags, params: RequestId, response: { 200: SyncRequest, ...problems(401, 404) } }
    app.get('/v1/sync-requests/:id', { schema: one }, (request) =>
      showSyncRequest(operations, principalOf(request), request.params.id),
    )
  }
}

function readOf({ read, system, entity, scope }: Body): string {
  if (read !== undefined) {
    if (system === undefined && entity === undefined && scope === undefined) return read
    throw invalid('read', 'cannot be combined: leave out system, entity and scope')
  }
  if (system === undefined) throw invalid('read', 'is missing; give it, or system and entity')
  if (entity === undefined) throw invalid('entity', 'is missing; it is needed with system')
  return `${system}.${entity}.${scope ?? 'all'}`
}

function oneKey(body: string | undefined, header: string | null): string | null {
  if (body === undefined || header === null || body === header) return body ?? header
  throw invalid('requestId', 'differs from the Idempotency-Key; give one of them')
}

function invalid(field: string, message: string): StreamError {
  return new StreamError('request_invalid', `${field} ${message}`, { field })
}
