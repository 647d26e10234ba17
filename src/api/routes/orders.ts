import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { pushOrder } from '../../operations/push-order.ts'
import { orderFromJson, orderSchema } from '../../platform/registry/order-json.ts'
import { principalOf } from '../access.ts'
import { DOCUMENT_BYTES } from '../body-sizes.ts'
import type { ApiDeps } from '../dependencies.ts'
import { PathText } from '../path-text.ts'
import { problems } from '../problems.ts'
import { requestKey } from '../request-headers.ts'
import { timeParameter } from '../time-parameter.ts'
import { bodyCheckedByUs } from '../validators.ts'

const Params = Type.Object({ source: PathText() })
const Query = Type.Object(
  {
    occurredAt: Type.Optional(
      Type.String({ description: "ISO 8601: the shop's own time of the change; default: now" }),
    ),
  },
  { additionalProperties: false },
)
const Answer = Type.Object({
  source: Type.String(),
  key: Type.String({ description: 'The order number' }),
  event_id: Type.String(),
  published: Type.Boolean({ description: 'False: the same content was published before' }),
})

type Push = FastifyRequest<{ Params: { source: string }; Querystring: { occurredAt?: string } }>

/** Accepts orders that a shop pushes. */
export function orderRoutes({ operations }: ApiDeps): FastifyPluginAsync {
  return async (app) => {
    const response = { 202: Answer, ...problems(400, 401, 404, 409) }
    const schema = { tags: ['orders'], params: Params, querystring: Query, body: orderSchema, response }
    // The operation checks the body, to report all mistakes: the validator would report only the first.
    app.post(
      '/v1/orders/:source',
      { schema, bodyLimit: DOCUMENT_BYTES, ...bodyCheckedByUs },
      async (request: Push, reply) => {
        const pushed = {
          source: request.params.source,
          order: orderFromJson(request.body),
          occurredAt: timeParameter('occurredAt', request.query.occurredAt),
          requestKey: requestKey(request),
        }
        return await reply.code(202).send(await pushOrder(operations, principalOf(request), pushed))
      },
    )
  }
}
