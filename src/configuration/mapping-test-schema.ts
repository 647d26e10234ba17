import Type, { type Static } from 'typebox'
import { mappedEntities } from './model.ts'
import { id, strict, text } from './schema-parts.ts'

const anything = (description: string) => Type.Record(Type.String(), Type.Unknown(), { description })

export const mappingTestSchema = Type.Object(
  {
    kind: Type.Literal('mapping-test'),
    name: text('name of the test, in a few words'),
    connection: id('id of the connection'),
    entity: Type.Enum([...mappedEntities], { description: 'entity that is mapped' }),
    source: Type.Optional(id('id of the source system; by default the shop for orders, else the vendor')),
    deleted: Type.Optional(Type.Boolean({ description: 'true: it is deleted at the source' })),
    input: anything("the event's data, in the form of dead-letters show: decimals as text, times as ISO 8601"),
    products: Type.Optional(
      Type.Record(Type.String(), anything('attributes of the product'), {
        description: "the vendor's products by SKU, for orders whose lines are the vendor's by their products",
      }),
    ),
    expect: Type.Optional(anything('complete result of the mapping')),
    expectIgnored: Type.Optional(text('code of the decision, for example not_owned')),
    expectError: Type.Optional(
      Type.Object(
        {
          attribute: Type.Optional(text('attribute that the error names')),
          code: Type.Optional(text('code of the error')),
          message: Type.Optional(text('part of the message')),
        },
        { ...strict, description: 'expected error: attribute, code, message' },
      ),
    ),
  },
  { ...strict, title: 'Mapping test' },
)

export type MappingTestDocument = Static<typeof mappingTestSchema>
