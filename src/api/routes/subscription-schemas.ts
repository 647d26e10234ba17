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
  state: Type.Enum(['ok', 'off', 'pulled', 'refusing', 'failing', 'paused']),
  reached_at: Nullable(Type.String({ description: 'All events before it were acknowledged, or are refused' })),
  cursor: Nullable(Type.String({ description: 'Current cursor: a replay or a pull may start there' })),
  lag: Type.Integer({ description: 'Seconds since the first unacknowledged event; 0: all are acknowledged' }),
  last_sent_at: Nullable(Text),
  paused_at: Nullable(
    Type.String({ description: 'When it was paused after failing for days; sends no events until it is resumed' }),
  ),
  refused: Type.Array(
    Type.Object({
      about: Type.String({ description: 'Its order or stock' }),
      event: Type.String({ description: 'Its id: the webhook-id. A request to skip it names it' }),
      type: Text,
      since: Text,
      attempts: Type.Integer(),
      next_try: Nullable(Type.String({ description: 'Null: it was refused for days and waits for a person' })),
      code: Text,
      message: Text,
      waiting: Type.Integer({ description: 'Events of the same order or SKU that wait, including itself' }),
    }),
    { description: 'Events that the receiver refuses; others are sent meanwhile' },
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
      { description: 'Null: all attempts succeeded, or there was no attempt' },
    ),
  ),
})

export function toSubscription(status: SubscriptionStatus): Static<typeof SubscriptionAnswer> {
  const copied = (list: readonly string[] | null) => (list === null ? null : [...list])
  const { events, connections, shops, refused } = status
  return {
    ...status,
    refused: [...refused],
    events: copied(events),
    connections: copied(connections),
    shops: copied(shops),
  }
}
