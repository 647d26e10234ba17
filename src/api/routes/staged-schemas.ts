import { type TSchema, Type } from 'typebox'
import { entities } from '../../events/topics.ts'
import { servedStockColumns, stagedStatuses } from '../../operations/staged.ts'
import { PathText } from '../path-text.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const OptionalText = Nullable(Text)
const Count = Type.Integer()

export const StagedPath = Type.Object({
  connection: PathText('Id of the connection'),
  entity: Type.Enum([...entities]),
})

export const StagedQuery = Type.Object(
  {
    status: Type.Optional(Type.Enum([...stagedStatuses])),
    key: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'Key of the entity: order number, SKU' }),
    ),
    since: Type.Optional(Type.String({ description: 'Last change, ISO 8601, inclusive' })),
    until: Type.Optional(Type.String({ description: 'Last change, ISO 8601, exclusive' })),
    payloads: Type.Enum(['events', 'raw', 'places'], {
      default: 'events',
      description: "events: as read and as mapped; raw: also the source's own text; places: only where they are",
    }),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
    cursor: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
)

const ShownEvent = Nullable(
  Type.Object({
    topic: Text,
    partition: Count,
    offset: Count,
    bytes: Count,
    event: Type.Unknown({ description: 'Decimals as text, times as ISO 8601; null if it is not shown' }),
    problem: Nullable(Type.String({ description: 'Why the event cannot be shown' })),
  }),
)

export const StagedList = Type.Object({
  items: Type.Array(
    Type.Object({
      source: Text,
      key: Text,
      status: Text,
      stage: Type.String({ description: 'The stage that reported it' }),
      updated_at: Text,
      occurred_at: OptionalText,
      read_at: Text,
      task: OptionalText,
      event_id: Text,
      as_read: ShownEvent,
      as_mapped: ShownEvent,
      as_served: Nullable(
        Type.Object(
          {
            data: servedStockColumns,
            as_of: Nullable(Type.String({ description: 'As in the feed' })),
            stale: Nullable(Type.Object({ policy: Text, reason: Text })),
          },
          {
            description:
              'Stock as shops read it now; null: not stock, not in the feed or deleted there, or payloads=places',
          },
        ),
      ),
      answer: Type.Object({
        target_id: OptionalText,
        code: OptionalText,
        message: OptionalText,
        attempts: Count,
        first_at: Text,
        last_at: Text,
      }),
    }),
  ),
  cursor: Nullable(Type.String({ description: 'Cursor of the next page' })),
})

export const Held = Type.Object({
  stage: Text,
  connection: Text,
  code: Type.String({ description: '`held`: by hand; else the code of the failure' }),
  message: Text,
  since: Text,
  probe_at: Type.String({ description: 'When the next record is tried' }),
  until: Nullable(
    Type.String({
      description: 'When a hold by hand ends automatically; null: it has no end, or is not a hold by hand',
    }),
  ),
})

export const HoldBody = Type.Object(
  {
    reason: Type.String({ minLength: 1, maxLength: 1000 }),
    until: Type.Optional(
      Type.String({ description: 'ISO 8601: when it ends automatically; default: until somebody ends it' }),
    ),
  },
  { additionalProperties: false },
)

export const PauseList = Type.Object({
  items: Type.Array(Held),
  stages: Type.Array(Text, {
    description: 'Stages at which a connection, or all of them (`*`), can be held, and `reads`',
  }),
})

export const PausePath = Type.Object({ stage: PathText(), connection: PathText() })
export const Resumed = Type.Object({ stage: Text, connection: Text })

export const ParkedQuery = Type.Object(
  {
    stage: Type.Optional(Type.String({ minLength: 1 })),
    connection: Type.Optional(Type.String({ minLength: 1 })),
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
    cursor: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
)

const parkedKey = {
  stage: Type.String({ minLength: 1, maxLength: 200 }),
  connection: Type.String({ minLength: 1, maxLength: 200 }),
  key: Type.String({
    minLength: 1,
    maxLength: 1000,
    description: 'A key from the list, for example vendor-orders|100',
  }),
}

export const ParkedKey = Type.Object(parkedKey, { additionalProperties: false })
export const ParkedTried = Type.Object({
  ...parkedKey,
  tried: Type.Integer({ description: 'Number of records that are tried now' }),
})

export const ParkedList = Type.Object({
  items: Type.Array(
    Type.Object({
      stage: Text,
      partition: Count,
      connection: Text,
      source: Type.String({ description: 'The system that it was read from' }),
      key: Text,
      code: Text,
      message: Text,
      attempts: Count,
      first_at: Text,
      release_at: Nullable(Type.String({ description: 'Null: when its connection is no longer paused' })),
      task: OptionalText,
      event_id: Text,
      topic: Text,
      offset: Text,
    }),
  ),
  cursor: Nullable(Type.String({ description: 'Cursor of the next page' })),
})
