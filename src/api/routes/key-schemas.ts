import { Type } from 'typebox'
import { keyScopes } from '../../operations/keys.ts'
import { PathText } from '../path-text.ts'

const Text = Type.String()
const Time = Type.String({ description: 'ISO 8601' })
const MaybeTime = Type.Union([Time, Type.Null()])
const Scope = Type.Enum([...keyScopes])
const Id = Type.String({ minLength: 1, maxLength: 100 })

export const KeyId = Type.Object({ id: PathText() })

export const KeyBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, description: "Recorded with the key's changes" }),
    scopes: Type.Array(Scope, { minItems: 1, maxItems: keyScopes.length }),
    connections: Type.Optional(
      Type.Union([Type.Literal('all'), Type.Array(Id, { maxItems: 500 })], {
        description: 'Connections that it has access to; default: all, or none if systems are named',
      }),
    ),
    systems: Type.Optional(
      Type.Union([Type.Literal('all'), Type.Array(Id, { maxItems: 500 })], {
        description: 'Systems that it has access to; default: all, or none if connections are named',
      }),
    ),
    expires_at: Type.Optional(Time),
  },
  { additionalProperties: false },
)

export const RotateBody = Type.Object(
  {
    old_until: Type.Optional(
      Type.String({ description: 'ISO 8601: until then the previous secret is accepted too; default: a day' }),
    ),
  },
  { additionalProperties: false },
)

export const RevokeBody = Type.Object(
  {
    reason: Type.Optional(
      Type.String({ minLength: 1, maxLength: 1000, description: 'Stored in the audit trail; do not name persons' }),
    ),
  },
  { additionalProperties: false },
)

const Reach = Type.Union([Type.Literal('all'), Type.Array(Text)])
const status = {
  id: Text,
  name: Text,
  state: Type.Enum(['active', 'expired', 'revoked']),
  scopes: Type.Array(Text),
  connections: Reach,
  systems: Reach,
  created_at: Time,
  created_by: Text,
  expires_at: MaybeTime,
  last_used_at: MaybeTime,
  old_until: MaybeTime,
  revoked_at: MaybeTime,
  revoked_by: Type.Union([Text, Type.Null()]),
}

export const Key = Type.Object(status)
export const KeyList = Type.Object({ items: Type.Array(Key) })
export const IssuedKey = Type.Object({
  ...status,
  key: Type.String({ description: 'The bearer token that its holder sends; shown only once' }),
})
