import { Type } from 'typebox'
import type { Feed, FeedKey } from '../../projections/projection.ts'
import { PathText } from '../path-text.ts'

/** Parts of a key, each as text. */
function keyParts({ parts }: FeedKey) {
  return Object.fromEntries(parts.map((part) => [part, Type.String()]))
}

/** Parts of a key as they are in an address. */
export function keyPath({ parts }: FeedKey) {
  return Type.Object(Object.fromEntries(parts.map((part) => [part, PathText()])))
}

export function feedItem({ key, data }: Feed) {
  return Type.Object({
    connection: Type.String(),
    source: Type.String({ description: 'Id of the system it was read from' }),
    ...keyParts(key),
    updated_at: Type.String({ description: 'When the row last changed in the feed, ISO 8601 UTC' }),
    position: Type.String({ description: 'Place of the row in its shard; grows with each change' }),
    deleted: Type.Boolean({ description: 'True: no longer at the source; data is the last known' }),
    data,
  })
}

const ConnectionId = Type.String({ minLength: 1, maxLength: 100, description: 'Id of the connection' })

export const ConnectionQuery = Type.Object({ connection: ConnectionId }, { additionalProperties: false })

export const FeedQuery = Type.Object(
  {
    connection: ConnectionId,
    source: Type.Optional(Type.String({ minLength: 1, description: 'Rows of this system only' })),
    updated_from: Type.Optional(Type.String({ description: 'ISO 8601 with zone, inclusive' })),
    updated_to: Type.Optional(Type.String({ description: 'ISO 8601 with zone, exclusive' })),
    cursor: Type.Optional(Type.String({ minLength: 1, description: 'As the last answer gave it' })),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 500 }),
  },
  { additionalProperties: false },
)

export function feedAnswer(feed: Feed) {
  return Type.Object(
    {
      items: Type.Array(feedItem(feed)),
      cursor: Type.String({ description: 'Send it with the next request' }),
      complete: Type.Boolean({
        description: 'True: caught up. False with items: ask again at once; without: after Retry-After',
      }),
    },
    { description: 'A page of the feed' },
  )
}
