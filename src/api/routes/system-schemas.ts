import { type TSchema, Type } from 'typebox'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const Count = Type.Integer()

const Problems = Type.Array(
  Type.Object({
    message: Text,
    fix: Nullable(Type.String({ description: 'How to fix it; null: the message names it' })),
  }),
  { description: 'Differences from the wanted state' },
)

export const ProcessList = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String({ description: 'Generated at its start; does not name a machine' }),
      roles: Type.Array(Text),
      version: Text,
      node: Text,
      started_at: Text,
      beat_at: Type.String({ description: 'Last heartbeat, written once a minute' }),
      state: Type.Enum(['running', 'silent'], {
        description: 'silent: no heartbeat for three minutes, without a regular end',
      }),
    }),
  ),
})

const Lag = Type.Integer({ description: 'Records that are not handled yet' })
const Oldest = Nullable(
  Type.String({ description: 'When the oldest of them was appended; null: there is none, or it was not read' }),
)

export const ConsumerList = Type.Object({
  items: Type.Array(
    Type.Object({
      group: Text,
      state: Type.String({ description: "The broker's name of the state: Stable, Empty, PreparingRebalance" }),
      members: Type.Array(Type.Object({ id: Text, partitions: Count })),
      lag: Lag,
      oldest_at: Oldest,
      topics: Type.Array(Type.Object({ topic: Text, partitions: Count, lag: Lag, oldest_at: Oldest })),
    }),
  ),
  complete: Type.Boolean({ description: 'False: there are more groups than were read' }),
})

export const TopicList = Type.Object({
  items: Type.Array(
    Type.Object({
      topic: Text,
      partitions: Type.Integer({ description: '0: it does not exist yet' }),
      replication: Count,
      retention_ms: Nullable(Type.String({ description: '-1: for ever' })),
      records: Type.Integer({ description: 'From the offsets of its beginning and end' }),
      problems: Problems,
    }),
  ),
})

export const TableList = Type.Object({
  items: Type.Array(
    Type.Object({
      name: Text,
      status: Nullable(Type.String({ description: "DynamoDB's name of the state; null: it does not exist yet" })),
      items: Nullable(Type.Integer({ description: 'Counted by DynamoDB every six hours' })),
      bytes: Nullable(Count),
      billing: Nullable(Type.Enum(['on demand', 'provisioned'])),
      point_in_time_recovery: Nullable(Type.Boolean({ description: 'null: unknown, or not permitted to read' })),
      expires: Nullable(Type.String({ description: 'Attribute by which items expire; null: none, or unknown' })),
      problem: Nullable(
        Type.Enum(['missing', 'keys', 'expiry'], {
          description:
            'missing: a role creates it when it starts; keys: it has wrong keys or indexes; expiry: items do not expire',
        }),
      ),
    }),
  ),
})

export const VersionsAnswer = Type.Object({
  product: Text,
  node: Type.String({ description: 'Version of the answering process' }),
  kafka: Type.String({ description: 'Release of the brokers, by their features' }),
  brokers: Type.Array(Text),
  schemas: Type.Array(
    Type.Object({
      subject: Text,
      id: Nullable(Type.Integer({ description: 'In the registry; null: not registered yet' })),
      problems: Problems,
    }),
  ),
})
