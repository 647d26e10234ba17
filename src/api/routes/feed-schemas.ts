import { type TSchema, Type } from 'typebox'

const Nullable = (schema: TSchema) => Type.Union([schema, Type.Null()])
const Decimal = (description: string) => Type.String({ description: `${description}, decimal as text` })

const ProductData = Type.Object({}, { additionalProperties: true, description: "The seller's attributes by name" })

const InventoryData = Type.Object({
  total: Decimal('Sum of what is available'),
  in_stock: Type.Boolean(),
  locations: Type.Array(
    Type.Object({ location: Type.String(), on_hand: Decimal('On hand'), available: Decimal('Available') }),
  ),
})

const ImageData = Type.Object({
  image: Nullable(Type.String()),
  small_image: Nullable(Type.String()),
  thumbnail: Nullable(Type.String()),
  swatch_image: Nullable(Type.String()),
  gallery: Type.Array(
    Type.Object({
      url: Type.String(),
      position: Type.Integer(),
      label: Nullable(Type.String()),
      media_type: Type.String(),
    }),
  ),
})

/** `data` of each feed. */
export const feedData = { products: ProductData, inventory: InventoryData, images: ImageData } as const

export function feedItem(data: TSchema) {
  return Type.Object({
    connection: Type.String(),
    source: Type.String({ description: 'Id of the system it was read from' }),
    sku: Type.String(),
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

export function feedAnswer(data: TSchema) {
  return Type.Object(
    {
      items: Type.Array(feedItem(data)),
      cursor: Type.String({ description: 'Send it with the next request' }),
      complete: Type.Boolean({
        description: 'True: caught up. False with items: ask again at once; without: after Retry-After',
      }),
    },
    { description: 'A page of the feed' },
  )
}
