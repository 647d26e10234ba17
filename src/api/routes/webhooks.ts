import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import {
  type ReceivedHook,
  receiveWebhook,
  WEBHOOK_SIGNING,
  webhookPrincipal,
} from '../../operations/receive-webhook.ts'
import { HOOK_BYTES } from '../body-sizes.ts'
import type { ApiDeps } from '../dependencies.ts'
import { PathText } from '../path-text.ts'
import { problems } from '../problems.ts'
import { keepBodiesRaw } from '../request-bodies.ts'
import { bodyCheckedByUs } from '../validators.ts'
import { WebhookAnswer, WebhookBody } from './sync-request-schemas.ts'

const Params = Type.Object({ system: PathText() })

type Hook = FastifyRequest<{ Params: { system: string }; Body: Buffer }>

/**
 * Hooks with which systems report changes. A signature replaces the API's token: it signs the exact body with a secret
 * of that system only. A hook only requests a read, which then reads the changes.
 */
export function webhookRoutes({ operations, clock }: ApiDeps): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    keepBodiesRaw(app)
    const schema = {
      tags: ['sync requests'],
      security: [],
      description: WEBHOOK_SIGNING,
      params: Params,
      body: WebhookBody,
      response: { 202: WebhookAnswer, ...problems(400, 401, 404) },
    }
    // The signature covers the bytes, so it is checked before they are parsed.
    app.post(
      '/v1/webhooks/:system',
      { schema, bodyLimit: HOOK_BYTES, ...bodyCheckedByUs },
      async (request: Hook, reply) => {
        const { system } = request.params
        const hook = received(request, clock.now())
        const { duplicate, requests } = await receiveWebhook(operations, webhookPrincipal(system), { system, hook })
        return await reply.code(202).send({ duplicate, requests })
      },
    )
  }
}

function received({ headers, body }: Hook, now: number): ReceivedHook {
  return {
    header: (name) => [headers[name]].flat()[0],
    body: body ?? Buffer.alloc(0),
    now,
  }
}
