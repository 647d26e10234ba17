import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { previewMetadata, productMetadataSchema } from '../../operations/preview-mapping.ts'
import { principalOf } from '../access.ts'
import { DOCUMENT_BYTES } from '../body-sizes.ts'
import type { ApiDeps } from '../dependencies.ts'
import { PathText } from '../path-text.ts'
import { problems } from '../problems.ts'

const MOST = 1000

const { attributes, destination } = productMetadataSchema.properties

const Body = Type.Object(
  {
    attributes,
    destination,
    last: Type.Integer({ minimum: 1, maximum: MOST, default: 100, description: 'Events that are mapped' }),
  },
  { additionalProperties: false },
)

const Count = Type.Integer()
const Value = Type.Unknown({ description: 'null: it is not there' })
const Preview = Type.Object({
  counts: Type.Object({
    events: Count,
    entities: Count,
    changed: Count,
    unchanged: Count,
    errors_appearing: Count,
    errors_disappearing: Count,
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
})

/** What a changed mapping would change, before it is applied. */
export function metadataPreviewRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const params = Type.Object({ id: PathText() })
    const schema = { tags: ['connections'], params, body: Body, response: { 200: Preview, ...problems(400, 401, 404) } }
    app.post('/v1/connections/:id/metadata/preview', { schema, bodyLimit: DOCUMENT_BYTES }, async (request) => {
      const { last, ...rules } = request.body
      const wanted = { connection: request.params.id, last, rules }
      return await previewMetadata(operations, principalOf(request), wanted)
    })
  }
}
