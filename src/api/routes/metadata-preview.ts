import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import {
  orderMapSchema,
  previewMetadata,
  previewOrderMap,
  productMetadataSchema,
} from '../../operations/preview-mapping.ts'
import { principalOf } from '../access.ts'
import { DOCUMENT_BYTES } from '../body-sizes.ts'
import type { ApiDeps } from '../dependencies.ts'
import { PathText } from '../path-text.ts'
import { problems } from '../problems.ts'

const MOST = 1000
/** Each is evaluated rule by rule, twice. */
const MOST_EXPLAINED = 10

const { attributes, destination } = productMetadataSchema.properties

const GroupId = (what: string) =>
  Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: `A group of dead letters: the ${what} in its open ones instead of those that were read last`,
    }),
  )
const Last = Type.Integer({ minimum: 1, maximum: MOST, default: 100, description: 'Events that are mapped' })

const Body = Type.Object(
  {
    attributes,
    destination,
    groupId: GroupId('products'),
    keys: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        minItems: 1,
        maxItems: MOST_EXPLAINED,
        description: 'SKUs: these products as they were read last, instead of those that were read last of all',
      }),
    ),
    explain: Type.Boolean({
      default: false,
      description: `Each product as it was read, and what each rule makes of it; of the last ${MOST_EXPLAINED}, at most`,
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
const Value = Type.Unknown({ description: 'null: it is not there' })
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
    passing: Type.Integer({ description: 'Entities that do not fail with it' }),
  }),
  fields: Type.Record(Type.String(), Count, { description: 'How many entities each field changes for' }),
  entities: Type.Array(
    Type.Object({
      source: Type.String(),
      key: Type.String(),
      before: Type.String(),
      after: Type.String(),
      changes: Type.Array(Type.Object({ field: Type.String(), before: Value, after: Value })),
    }),
    { description: 'Those that change' },
  ),
}
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
        read: Type.Unknown({ description: 'As rules see it: decimals as text, attributes as JSON texts' }),
        rules: Type.Array(
          Type.Object({
            attribute: Type.String(),
            reads: Type.Array(Type.Object({ field: Type.String(), value: Value })),
            before: Outcome,
            after: Outcome,
          }),
          { description: 'Each rule by itself, as it is and as it would be; null: there is no such rule' },
        ),
      }),
    ),
    Type.Null(),
  ]),
})

/** What a changed mapping would change, before it is applied. */
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
