import { type Static, type TSchema, Type } from 'typebox'
import type { SubscriptionStatus } from '../../operations/outgoing/subscription-status.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const Texts = (description: string) => Nullable(Type.Array(Text, { description }))

/** Status of a subscription. */
export const SubscriptionAnswer = Type.Object({
  subscription: Text,
  by: Type.Enum(['webhook', 'pull']),
  enabled: Type.Boolean({ description: 'False: its document disables it' }),
  events: Texts('Types of events; null: all'),
  connections: Texts('Connections; null and shops null: all'),
  shops: Texts('Shops; events of all their connections are sent'),
  state: Type.Enum(['ok', 'off', 'pulled', 'failing', 'paused']),
  reached_at: Nullable(Type.String({ description: 'All events before it were acknowledged' })),
  cursor: Nullable(Type.String({ description: 'Current cursor: a replay or a pull may start there' })),
  lag: Type.Integer({ description: 'Seconds since the first unacknowledged event; 0: all are acknowledged' }),
  last_sent_at: Nullable(Text),
  paused_at: Nullable(
    Type.String({ description: 'When it was paused after failing for days; sends no events until it is resumed' }),
  ),
  failing: Nullable(
    Type.Object(
      {
        since: Text,
        code: Text,
        message: Text,
        attempts: Type.Integer({ description: 'Failed attempts since the last successful one' }),
        next_try: Nullable(Text),
        fix: Text,
      },
      { description: 'Null: the last attempt succeeded, or there was no attempt' },
    ),
  ),
})

export function toSubscription(status: SubscriptionStatus): Static<typeof SubscriptionAnswer> {
  const copied = (list: readonly string[] | null) => (list === null ? null : [...list])
  const { events, connections, shops } = status
  return { ...status, events: copied(events), connections: copied(connections), shops: copied(shops) }
}
