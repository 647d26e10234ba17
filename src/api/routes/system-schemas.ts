import { type TSchema, Type } from 'typebox'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const Count = Type.Integer()

const Problems = Type.Array(
  Type.Object({ message: Text, fix: Nullable(Type.String({ description: 'What to do; null: the message says it' })) }),
  { description: 'What is not as it should be' },
)

export const ProcessList = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String({ description: 'Made when it starts; it names no machine' }),
      roles: Type.Array(Text),
      version: Text,
      node: Text,
      started_at: Text,
      beat_at: Type.String({ description: 'When it was last heard of; it writes once a minute' }),
      state: Type.Enum(['running', 'silent'], {
        description: 'silent: not heard of for three minutes, and not ended in order',
      }),
    }),
  ),
})

const Lag = Type.Integer({ description: 'Records that are not handled yet' })
const Oldest = Nullable(
  Type.String({ description: 'When the oldest of them was appended; null: there is none, or it was not looked at' }),
)

export const ConsumerList = Type.Object({
  items: Type.Array(
    Type.Object({
      group: Text,
      state: Type.String({ description: 'As the broker calls it: Stable, Empty, PreparingRebalance' }),
      members: Type.Array(Type.Object({ id: Text, partitions: Count })),
      lag: Lag,
      oldest_at: Oldest,
      topics: Type.Array(Type.Object({ topic: Text, partitions: Count, lag: Lag, oldest_at: Oldest })),
    }),
  ),
  complete: Type.Boolean({ description: 'False: there are more groups than were looked at' }),
})

export const TopicList = Type.Object({
  items: Type.Array(
    Type.Object({
      topic: Text,
      partitions: Type.Integer({ description: '0: it is not there yet' }),
      replication: Count,
      retention_ms: Nullable(Type.String({ description: '-1: for ever' })),
      records: Type.Integer({ description: 'By the offsets of its beginning and end' }),
      problems: Problems,
    }),
  ),
})

export const TableList = Type.Object({
  items: Type.Array(
    Type.Object({
      name: Text,
      status: Nullable(Type.String({ description: 'As DynamoDB calls it; null: it is not there yet' })),
      items: Nullable(Type.Integer({ description: 'As DynamoDB counts them every six hours' })),
      bytes: Nullable(Count),
      billing: Nullable(Type.Enum(['on demand', 'provisioned'])),
      point_in_time_recovery: Nullable(Type.Boolean({ description: 'null: not known, or not allowed to be asked' })),
      expires: Nullable(
        Type.String({ description: 'Attribute by which items go; null: none does, or it is not known' }),
      ),
      problem: Nullable(
        Type.Enum(['missing', 'keys', 'expiry'], {
          description:
            'missing: a role makes it when it starts; keys: others than it should have; expiry: items do not go',
        }),
      ),
    }),
  ),
})

export const VersionsAnswer = Type.Object({
  product: Text,
  node: Type.String({ description: 'Of the process that answers' }),
  kafka: Type.String({ description: 'Releases that know what the brokers know' }),
  brokers: Type.Array(Text),
  schemas: Type.Array(
    Type.Object({
      subject: Text,
      id: Nullable(Type.Integer({ description: 'In the registry; null: not registered yet' })),
      problems: Problems,
    }),
  ),
})
