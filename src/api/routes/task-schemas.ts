import { type TSchema, Type } from 'typebox'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const Count = Type.Integer()
const OptionalText = Nullable(Text)

/** Statuses an entity may have. */
const EntityStatus = Type.Union(
  (
    ['new', 'processing', 'succeeded', 'failed', 'ignored', 'unknown', 'canceled', 'superseded', 'waiting'] as const
  ).map((status) => Type.Literal(status)),
)

export const Task = Type.Object({
  id: Text,
  read: Text,
  trigger: Text,
  state: Type.String({ description: 'due, processing, completed, failed, incomplete or merged' }),
  run_state: Type.String({ description: 'Of the reading alone: due, running, ended, failed, incomplete or merged' }),
  requested_at: Text,
  window_from: OptionalText,
  window_to: OptionalText,
  started_at: OptionalText,
  ended_at: OptionalText,
  read_count: Count,
  published: Count,
  unchanged: Count,
  unreadable: Count,
  connections: Type.Record(Type.String(), Type.Object({ ended: Count, statuses: Type.Record(Type.String(), Count) }), {
    description: 'Entities by connection and status',
  }),
  unrouted_failed: Type.Integer({ description: 'Entities that could not be read or routed' }),
  missing: Type.Array(Text, { description: 'Keys an incomplete run did not find, at most 100' }),
  error: Nullable(Type.Object({ code: Text, message: Text })),
})

export const EntityItem = Type.Object({
  connection: Nullable(Type.String({ description: 'Null: as read, not routed' })),
  kind: Text,
  source: Text,
  key: Text,
  status: Text,
  code: OptionalText,
  message: OptionalText,
  target_id: OptionalText,
  stage: Text,
  attempts: Count,
  updated_at: Text,
  event_id: Text,
  history: Type.Array(Type.Object({ at: Text, stage: Text, status: Text, code: OptionalText })),
})

export const TaskQuery = Type.Object(
  {
    read: Type.Optional(Type.String({ minLength: 1, description: 'Id of the read' })),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 20 }),
  },
  { additionalProperties: false },
)

export const EntityQuery = Type.Object(
  {
    status: Type.Optional(EntityStatus),
    connection: Type.Optional(Type.String({ minLength: 1, description: 'Id, or * for the entities as read' })),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
    cursor: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
)
