import { type TSchema, Type } from 'typebox'
import { letterStates, USUAL_LIMIT, USUAL_RATE } from '../../operations/dead-letters.ts'
import { PathText } from '../path-text.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const OptionalText = Nullable(Text)
const Count = Type.Integer()
const State = Type.Enum([...letterStates])
const Anything = Type.Unknown()

const summary = {
  id: Text,
  state: State,
  state_at: Text,
  outcome: Nullable(Type.String({ description: "The entity's status in its task, for its connection" })),
  group: Text,
  stage: Text,
  connection: OptionalText,
  key: Text,
  topic: Text,
  partition: Count,
  offset: Type.Integer({ description: 'Offset of the original record; -1: there was no record' }),
  appended_at: Text,
  code: Text,
  message: Text,
  field: OptionalText,
  attempts: Count,
  retries: Type.Integer({ description: 'Number of requested retries' }),
  first_at: Text,
  last_at: Text,
  task: OptionalText,
  event_id: OptionalText,
  key_bytes: Count,
  value_bytes: Count,
  kept_in: Type.Object({ topic: Text, partition: Count, offset: Text }),
}

export const DeadLetterList = Type.Object({
  items: Type.Array(Type.Object(summary)),
  cursor: Nullable(Type.String({ description: 'Cursor of the next page' })),
})

export const DeadLetterGroups = Type.Object({
  groups: Type.Array(
    Type.Object({
      group: Text,
      count: Count,
      stage: Text,
      connection: OptionalText,
      code: Text,
      field: OptionalText,
      message: Text,
      first_at: Text,
      last_at: Text,
      example: Type.String({ description: 'Id of one of them' }),
      examples: Type.Array(Type.Object({ id: Text, key: Text, message: Text }), {
        description: 'Up to three with different messages, that is different values',
      }),
    }),
  ),
  complete: Type.Boolean({ description: 'False: there were too many to count' }),
})

export const DeadLetter = Type.Object({
  ...summary,
  masked: Type.Boolean({
    description: 'Personal fields of the event are masked, and the value of the original is left out',
  }),
  event: Type.Unknown({ description: 'Decimals as text, times as ISO 8601; null if it cannot be decoded' }),
  undecodable: Nullable(Type.Object({ code: Text, message: Text })),
  original: Type.Object(
    {
      key: OptionalText,
      value: OptionalText,
      headers: Type.Array(Type.Object({ key: Text, value: OptionalText })),
    },
    { description: 'Byte for byte, base64' },
  ),
  history: Type.Array(
    Type.Object({
      at: Text,
      what: Text,
      retry: Count,
      by: OptionalText,
      reason: OptionalText,
      code: OptionalText,
    }),
  ),
  as_read: Nullable(
    Type.Object(
      {
        topic: Text,
        partition: Count,
        offset: Count,
        bytes: Count,
        event: Anything,
        problem: Nullable(Type.String({ description: 'Why it cannot be shown' })),
      },
      { description: 'The source event, for callers who see the system that it was read from' },
    ),
  ),
})

export const Preview = Type.Object({
  kind: Text,
  verdict: Text,
  event: Anything,
  errors: Type.Array(Type.Object({ connection: OptionalText, code: Text, field: OptionalText, message: Text })),
  decisions: Type.Array(
    Type.Object({ connection: OptionalText, status: Text, code: OptionalText, message: OptionalText }),
  ),
  outputs: Type.Array(Type.Object({ topic: Text, key: Text, event: Anything })),
  delivery: Nullable(Type.Object({ state: Text, target_id: OptionalText, newer: Type.Boolean() })),
  changes: Nullable(
    Type.Array(Type.Object({ field: Text, before: Anything, after: Anything }), {
      description: 'With `remap`: fields that are mapped differently now; values are masked without persons:read',
    }),
  ),
})

const remap = Type.Boolean({
  default: false,
  description: "Map a vendor's order again with the current order map, instead of sending it as it was mapped",
})

export const PreviewQuery = Type.Object({ remap }, { additionalProperties: false })

const filter = {
  state: Type.Optional(State),
  stage: Type.Optional(Type.String({ minLength: 1 })),
  connection: Type.Optional(Type.String({ minLength: 1 })),
  code: Type.Optional(Type.String({ minLength: 1 })),
  key: Type.Optional(Type.String({ minLength: 1, description: 'Key of the entity' })),
  groupId: Type.Optional(Type.String({ minLength: 1, description: 'A `group` from the list' })),
  from: Type.Optional(Type.String({ description: 'First failure, ISO 8601, inclusive' })),
  to: Type.Optional(Type.String({ description: 'First failure, ISO 8601, exclusive' })),
}

export const ListQuery = Type.Object(
  {
    ...filter,
    group: Type.Optional(
      Type.Boolean({ description: 'Count them by stage, connection, code and field, with example values' }),
    ),
    ids: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 8_000,
        description: 'Only these ids, separated by commas, at most 100',
      }),
    ),
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
    cursor: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
)

export const LetterId = Type.Object({ id: PathText() })

const who = { by: Type.String({ minLength: 1, maxLength: 100, default: 'api', description: 'Name of the caller' }) }
const Reason = Type.String({ minLength: 1, maxLength: 1000 })
const forced = {
  force: Type.Boolean({
    default: false,
    description: 'Also dead letters that were retried often or are not open; needs a reason',
  }),
  reason: Type.Optional(Reason),
  remap,
}
const many = {
  ...filter,
  all: Type.Optional(Type.Boolean({ description: 'Confirms a request without a filter' })),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: USUAL_LIMIT }),
  dryRun: Type.Boolean({ default: false, description: 'Return which would change, without changing them' }),
}

export const RetryBody = Type.Object({ ...who, ...forced }, { additionalProperties: false })
export const RetryManyBody = Type.Object(
  {
    ...who,
    ...forced,
    ...many,
    ids: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        minItems: 1,
        maxItems: 500,
        description: 'Only these, in any state; `skipped` lists those that cannot be retried',
      }),
    ),
    rate: Type.Number({ exclusiveMinimum: 0, maximum: 100, default: USUAL_RATE, description: 'Retries per second' }),
  },
  { additionalProperties: false },
)
const confirm = Type.Boolean({ default: false, description: 'Confirms any number; without it, 409 gives the number' })

export const DiscardBody = Type.Object({ ...who, reason: Reason, confirm }, { additionalProperties: false })
export const DiscardManyBody = Type.Object(
  { ...who, reason: Reason, ...many, confirm },
  { additionalProperties: false },
)

const Amount = Type.Object({ currency: Text, total: Type.String({ description: 'Decimal' }) })
export const MoneyQuery = Type.Object(filter, { additionalProperties: false })
export const Money = Type.Object({
  groups: Type.Array(
    Type.Object({
      group: Text,
      connection: OptionalText,
      orders: Type.Integer({
        description: 'Orders whose amounts were read; an order with several dead letters counts once',
      }),
      amounts: Type.Array(Amount),
      complete: Type.Boolean({ description: 'False: not all were read, so there is more' }),
    }),
    { description: 'Groups with orders' },
  ),
})

export const Retried = Type.Object({ id: Text, retry: Count, topic: Text })
export const Discarded = Type.Object({ id: Text })
export const ManyDone = Type.Object({
  dry_run: Type.Boolean(),
  done: Type.Array(Type.String({ description: 'Id' })),
  skipped: Type.Array(Type.Object({ id: Text, code: Text, message: Text })),
  more: Type.Boolean({ description: 'There may be more: repeat the request' }),
})
