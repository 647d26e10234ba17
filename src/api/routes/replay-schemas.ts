import { Type } from 'typebox'

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()])
const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }))

/** What a replay is asked for with. */
export const ReplayBody = Type.Object(
  {
    topic: Type.String({ description: 'For example products, or vendor-orders.erp' }),
    processor: Type.String({ description: 'The stage that consumes it, for example map-products' }),
    connection: text('For it alone'),
    source: text('Events read from this system alone'),
    key: text('SKU or order number'),
    from: text('Appended at or after this time'),
    to: text('Appended before this time'),
    offsets: text('By partition, for example 0:100-200,3:5-'),
    all_versions: Type.Boolean({ default: false, description: 'False: the latest version of each key' }),
    rate: Type.Integer({ minimum: 1, maximum: 10_000, default: 500, description: 'Events a second, at most' }),
    preview: Type.Boolean({ default: false, description: 'Says how many it would be, and sends nothing' }),
    reason: text('Kept with the replay'),
    by: text('Who asks'),
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
  events: Type.Integer({ description: 'That fit' }),
  keys: Type.Integer(),
  to_send: Type.Integer(),
  connections: Type.Record(Type.String(), Type.Integer(), { description: 'Of those to send, by connection' }),
  seconds: Type.Integer({ description: 'It takes at least, at the rate' }),
  amounts: Type.Array(Amount, { description: 'What the orders among them come to; empty: they are no orders' }),
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
            outcome: Type.String({ description: 'In words' }),
            changes: Type.Array(Type.Object({ field: Type.String(), before: Type.Unknown(), after: Type.Unknown() }), {
              description:
                'What the feed has, or the target was sent last, beside what would be made now; masked for who may not see persons',
            }),
          }),
          { description: 'What would come of it by the configuration of today; null: it was not tried' },
        ),
      ),
    }),
    { description: 'The newest of those to send, at most ten' },
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
  selected: nullable(Type.Integer({ description: 'Events to be sent, as far as they are counted' })),
  sent: Type.Integer({ description: 'Events that were appended again' }),
  cancel: Type.Boolean({ description: 'It was asked to end' }),
  error: nullable(Type.Object({ code: Type.String(), message: Type.String() })),
})

export const ReplayOutcome = Type.Object({
  ...Replay.properties,
  connections: Type.Record(Type.String(), Type.Record(Type.String(), Type.Integer()), {
    description: 'By connection and status: what became of the entities',
  }),
})
