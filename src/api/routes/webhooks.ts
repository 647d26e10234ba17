import { createHmac } from 'node:crypto'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { System } from '../../core/model.ts'
import { readConfiguration } from '../../core/read-configuration.ts'
import { WEBHOOK_SECRET } from '../../core/system-traits.ts'
import { StreamError } from '../../errors.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { equalTexts } from '../signed-text.ts'
import { WebhookAnswer, WebhookBody } from './sync-request-schemas.ts'

const SIGNATURE = 'x-waldstream-signature'
const MAX_ID = 200

const Params = Type.Object({ system: Type.String() })

type Hook = FastifyRequest<{ Params: { system: string }; Body: Buffer }>

/**
 * Hooks by which a system says that something changed. The signature stands for the API's token: it is made over the
 * body as it is sent, with a secret of that system alone.
 */
export function webhookRoutes(deps: ApiDeps): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    app.removeContentTypeParser('application/json')
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_: unknown, body: unknown) => body)
    const schema = {
      tags: ['sync requests'],
      security: [],
      description: `Signed by ${SIGNATURE}: sha256=<HMAC-SHA256 of the body, hexadecimal>`,
      params: Params,
      body: WebhookBody,
      response: { 202: WebhookAnswer, ...problems(400, 401, 404) },
    }
    // What is signed are the bytes: they are checked before anything is made of them.
    const checkedByUs = { validatorCompiler: () => () => true }
    app.post('/v1/webhooks/:system', { schema, ...checkedByUs }, async (request: Hook, reply) => {
      const system = await checkSignature(deps, request)
      const { id, reads } = bodyOf(request.body, system)
      const requests = await Promise.all(
        reads.map((read) =>
          deps.syncRequests.request({
            ...{ read, from: null, reason: null, by: `webhook ${system.id}`, trigger: 'webhook' },
            requestId: `webhook ${system.id} ${read} ${id}`,
          }),
        ),
      )
      return await reply.code(202).send({ duplicate: requests.every(({ isNew }) => !isNew), requests })
    })
  }
}

/** One answer for a system that is not there, has no secret, or signed otherwise: nobody is to learn which there are. */
async function checkSignature(deps: ApiDeps, { params, body, headers }: Hook): Promise<System> {
  const { systems } = await readConfiguration(deps.tables)
  const system = systems.find(({ id }) => id === params.system)
  const reference = system?.secrets[WEBHOOK_SECRET]
  const secret = reference === undefined ? null : await deps.resolveSecret(reference)
  const given = headers[SIGNATURE]
  const expected = `sha256=${createHmac('sha256', secret ?? '')
    .update(body ?? Buffer.alloc(0))
    .digest('hex')}`
  if (system !== undefined && secret !== null && equalTexts(String(given), expected)) return system
  const message = `${SIGNATURE}: sign the body with the system's webhook secret: sha256=<HMAC-SHA256, hexadecimal>`
  throw new StreamError('unauthorized', message, { field: SIGNATURE })
}

function bodyOf(bytes: Buffer, system: System): { readonly id: string; readonly reads: readonly string[] } {
  const json = parse(bytes)
  const { id, reads } = (typeof json === 'object' && json !== null ? json : {}) as { id?: unknown; reads?: unknown }
  const own = system.reads.map((read) => read.id)
  const known = own.join(', ') || 'none'
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID) {
    throw new StreamError('request_invalid', `id must be a text of 1 to ${MAX_ID} characters`, { field: 'id' })
  }
  if (reads === undefined) return { id, reads: own }
  if (Array.isArray(reads) && reads.every((read) => own.includes(read)))
    return { id, reads: [...new Set<string>(reads)] }
  throw new StreamError('request_invalid', `reads must name reads of ${system.id}: ${known}`, { field: 'reads' })
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new StreamError('request_invalid', 'the body is no JSON', { cause })
  }
}
