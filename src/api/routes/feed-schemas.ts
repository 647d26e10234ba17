import { ObjectOptions, type TObject, type TSchema, Type } from 'typebox'
import type { Feed, FeedKey } from '../../projections/projection.ts'
import { ndjsonToo } from '../ndjson-pages.ts'
import { LONGEST_PARAMETER, PathText } from '../path-text.ts'

/** Parts of a key, each as text. */
function keyParts({ parts }: FeedKey) {
  return Object.fromEntries(parts.map((part) => [part, Type.String()]))
}

/** Parts of a key as path parameters. */
export function keyPath({ parts }: FeedKey) {
  return Type.Object(Object.fromEntries(parts.map((part) => [part, PathText()])))
}

/** Columns, each optional, since `fields` may leave it out. */
function optionalColumns(data: TObject) {
  const columns = Object.entries<TSchema>(data.properties).map(
    ([name, column]) => [name, Type.Optional(column)] as const,
  )
  return Type.Object(Object.fromEntries(columns), ObjectOptions(data))
}

export function feedItem({ key, data }: Feed) {
  return Type.Object(
    {
      connection: Type.Optional(Type.String()),
      source: Type.String({ description: 'Id of the system it was read from' }),
      ...keyParts(key),
      updated_at: Type.Optional(Type.String({ description: 'When the row last changed in the feed, ISO 8601 UTC' })),
      as_of: Type.Optional(
        Type.Union([Type.String(), Type.Null()], {
          description: 'Time up to which all changes at the source were read and are in the row, ISO 8601 UTC',
        }),
      ),
      position: Type.Optional(Type.String({ description: 'Place of the row in its shard; grows with each change' })),
      deleted: Type.Boolean({ description: 'True: no longer at the source; data is the last known content' }),
      stale: Type.Optional(
        Type.Object(
          { policy: Type.Enum(['keep', 'hold', 'buffer', 'zero']), reason: Type.String() },
          { description: "Present if the connection's policy for stale stock applies; the policy may change data" },
        ),
      ),
      data: optionalColumns(data),
    },
    { description: 'Optional columns are present unless `fields` leaves them out' },
  )
}

const ConnectionId = Type.String({ minLength: 1, maxLength: 100, description: 'Id of the connection' })
const Source = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 1_000,
    description: 'Rows of these systems only: ids separated by commas',
  }),
)
const Fields = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 2_000,
    description: 'Columns of the row and its data, separated by commas; source, key and `deleted` are always included',
  }),
)

export const ConnectionQuery = Type.Object({ connection: ConnectionId }, { additionalProperties: false })

export const ItemQuery = Type.Object({ connection: ConnectionId, fields: Fields }, { additionalProperties: false })

export const ItemsQuery = Type.Object(
  { connection: ConnectionId, source: Source, fields: Fields },
  { additionalProperties: false },
)

export const FeedQuery = Type.Object(
  {
    connection: ConnectionId,
    source: Source,
    updated_from: Type.Optional(Type.String({ description: 'ISO 8601 with zone, inclusive' })),
    updated_to: Type.Optional(Type.String({ description: 'ISO 8601 with zone, exclusive' })),
    cursor: Type.Optional(Type.String({ minLength: 1, description: 'Cursor of the last answer' })),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 500 }),
    fields: Fields,
  },
  { additionalProperties: false },
)

export const FeedCount = Type.Object({
  rows: Type.Integer({ description: 'Rows of all sources, including hidden and deleted rows' }),
  deleted: Type.Integer(),
  exact: Type.Boolean({ description: 'False: a projector was killed while counting; a rebuild corrects the count' }),
})

/** Maximum of keys per request. */
const MOST_KEYS = 1_000

const KeyPart = () => Type.String({ minLength: 1, maxLength: LONGEST_PARAMETER })

/** A key in a body: the text itself, or the list of its parts. */
function bodyKey({ parts }: FeedKey) {
  const { length } = parts
  if (length === 1) return Type.Unsafe<string | readonly string[]>(KeyPart())
  const list = Type.Array(KeyPart(), { minItems: length, maxItems: length, description: parts.join(', ') })
  return Type.Unsafe<string | readonly string[]>(list)
}

export function keysBody({ key }: Feed) {
  const what = key.parts.length === 1 ? key.attribute : `lists of ${key.parts.join(', ')}`
  const keys = Type.Array(bodyKey(key), { minItems: 1, maxItems: MOST_KEYS, description: `Keys of rows: ${what}` })
  return Type.Object({ keys }, { additionalProperties: false })
}

export function itemsAnswer(feed: Feed, item: ReturnType<typeof feedItem>) {
  return Type.Object(
    {
      items: Type.Array(item),
      missing: Type.Array(bodyKey(feed.key), { description: 'Keys without a row in any source' }),
    },
    { description: 'The rows of these keys, one for each source that has it' },
  )
}

export function feedAnswer(item: ReturnType<typeof feedItem>) {
  return Type.Object(
    {
      items: Type.Array(item),
      cursor: Type.String({ description: 'Send it with the next request' }),
      complete: Type.Boolean({
        description: 'True: caught up. False with items: ask again at once; without items: after Retry-After',
      }),
    },
    { description: 'A page of the feed', ...ndjsonToo },
  )
}
