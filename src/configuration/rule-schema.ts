import Type, { type Static } from 'typebox'
import { filledList, MOST_NAMES, MOST_RULES, scalar, strict, text } from './schema-parts.ts'

const valueSchema = Type.Object(
  {
    minLength: Type.Optional(Type.Integer({ minimum: 0, description: 'minimum length of the text' })),
    maxLength: Type.Optional(Type.Integer({ minimum: 0, description: 'maximum length of the text' })),
    pattern: Type.Optional(text('regular expression that must match in the text')),
    enum: Type.Optional(filledList(scalar('an allowed value'), MOST_RULES, 'the allowed values')),
    minimum: Type.Optional(Type.Number({ description: 'smallest number; compared exactly for decimals' })),
    maximum: Type.Optional(Type.Number({ description: 'largest number; compared exactly for decimals' })),
  },
  { ...strict, description: 'JSON Schema: minLength, maxLength, pattern, enum, minimum, maximum' },
)

/** A rule for one attribute of the destination. */
export const attributeRule = Type.Object(
  {
    attribute: text('name of the attribute at the destination'),
    from: Type.Optional(text("path in the event's data, for example price or attributes.color")),
    constant: Type.Optional(scalar('the value itself, instead of from')),
    expression: Type.Optional(text("JSONata over the event's data, instead of from")),
    default: Type.Optional(scalar('value when the source has none')),
    required: Type.Optional(Type.Boolean({ description: 'true or false; false by default' })),
    type: Type.Optional(
      Type.Enum(['string', 'decimal', 'integer', 'boolean'], { description: 'type of the value; string by default' }),
    ),
    lookup: Type.Optional(
      Type.Record(Type.String(), scalar('destination value'), {
        maxProperties: MOST_NAMES,
        description: 'source value to destination value',
      }),
    ),
    schema: Type.Optional(valueSchema),
  },
  strict,
)

export type AttributeRuleDocument = Static<typeof attributeRule>
