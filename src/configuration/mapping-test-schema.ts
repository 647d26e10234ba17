import Type, { type Static } from 'typebox'
import { mappedEntities } from './model.ts'
import { id, strict, text } from './schema-parts.ts'

const anything = (description: string) => Type.Record(Type.String(), Type.Unknown(), { description })

export const mappingTestSchema = Type.Object(
  {
    kind: Type.Literal('mapping-test'),
    name: text('what is tested, in a few words'),
    connection: id('id of the connection'),
    entity: Type.Enum([...mappedEntities], { description: 'what is mapped' }),
    source: Type.Optional(id('id of the system that it is read from; by default the shop for orders, else the vendor')),
    deleted: Type.Optional(Type.Boolean({ description: 'true: it is gone at the source' })),
    input: anything("the event's data, as dead-letters show prints it: decimals as text, times as ISO 8601"),
    products: Type.Optional(
      Type.Record(Type.String(), anything('attributes of the product'), {
        description: "the vendor's products by SKU, for an order whose lines are the vendor's by their products",
      }),
    ),
    expect: Type.Optional(anything('what the mapping gives, all of it')),
    expectIgnored: Type.Optional(text('code of the decision, for example not_owned')),
    expectError: Type.Optional(
      Type.Object(
        {
          attribute: Type.Optional(text('attribute the error names')),
          code: Type.Optional(text('code of the error')),
          message: Type.Optional(text('part of the message')),
        },
        { ...strict, description: 'the error: attribute, code, message' },
      ),
    ),
  },
  { ...strict, title: 'Mapping test' },
)

export type MappingTestDocument = Static<typeof mappingTestSchema>
