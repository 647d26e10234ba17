import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { readConfiguration } from '../../configuration/read-configuration.ts'
import { answerRequest, takeRequest } from '../../control/keyed-requests.ts'
import { StreamError } from '../../errors.ts'
import type { Order } from '../../events/generated/events.ts'
import { orderFromJson, orderSchema } from '../../platform/registry/order-json.ts'
import { checkPushedOrder } from '../check-pushed-order.ts'
import type { ApiDeps, PushedOrder } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { requestKey } from '../request-key.ts'
import { timeParameter } from '../time-parameter.ts'

const Params = Type.Object({ source: Type.String() })
const Query = Type.Object(
  {
    occurredAt: Type.Optional(
      Type.String({ description: "ISO 8601: the shop's own time of the change; now by default" }),
    ),
  },
  { additionalProperties: false },
)
const Answer = Type.Object({
  source: Type.String(),
  key: Type.String({ description: 'The order number' }),
  event_id: Type.String(),
  published: Type.Boolean({ description: 'False: this content was published before' }),
})

type Push = FastifyRequest<{ Params: { source: string }; Querystring: { occurredAt?: string } }>

/** Orders that a shop pushes instead of being read. */
export function orderRoutes(deps: ApiDeps): FastifyPluginAsync {
  return async (app) => {
    const response = { 202: Answer, ...problems(400, 401, 404, 409) }
    const schema = { tags: ['orders'], params: Params, querystring: Query, body: orderSchema, response }
    // Every mistake is told, with its field: what checks bodies by itself tells the first.
    const checkedByUs = { validatorCompiler: () => () => true }
    app.post('/v1/orders/:source', { schema, ...checkedByUs }, async (request: Push, reply) => {
      const { source } = request.params
      await checkSource(deps, source)
      const order = orderOf(request.body)
      const occurredAt = timeParameter('occurredAt', request.query.occurredAt)
      return await reply.code(202).send(await push(deps, requestKey(request), { source, order, occurredAt }))
    })
  }
}

interface Asked {
  readonly source: string
  readonly order: Order
  readonly occurredAt: number | null
}

async function push(deps: ApiDeps, key: string | null, { source, order, occurredAt }: Asked): Promise<PushedOrder> {
  const { tables, clock } = deps
  if (key === null) return await deps.pushOrder({ source, order, occurredAt, readAt: clock.now() })
  const id = `order ${source} ${key}`
  // The time of the first: sent again, it is the same version of the order.
  const { at, answer } = await takeRequest(tables, id, { order, occurredAt }, clock.now())
  if (answer !== null) return answer as unknown as PushedOrder
  const pushed = await deps.pushOrder({ source, order, occurredAt, readAt: at })
  await answerRequest(tables, id, { ...pushed })
  return pushed
}

async function checkSource(deps: ApiDeps, source: string): Promise<void> {
  const { systems } = await readConfiguration(deps.tables)
  const shops = systems.filter(({ type }) => deps.systemTypes.get(type)?.reads.orders !== undefined).map(({ id }) => id)
  if (shops.includes(source)) return
  const message = `source: there is no system "${source}" that has orders; there are: ${shops.join(', ') || 'none'}`
  throw new StreamError('not_found', message, { field: 'source' })
}

function orderOf(body: unknown): Order {
  const order = orderFromJson(body)
  checkPushedOrder(order)
  return order
}
