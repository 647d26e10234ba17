import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import {
  createShareLink,
  listShareLinks,
  MOST_SHARE_DAYS,
  revokeShareLink,
  USUAL_SHARE_DAYS,
} from '../../operations/share-links.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerList } from '../page-cursor.ts'
import { PathText } from '../path-text.ts'
import { problems } from '../problems.ts'

const Text = Type.String()
const Time = Type.String({ description: 'ISO 8601' })
const MaybeTime = Type.Union([Time, Type.Null()])

const OrderParams = Type.Object({
  source: PathText('Id of the shop'),
  number: PathText('Order number in the shop'),
})
const LinkParams = Type.Object({ ...OrderParams.properties, id: PathText() })

const Body = Type.Object(
  {
    connection: Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'The connection whose part of the order is shown',
    }),
    days: Type.Integer({
      minimum: 1,
      maximum: MOST_SHARE_DAYS,
      default: USUAL_SHARE_DAYS,
      description: 'How long it is valid',
    }),
  },
  { additionalProperties: false },
)

const status = {
  id: Type.String({ description: 'Not a secret' }),
  connection: Text,
  state: Type.Enum(['active', 'expired', 'revoked']),
  created_at: Time,
  created_by: Text,
  expires_at: Time,
  last_used_at: Type.Union([Time, Type.Null()], { description: 'To the minute; null: never opened' }),
  revoked_at: MaybeTime,
  revoked_by: Type.Union([Text, Type.Null()]),
  answers: Type.Boolean({ description: 'Whoever has it may confirm, reject and ship for the vendor' }),
}
const Link = Type.Object(status)
const Links = Type.Object({ items: Type.Array(Link) })
const Issued = Type.Object({
  ...status,
  path: Type.String({ description: 'Path of the link below the address of the API; shown only once' }),
})

const tags = ['orders']

/** Links that show a vendor's part of an order to anyone who has them. */
export function shareLinkRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const create = { tags, params: OrderParams, body: Body, response: { 201: Issued, ...problems(400, 401, 404, 409) } }
    app.post('/v1/orders/:source/:number/share', { schema: create }, async (request, reply) => {
      const wanted = { ...request.params, ...request.body }
      return await reply.code(201).send(await createShareLink(operations, principalOf(request), wanted))
    })
    const list = { tags, params: OrderParams, response: { 200: Links, ...problems(400, 401, 404) } }
    app.get('/v1/orders/:source/:number/shares', { schema: list }, async (request) =>
      answerList(await listShareLinks(operations, principalOf(request), request.params)),
    )
    const revoke = { tags, params: LinkParams, response: { 200: Link, ...problems(400, 401, 404) } }
    app.post('/v1/orders/:source/:number/shares/:id/revoke', { schema: revoke }, (request) =>
      revokeShareLink(operations, principalOf(request), request.params),
    )
  }
}
