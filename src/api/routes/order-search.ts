import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type TSchema, Type } from 'typebox'
import { digest } from '../../events/identity.ts'
import { type FoundOrder, ordersOfEmail, ordersWithSku } from '../../operations/search-orders.ts'
import { personNames } from '../../platform/persons/person-id.ts'
import { cursorKeyOf, principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerPage, fieldCursor, placeOfFieldCursor } from '../page-cursor.ts'
import { problems } from '../problems.ts'

const Text = Type.String()
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const page = {
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }),
  cursor: Type.Optional(Type.String({ minLength: 1 })),
}

const BySku = Type.Object(
  {
    sku: Type.String({ minLength: 1, maxLength: 1000, description: 'SKU of a line, in the shop or at the vendor' }),
    ...page,
  },
  { additionalProperties: false },
)

const ByEmail = Type.Object(
  {
    email: Type.String({
      minLength: 3,
      maxLength: 320,
      description: "The order's address; ignores case and surrounding spaces",
    }),
    ...page,
  },
  { additionalProperties: false },
)

const FoundOrders = Type.Object({
  items: Type.Array(
    Type.Object({
      source: Type.String({ description: 'The shop' }),
      number: Text,
      placed_at: Text,
      parts: Type.Array(
        Type.Object({
          connection: Text,
          status: Text,
          code: Nullable(Text),
          target_id: Nullable(Type.String({ description: 'The order in the ERP' })),
          updated_at: Text,
        }),
        { description: 'Its state at each connection that the caller sees' },
      ),
    }),
    { description: 'Last placed first' },
  ),
  cursor: Nullable(Type.String({ description: 'Cursor of the next page' })),
})

const toItem = ({ parts, ...order }: FoundOrder) => ({ ...order, parts: [...parts] })

/** Finds orders by SKU or e-mail address. */
export function orderSearchRoutes({ operations, ...deps }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const bySku = { tags: ['orders'], querystring: BySku, response: { 200: FoundOrders, ...problems(400, 401) } }
    app.get('/v1/orders', { schema: bySku }, async (request) => {
      const { sku, limit, cursor } = request.query
      const key = cursorKeyOf(request, deps.cursorKey)
      const after = placeOfFieldCursor(key, 'orders by SKU', { sku }, cursor)
      const found = await ordersWithSku(operations, principalOf(request), { sku, limit, after })
      return answerPage(found, toItem, (next) => fieldCursor(key, 'orders by SKU', { sku }, next))
    })

    // Browsers, proxies and logs store URLs, so personal data is sent in the body.
    const byEmail = {
      tags: ['persons'],
      description: 'Orders of an e-mail address. Also needs `persons:read`.',
      body: ByEmail,
      response: { 200: FoundOrders, ...problems(400, 401, 403) },
    }
    app.post('/v1/persons/orders', { schema: byEmail }, async (request) => {
      const { email, limit, cursor } = request.body
      const key = cursorKeyOf(request, deps.cursorKey)
      const filter = { email: digest(personNames.email(email)) }
      const after = placeOfFieldCursor(key, 'orders of an e-mail address', filter, cursor)
      const found = await ordersOfEmail(operations, principalOf(request), { email, limit, after })
      return answerPage(found, toItem, (next) => fieldCursor(key, 'orders of an e-mail address', filter, next))
    })
  }
}
