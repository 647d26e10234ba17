import { type TSchema, Type } from 'typebox'
import { changeKinds } from '../../operations/configuration.ts'
import { PathText } from '../path-text.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()

export const Confirm = Type.Object(
  { confirm: Type.Boolean({ default: false, description: 'Whatever it affects; If-Match confirms as well' }) },
  { additionalProperties: false },
)

export const DocumentId = Type.Object({ id: PathText() })

const stored = {
  id: Text,
  revision: Type.Integer({ description: 'Also the ETag: send it as If-Match with a change' }),
  document: Type.Unknown({ description: 'The document, with all defaults; secrets are references' }),
}

export const Stored = Type.Object(stored)
export const StoredList = Type.Object({ items: Type.Array(Stored) })
export const Put = Type.Object({ ...stored, changed: Type.Boolean({ description: 'False: it was like that already' }) })

const Change = Type.Object({
  at: Text,
  by: Text,
  kind: Type.Enum([...changeKinds]),
  id: Text,
  revision: Type.Integer(),
  reason: Nullable(Text),
  before: Type.Unknown({ description: 'Null: there was none' }),
  after: Type.Unknown({ description: 'Null: it was removed' }),
  shortened: Type.Boolean({ description: 'Before and after are too large to be kept' }),
})

export const ChangeQuery = Type.Object(
  {
    kind: Type.Optional(Type.Enum([...changeKinds])),
    id: Type.Optional(Type.String({ minLength: 1 })),
    by: Type.Optional(Type.String({ minLength: 1 })),
    from: Type.Optional(Type.String({ description: 'ISO 8601, inclusive' })),
    to: Type.Optional(Type.String({ description: 'ISO 8601, exclusive' })),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
    cursor: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
)

export const ChangeList = Type.Object({
  items: Type.Array(Change),
  cursor: Nullable(Type.String({ description: 'Of the next page' })),
})
