import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import {
  orderMapSchema,
  previewMetadata,
  previewOrderMap,
  productMetadataSchema,
} from '../../operations/preview-mapping.ts'
import { servedStockColumns } from '../../operations/staged.ts'
import { principalOf } from '../access.ts'
import { DOCUMENT_BYTES } from '../body-sizes.ts'
import type { ApiDeps } from '../dependencies.ts'
import { PathText } from '../path-text.ts'
import { problems } from '../problems.ts'

const MOST = 1000
/** Maximum number of explained products: each is evaluated rule by rule, twice. */
const MOST_EXPLAINED = 10

const { attributes, destination } = productMetadataSchema.properties

const GroupId = (what: string) =>
  Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: `A group of dead letters: previews the ${what} in its open dead letters instead of those read last`,
    }),
  )
const Last = Type.Integer({ minimum: 1, maximum: MOST, default: 100, description: 'Number of events to map' })

const Body = Type.Object(
  {
    attributes,
    destination,
    groupId: GroupId('products'),
    keys: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        minItems: 1,
        maxItems: MOST_EXPLAINED,
        description: 'SKUs: previews these products, as last read, instead of the products read last',
      }),
    ),
    explain: Type.Boolean({
      default: false,
      description: `Also returns each product as read, and each rule's result, for at most the last ${MOST_EXPLAINED}`,
    }),
    last: Last,
  },
  { additionalProperties: false },
)

const OrderMapBody = Type.Object(
  { orderMap: orderMapSchema, groupId: GroupId('orders'), last: Last },
  { additionalProperties: false },
)

const Count = Type.Integer()
const Value = Type.Unknown({ description: 'null: the field is missing' })
const Outcome = Type.Union([
  Type.Object({ value: Value, failure: Type.Union([Type.String(), Type.Null()]) }),
  Type.Null(),
])
const outcomes = {
  counts: Type.Object({
    events: Count,
    entities: Count,
    changed: Count,
    unchanged: Count,
    errors_appearing: Count,
    errors_disappearing: Count,
    passing: Type.Integer({ description: 'Entities that do not fail with the new mapping' }),
  }),
  fields: Type.Record(Type.String(), Count, { description: 'Number of entities with a change, by field' }),
  entities: Type.Array(
    Type.Object({
      source: Type.String(),
      key: Type.String(),
      before: Type.String(),
      after: Type.String(),
      changes: Type.Array(Type.Object({ field: Type.String(), before: Value, after: Value })),
    }),
    { description: 'Changed entities' },
  ),
}
const Stock = Type.Union([
  Type.Object({
    ...servedStockColumns.properties,
    stale: Type.Union([Type.Object({ policy: Type.String(), reason: Type.String() }), Type.Null()], {
      description: "As in the feed; null: the connection's policy for stale stock does not apply",
    }),
    left_out: Type.Union(
      [
        Type.Object({
          reason: Type.String(),
          setting: Type.Union([Type.String(), Type.Null()], { description: 'The setting that leaves it out' }),
        }),
        Type.Null(),
      ],
      { description: 'Why the feed does not have the row; null: it has it' },
    ),
  }),
  Type.Null(),
])
const StockSample = Type.Object({ source: Type.String(), before: Stock, after: Stock })
const OrderMapPreview = Type.Object(outcomes)
const Preview = Type.Object({
  ...outcomes,
  samples: Type.Union([
    Type.Array(
      Type.Object({
        source: Type.String(),
        key: Type.String(),
        before: Type.String(),
        after: Type.String(),
        changes: Type.Array(Type.Object({ field: Type.String(), before: Value, after: Value })),
        read: Type.Unknown({ description: 'The input of rules: decimals as text, attributes as JSON texts' }),
        rules: Type.Array(
          Type.Object({
            attribute: Type.String(),
            reads: Type.Array(Type.Object({ field: Type.String(), value: Value })),
            before: Outcome,
            after: Outcome,
          }),
          { description: 'Each rule alone, before and after; null: there is no such rule' },
        ),
        stock: Type.Union([Type.Array(StockSample), Type.Null()], {
          description: 'Its stock in the feed as shops read it; null: the connection sets nothing that changes stock',
        }),
      }),
    ),
    Type.Null(),
  ]),
})

/** Previews the effects of a changed mapping. */
export function metadataPreviewRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const params = Type.Object({ id: PathText() })
    const schema = { tags: ['connections'], params, body: Body, response: { 200: Preview, ...problems(400, 401, 404) } }
    app.post('/v1/connections/:id/metadata/preview', { schema, bodyLimit: DOCUMENT_BYTES }, async (request) => {
      const { last, groupId = null, keys = null, explain: explains, ...rules } = request.body
      const most = explains ? Math.min(last, MOST_EXPLAINED) : last
      const wanted = { connection: request.params.id, last: most, rules, group: groupId, keys, explains }
      return await previewMetadata(operations, principalOf(request), wanted)
    })
    const ofOrders = { ...schema, body: OrderMapBody, response: { ...schema.response, 200: OrderMapPreview } }
    app.post(
      '/v1/connections/:id/order-map/preview',
      { schema: ofOrders, bodyLimit: DOCUMENT_BYTES },
      async (request) => {
        const { last, groupId = null, orderMap } = request.body
        const wanted = { connection: request.params.id, last, orderMap, group: groupId }
        return await previewOrderMap(operations, principalOf(request), wanted)
      },
    )
  }
}
