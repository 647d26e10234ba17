import { type TSchema, Type } from 'typebox'
import { PathText } from '../path-text.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()

export const OrderPath = Type.Object({
  source: PathText('Id of the shop'),
  number: PathText('Order number in the shop'),
})

const holdFields = {
  reason: Text,
  by: Text,
  since: Text,
  until: Nullable(Type.String({ description: 'Null: until somebody releases it' })),
}

/** The hold of a vendor's part of an order. */
export const OrderHold = Type.Object(holdFields)

/** The cancellation by hand of a vendor's part of an order, independent of the shop. */
export const OrderCancellation = Type.Object({ by: Text, reason: Text, at: Text })

export const HoldsQuery = Type.Object(
  {
    connection: Type.Optional(Type.String({ minLength: 1, description: 'Only parts of this connection' })),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
    cursor: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
)

export const HeldOrders = Type.Object({
  items: Type.Array(Type.Object({ source: Text, number: Text, connection: Text, ...holdFields }), {
    description: 'Those held longest first; a page may have few items and yet a cursor',
  }),
  cursor: Nullable(Type.String({ description: 'Cursor of the next page' })),
})

const Connection = Type.Optional(
  Type.String({ minLength: 1, description: "One vendor's part; default: every connection of the shop" }),
)
const DryRun = Type.Boolean({ default: false, description: 'Returns the effect without doing it' })

export const OrderHoldBody = Type.Object(
  {
    reason: Type.String({ minLength: 1, maxLength: 1000 }),
    until: Type.Optional(
      Type.String({ description: 'ISO 8601: when it ends automatically; default: until somebody ends it' }),
    ),
    connection: Connection,
    dryRun: DryRun,
  },
  { additionalProperties: false },
)

export const ReleaseBody = Type.Object({ connection: Connection, dryRun: DryRun }, { additionalProperties: false })

export const HoldOutcome = Type.Object({
  source: Text,
  number: Text,
  dry_run: Type.Boolean(),
  until: Nullable(Text),
  parts: Type.Array(
    Type.Object({
      connection: Text,
      sent: Type.String({
        description: 'none: no part of it is for the vendor; not_sent; sending: now, or with an unknown result; sent',
      }),
      target_id: Nullable(Type.String({ description: 'The order in the ERP' })),
      effect: Type.String({ description: 'What waits, and what can no longer be held' }),
    }),
  ),
})

export const ReleaseOutcome = Type.Object({
  source: Text,
  number: Text,
  dry_run: Type.Boolean(),
  parts: Type.Array(
    Type.Object({
      connection: Text,
      hold: OrderHold,
      waiting: Type.Integer({ description: 'Number of waiting versions; the newest is sent' }),
    }),
  ),
})

export const VendorActionBody = Type.Object(
  {
    connection: Type.String({ minLength: 1, description: 'The connection whose part it is' }),
    reason: Type.String({ minLength: 1, maxLength: 1000 }),
    dryRun: DryRun,
    confirm: Type.Boolean({
      default: false,
      description: 'Without it and without dryRun: 409 with the effects',
    }),
  },
  { additionalProperties: false },
)

export const VendorAction = Type.Object({
  source: Text,
  number: Text,
  connection: Text,
  dry_run: Type.Boolean(),
  sent: Type.String({ description: 'not_sent; sending: now, or with an unknown result; sent' }),
  target_id: Nullable(Type.String({ description: 'The order in the ERP, as an earlier delivery reported it' })),
  effect: Text,
  lines: Type.Array(
    Type.Object({
      sku: Text,
      wanted: Text,
      shipped: Type.String({ description: 'As reported by the vendor or the shop' }),
      open: Text,
    }),
    { description: 'Lines as last sent' },
  ),
})
