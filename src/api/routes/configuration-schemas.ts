import { type TSchema, Type } from 'typebox'
import { changeKinds } from '../../operations/configuration.ts'
import { PathText } from '../path-text.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()

const Reason = Type.Optional(Type.String({ minLength: 1, maxLength: 1000, description: 'Why; stored with the change' }))

export const Removal = Type.Object(
  {
    confirm: Type.Boolean({ default: false, description: 'Confirms all effects; If-Match confirms too' }),
    dryRun: Type.Boolean({ default: false, description: 'Returns the effects without removing it' }),
    reason: Reason,
  },
  { additionalProperties: false },
)

export const Why = Type.Object(
  {
    dryRun: Type.Boolean({
      default: false,
      description: 'Checks it and returns what would be stored, without writing it',
    }),
    reason: Reason,
  },
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
export const Put = Type.Object({
  ...stored,
  changed: Type.Boolean({ description: 'False: it was the same already' }),
  dry_run: Type.Boolean({ description: 'True: it was not written; revision is the current one, 0 for none' }),
})

export const RemovalPreview = Type.Object({
  kind: Text,
  id: Text,
  revision: Type.Integer({ description: 'Send it as If-Match with the removal' }),
  refusal: Nullable(
    Type.String({ description: 'Why it would be refused: documents that need it; null: it would not' }),
  ),
  effects: Type.Array(
    Type.Object({
      what: Text,
      outcome: Type.Enum(['ends', 'goes', 'stays'], {
        description: 'ends: it stops; goes: it is removed too; stays: it is unchanged',
      }),
      count: Nullable(Type.Integer()),
    }),
  ),
})

const Change = Type.Object({
  at: Text,
  by: Text,
  kind: Type.Enum([...changeKinds]),
  id: Text,
  revision: Type.Integer(),
  reason: Nullable(Text),
  before: Type.Unknown({ description: 'Null: it did not exist' }),
  after: Type.Unknown({ description: 'Null: it was removed' }),
  shortened: Type.Boolean({ description: 'Before and after were too large to store' }),
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
  cursor: Nullable(Type.String({ description: 'Cursor of the next page' })),
})
