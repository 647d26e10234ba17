import { Type } from 'typebox'

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()])
const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }))

/** A request for a replay. */
export const ReplayBody = Type.Object(
  {
    topic: Type.String({ description: 'For example products, or vendor-orders.erp' }),
    processor: Type.String({ description: 'The stage that consumes it, for example map-products' }),
    connection: text('Only for this connection'),
    source: text('Only events read from this system'),
    key: text('SKU or order number'),
    from: text('Appended at or after this time'),
    to: text('Appended before this time'),
    offsets: text('By partition, for example 0:100-200,3:5-'),
    all_versions: Type.Boolean({ default: false, description: 'False: the latest version of each key' }),
    rate: Type.Integer({ minimum: 1, maximum: 10_000, default: 500, description: 'Maximum events per second' }),
    preview: Type.Boolean({ default: false, description: 'Returns the numbers without sending' }),
    reason: text('Stored with the replay'),
    by: text('Name of the caller'),
  },
  { additionalProperties: false },
)

export const ReplayTargets = Type.Object({
  items: Type.Array(Type.Object({ topic: Type.String(), processor: Type.String() })),
})

const Amount = Type.Object({ currency: Type.String(), total: Type.String({ description: 'Exact' }) })

export const ReplayPreview = Type.Object({
  topic: Type.String(),
  processor: Type.String(),
  events: Type.Integer({ description: 'Matching events' }),
  keys: Type.Integer(),
  to_send: Type.Integer(),
  connections: Type.Record(Type.String(), Type.Integer(), { description: 'Events to send, by connection' }),
  seconds: Type.Integer({ description: 'Minimum duration at the rate' }),
  amounts: Type.Array(Amount, { description: 'Totals of the orders; empty: the events are not orders' }),
  samples: Type.Array(
    Type.Object({
      key: Type.String(),
      source: Type.String(),
      connection: nullable(Type.String()),
      occurred_at: nullable(Type.String()),
      deleted: Type.Boolean(),
      amount: nullable(Amount),
      place: Type.Object({ partition: Type.Integer(), offset: Type.Integer() }),
      effects: nullable(
        Type.Array(
          Type.Object({
            connection: nullable(Type.String()),
            outcome: Type.String({ description: 'A sentence for people' }),
            changes: Type.Array(Type.Object({ field: Type.String(), before: Type.Unknown(), after: Type.Unknown() }), {
              description:
                "Changes from the feed's row, or from the last event sent to the target; masked without persons:read",
            }),
          }),
          { description: 'Effects with the current configuration; null: it was not tried' },
        ),
      ),
    }),
    { description: 'The newest events to send, at most ten' },
  ),
})

export const Replay = Type.Object({
  id: Type.String(),
  state: Type.String({ description: 'due, running, blocked, ended, failed or canceled' }),
  topic: Type.String(),
  processor: Type.String(),
  connection: nullable(Type.String()),
  source: nullable(Type.String()),
  key: nullable(Type.String()),
  all_versions: Type.Boolean(),
  trigger: Type.String({ description: 'cli, api or new-connection' }),
  by: nullable(Type.String()),
  reason: nullable(Type.String()),
  rate: Type.Integer(),
  requested_at: Type.String(),
  started_at: nullable(Type.String()),
  ended_at: nullable(Type.String()),
  selected: nullable(Type.Integer({ description: 'Events to send, as counted so far' })),
  sent: Type.Integer({ description: 'Events appended again' }),
  cancel: Type.Boolean({ description: 'A cancellation was requested' }),
  error: nullable(Type.Object({ code: Type.String(), message: Type.String() })),
})

export const ReplayOutcome = Type.Object({
  ...Replay.properties,
  connections: Type.Record(Type.String(), Type.Record(Type.String(), Type.Integer()), {
    description: 'Number of entities by connection and status',
  }),
})
