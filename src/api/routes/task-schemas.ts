import { type TSchema, Type } from 'typebox'
import { entityStatuses, taskStates, windowProofs } from '../../operations/tasks.ts'
import { PathText } from '../path-text.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const Count = Type.Integer()
const OptionalText = Nullable(Text)

/** Statuses an entity may have. */
const EntityStatus = Type.Enum([...entityStatuses])

export const Task = Type.Object({
  id: Text,
  read: Text,
  trigger: Text,
  state: Type.String({ description: 'due, processing, completed, failed, incomplete or merged' }),
  run_state: Type.String({ description: 'State of the run alone: due, running, ended, failed, incomplete or merged' }),
  requested_at: Text,
  reason: OptionalText,
  backfill_from: Nullable(
    Type.String({ description: 'Requested start: read again from here without moving the cut date' }),
  ),
  merged_into: Nullable(Type.String({ description: 'The task that it was merged into' })),
  window_from: OptionalText,
  window_to: OptionalText,
  started_at: OptionalText,
  ended_at: OptionalText,
  read_count: Type.Integer({ description: 'Rows returned by the source; a row returned twice counts twice' }),
  keys: Type.Integer({ description: 'Different keys read; 0 before the end' }),
  reached_at: Nullable(
    Type.String({ description: 'During the run: all earlier changes were read; null: the source does not report it' }),
  ),
  expected: Nullable(Type.Integer({ description: 'For a sweep: keys expected at the source' })),
  gone: Nullable(Type.Integer({ description: 'For a sweep: number of them that are gone' })),
  listed: Nullable(
    Type.Integer({
      description: 'Rows that the source listed at the end, for comparison; null: it gave no list',
    }),
  ),
  proof: Type.Enum([...windowProofs], {
    description:
      'Whether the window was read completely. proven: the source listed it, and all was read; unlisted: it gave no list; incomplete: it lists entities that it did not return; broken_off: the run ended early; none: a sweep, or merged into another',
  }),
  cut_date_moved: Type.Boolean({ description: 'The next run begins where this one ended' }),
  published: Count,
  unchanged: Count,
  unreadable: Count,
  missed: Type.Integer({ description: 'Keys of the window that the first pass missed' }),
  read_again: Type.Integer({ description: 'Rows read again for the missed keys' }),
  digest: Nullable(Type.String({ description: 'Digest of all keys read, with their change times' })),
  connections: Type.Record(Type.String(), Type.Object({ ended: Count, statuses: Type.Record(Type.String(), Count) }), {
    description: 'Entities by connection and status',
  }),
  unrouted_failed: Type.Integer({ description: 'Entities that could not be read or routed' }),
  missing: Type.Array(Text, {
    description: 'Keys that an incomplete run did not find, at most 100; or messages left in a queue',
  }),
  queue_url: Nullable(Type.String({ description: 'The queue that the request named' })),
  queue_end: Nullable(
    Type.String({ description: 'What happened to it after the run: deleted, or kept with the reason' }),
  ),
  error: Nullable(Type.Object({ code: Text, message: Text })),
})

const Version = Type.Object({ occurred_at: OptionalText, read_at: Text })

const History = Type.Array(
  Type.Object({
    at: Text,
    stage: Text,
    status: Text,
    code: OptionalText,
    message: OptionalText,
    attempts: Count,
    version: Version,
    target_id: OptionalText,
  }),
  { description: 'The last ten changes, newest last' },
)

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
  version: Version,
  history: History,
})

export const EntityParams = Type.Object({
  id: PathText(),
  connection: PathText('Id, or * for the entity as read'),
  key: PathText('Key of the entity: order number, SKU'),
})

export const CancelTaskBody = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 1000 }) },
  { additionalProperties: false },
)

export const RetryTaskBody = Type.Object(
  {
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    limit: Type.Integer({
      minimum: 1,
      maximum: 500,
      default: 100,
      description: 'Maximum number of entities; repeat the request if `more` is true',
    }),
    rate: Type.Number({ exclusiveMinimum: 0, maximum: 100, default: 10, description: 'Retries per second' }),
    dryRun: Type.Boolean({ default: false, description: 'Return the numbers without changing anything' }),
  },
  { additionalProperties: false },
)

export const RetriedTask = Type.Object({
  task: Text,
  dry_run: Type.Boolean(),
  retried: Type.Integer({ description: 'Failed entities whose dead letters were retried' }),
  skipped: Type.Array(Type.Object({ id: Text, code: Text, message: Text }), {
    description: 'Dead letters that were not retried',
  }),
  read_again: Type.Integer({
    description: 'Entities without a dead letter to retry, which are read from the source again',
  }),
  read_by: Nullable(Type.String({ description: 'The task that reads them' })),
  more: Type.Boolean({ description: 'There may be more: repeat the request' }),
})

export const TaskQuery = Type.Object(
  {
    read: Type.Optional(Type.String({ minLength: 1, description: 'Id of the read' })),
    state: Type.Optional(Type.Enum([...taskStates])),
    since: Type.Optional(Type.String({ description: 'Requested then or later, ISO 8601' })),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 20 }),
    cursor: Type.Optional(Type.String({ minLength: 1 })),
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
