import Type, { type Static } from 'typebox'
import { entities } from '../events/topics.ts'
import { systemTypes } from './model.ts'
import { REFERENCE } from './references.ts'

/** Ids of systems and connections, and scopes of reads. */
const id = (what: string) =>
  Type.String({ pattern: '^[a-z0-9-]{1,40}$', description: `${what}: 1 to 40 of a-z, 0-9 and -` })

const strict = { additionalProperties: false }
const secret = Type.String({ pattern: REFERENCE, description: 'a reference env:NAME or file:/path, never the value' })
const text = (description: string) => Type.String({ minLength: 1, description })
const texts = (description: string) => Type.Record(Type.String(), Type.String(), { description })
/** YAML reads 1 and true as no texts; both forms mean the same here. */
const scalar = (description: string) => Type.Union([Type.String(), Type.Number(), Type.Boolean()], { description })

const read = Type.Object(
  {
    entity: Type.Enum([...entities], { description: 'what is read' }),
    scope: Type.Optional(id('name of the filter, "all" by default')),
    schedule: Type.Optional(text('cron expression of five fields, or six with seconds; without it: on request only')),
    zone: Type.Optional(text('IANA zone of the schedule, for example Europe/Berlin; UTC by default')),
    startFrom: Type.Optional(text('time with its zone, for example 2026-01-01T00:00:00Z; required for orders')),
    pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'rows a page, 1 to 1000' })),
    settleSeconds: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 3600, description: 'a window ends this long before now, 0 to 3600' }),
    ),
    overlapSeconds: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 86_400, description: 'a window begins this long earlier, 0 to 86400' }),
    ),
    filter: Type.Optional(texts('the filter, in the words of the system')),
    sweep: Type.Optional(
      Type.Object(
        {
          schedule: Type.Optional(text('cron expression, in the zone of the read; without it: on request only')),
          mostGone: Type.Optional(
            Type.Number({ minimum: 0, maximum: 1, description: 'share that may be gone at once; 0.2 by default' }),
          ),
        },
        { ...strict, description: 'looks for what was deleted at the source: schedule, mostGone' },
      ),
    ),
  },
  strict,
)

export const systemSchema = Type.Object(
  {
    kind: Type.Literal('system'),
    id: id('id of the system'),
    type: Type.Enum([...systemTypes], { description: 'type of the system' }),
    address: Type.String({
      pattern: '^(https?://[^\\s]+|env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$',
      description: 'an http(s) address, or a reference env:NAME or file:/path to it',
    }),
    secrets: Type.Optional(Type.Record(Type.String(), secret, { description: 'references by name' })),
    zone: Type.Optional(text('IANA zone of the times the system gives without one; UTC by default')),
    limits: Type.Optional(
      Type.Object(
        { concurrency: Type.Integer({ minimum: 1, maximum: 100, description: 'calls at one time, 1 to 100' }) },
        { ...strict, description: 'limits of the system: concurrency' },
      ),
    ),
    settings: Type.Optional(texts('what only this type of system knows')),
    reads: Type.Optional(Type.Array(read, { description: 'how the system is read' })),
  },
  { ...strict, title: 'System' },
)

export const connectionSchema = Type.Object(
  {
    kind: Type.Literal('connection'),
    id: id('id of the connection'),
    shop: id('id of the shop system'),
    vendor: id('id of the vendor system'),
    reads: Type.Array(text('id of a read: system.entity.scope'), { description: 'ids of reads, system.entity.scope' }),
    ownership: Type.Object(
      { skuPattern: text("regular expression on the vendor's SKUs, or a reference env:NAME or file:/path to it") },
      { ...strict, description: "whose order lines and SKUs are the vendor's: skuPattern" },
    ),
    orderStates: Type.Optional(
      Type.Array(text('state of an order'), { minItems: 1, description: 'states of orders that go to the vendor' }),
    ),
    ordersFrom: Type.Optional(
      text('time with its zone: orders placed before it are not delivered; required where the shop was read before'),
    ),
    orderMap: Type.Optional(
      Type.Object(
        {
          shipMethods: Type.Optional(texts("shop's shipping method to the vendor's id of it")),
          location: Type.Optional(Type.Union([Type.String(), Type.Null()], { description: "vendor's location id" })),
        },
        strict,
      ),
    ),
  },
  { ...strict, title: 'Connection' },
)

const attributeRule = Type.Object(
  {
    attribute: text("the seller's attribute"),
    from: Type.Optional(text("path in the event's data, for example price or attributes.color")),
    constant: Type.Optional(scalar('the value itself, instead of from')),
    default: Type.Optional(scalar('given when the source has nothing there')),
    required: Type.Optional(Type.Boolean({ description: 'true or false; false by default' })),
    type: Type.Optional(
      Type.Enum(['string', 'decimal', 'integer', 'boolean'], { description: 'type of the value; string by default' }),
    ),
    lookup: Type.Optional(
      Type.Record(Type.String(), scalar('destination value'), { description: 'source value: value' }),
    ),
  },
  strict,
)

export const productMetadataSchema = Type.Object(
  {
    kind: Type.Literal('product-metadata'),
    connection: id('id of the connection'),
    attributes: Type.Array(attributeRule, { minItems: 1, description: 'rules, one for each attribute' }),
  },
  { ...strict, title: 'Product metadata' },
)

/** What a YAML file of the configuration may hold; config/schema/waldstream.schema.json is made from it. */
export const documentSchemas = {
  system: systemSchema,
  connection: connectionSchema,
  'product-metadata': productMetadataSchema,
} as const

export type DocumentKind = keyof typeof documentSchemas
export type SystemDocument = Static<typeof systemSchema>
export type ReadDocument = Static<typeof read>
export type ConnectionDocument = Static<typeof connectionSchema>
export type ProductMetadataDocument = Static<typeof productMetadataSchema>

/** The JSON Schema for editors. */
export function editorSchema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Waldstream configuration',
    oneOf: Object.values(documentSchemas),
  }
}
