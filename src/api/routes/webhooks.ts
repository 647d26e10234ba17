import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { System } from '../../configuration/model.ts'
import { readConfiguration } from '../../configuration/read-configuration.ts'
import { WEBHOOK_SECRET } from '../../configuration/system-type.ts'
import { StreamError } from '../../errors.ts'
import { OWN_SIGNATURE, ownHook } from '../../systems/kit/own-webhook.ts'
import type { HookKind, ReceivedHook } from '../../systems/kit/webhook.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { WebhookAnswer, WebhookBody } from './sync-request-schemas.ts'

const Params = Type.Object({ system: Type.String() })

type Hook = FastifyRequest<{ Params: { system: string }; Body: Buffer }>

const HOW =
  `Signed over the body with the system's webhook secret: ${OWN_SIGNATURE}: sha256=<HMAC-SHA256, hexadecimal>; ` +
  "or, for types of systems with webhooks of their own, signed and worded as the system's page in docs/systems says"

/**
 * Hooks by which a system says that something changed. The signature stands for the API's token: it is made over the
 * body as it is sent, with a secret of that system alone. A hook only has a read requested, which then asks the system.
 */
export function webhookRoutes(deps: ApiDeps): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    app.removeContentTypeParser('application/json')
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_: unknown, body: unknown) => body)
    const schema = {
      tags: ['sync requests'],
      security: [],
      description: HOW,
      params: Params,
      body: WebhookBody,
      response: { 202: WebhookAnswer, ...problems(400, 401, 404) },
    }
    // What is signed are the bytes: they are checked before anything is made of them.
    const checkedByUs = { validatorCompiler: () => () => true }
    app.post('/v1/webhooks/:system', { schema, ...checkedByUs }, async (request: Hook, reply) => {
      const hook = received(request, deps.clock.now())
      const system = await checkSignature(deps, request.params.system, hook)
      const { id, reads } = hookOf(deps, system).understand(hook, system)
      const requests = await Promise.all(
        reads.map((read) =>
          deps.syncRequests.request({
            ...{ read, from: null, reason: null, by: `webhook ${system.id}`, trigger: 'webhook' },
            requestId: `webhook ${system.id} ${read} ${id}`,
          }),
        ),
      )
      const duplicate = requests.length > 0 && requests.every(({ isNew }) => !isNew)
      return await reply.code(202).send({ duplicate, requests })
    })
  }
}

function received({ headers, body }: Hook, now: number): ReceivedHook {
  return {
    header: (name) => [headers[name]].flat()[0],
    body: body ?? Buffer.alloc(0),
    now,
  }
}

/** How a system's hooks are signed; our own form for one that is not there. */
function hookOf({ systemTypes }: ApiDeps, system: System | undefined): HookKind {
  return (system === undefined ? undefined : systemTypes.get(system.type)?.webhook) ?? ownHook
}

/** One answer for a system that is not there, has no secret, or signed otherwise: nobody is to learn which there are. */
async function checkSignature(deps: ApiDeps, id: string, hook: ReceivedHook): Promise<System> {
  const { systems } = await readConfiguration(deps.tables)
  const system = systems.find((one) => one.id === id)
  const reference = system?.secrets[WEBHOOK_SECRET]
  const secret = reference === undefined ? null : await deps.resolveSecret(reference)
  const signed = hookOf(deps, system).verify(hook, secret ?? '', system)
  if (system !== undefined && secret !== null && secret !== '' && signed) return system
  throw new StreamError('unauthorized', `${OWN_SIGNATURE}: the hook is not signed as it has to be. ${HOW}`, {
    field: OWN_SIGNATURE,
  })
}
