import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { checkRules } from '../../configuration/check-rules.ts'
import { productMetadataSchema } from '../../configuration/document-schemas.ts'
import type { Configuration, ProductMetadata } from '../../configuration/model.ts'
import { productMetadataOf } from '../../configuration/model-of.ts'
import { readConfiguration } from '../../configuration/read-configuration.ts'
import { mistakeText, namedDocument } from '../../configuration/yaml-documents.ts'
import { StreamError } from '../../errors.ts'
import { previewMapping } from '../../operations/preview-mapping.ts'
import type { ApiDeps } from '../dependencies.ts'
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
    ...{ events: Count, entities: Count, changed: Count, unchanged: Count },
    ...{ errors_appearing: Count, errors_disappearing: Count },
  }),
  fields: Type.Record(Type.String(), Count, { description: 'How many entities each field changes for' }),
  entities: Type.Array(
    Type.Object({
      ...{ source: Type.String(), key: Type.String(), before: Type.String(), after: Type.String() },
      changes: Type.Array(Type.Object({ field: Type.String(), before: Value, after: Value })),
    }),
    { description: 'Those that change' },
  ),
})

/** What a changed mapping would change, before it is applied. */
export function metadataPreviewRoutes({ tables, mapping }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const params = Type.Object({ id: Type.String() })
    const schema = { tags: ['connections'], params, body: Body, response: { 200: Preview, ...problems(400, 401, 404) } }
    app.post('/v1/connections/:id/metadata/preview', { schema }, async ({ params: { id }, body }) => {
      const { last, ...rules } = body
      const metadata = checkedMetadata({ kind: 'product-metadata', connection: id, ...rules })
      const before = await readConfiguration(tables)
      const connection = before.connections.find((one) => one.id === id)
      if (connection === undefined)
        throw new StreamError('not_found', `there is no connection "${id}"`, { field: 'id' })
      const events = await mapping.recentEvents(connection, 'products', last, before)
      const sides = { connection: id, before, after: withMetadata(before, metadata), products: mapping.products }
      return await previewMapping(events, sides)
    })
  }
}

/** All mistakes at once, as `waldstream validate` has them. */
function checkedMetadata(document: Parameters<typeof productMetadataOf>[0]): ProductMetadata {
  const known = document.destination?.attributes
  const context = { path: ['attributes'], entity: 'products', known } as const
  const mistakes = checkRules(document.attributes, namedDocument('body', document), context)
  if (mistakes.length === 0) return productMetadataOf(document)
  throw new StreamError('request_invalid', mistakes.map(mistakeText).join('\n'), { field: mistakes[0]?.field ?? '' })
}

function withMetadata(configuration: Configuration, metadata: ProductMetadata): Configuration {
  const others = configuration.metadata.filter(({ connection }) => connection !== metadata.connection)
  return { ...configuration, metadata: [...others, metadata] }
}
