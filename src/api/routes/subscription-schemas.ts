import { type Static, type TSchema, Type } from 'typebox'
import type { SubscriptionStatus } from '../../operations/outgoing/subscription-status.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const Texts = (description: string) => Nullable(Type.Array(Text, { description }))

/** How a subscription is doing. */
export const SubscriptionAnswer = Type.Object({
  subscription: Text,
  by: Type.Enum(['webhook', 'pull']),
  enabled: Type.Boolean({ description: 'False: its document switches it off' }),
  events: Texts('Types of events; null: all'),
  connections: Texts('Null where shops is null, too: all'),
  shops: Texts('Shops of whose connections it has all'),
  state: Type.Enum(['ok', 'off', 'pulled', 'failing', 'paused']),
  reached_at: Nullable(Type.String({ description: 'All events before it were acknowledged' })),
  cursor: Nullable(Type.String({ description: 'Where it is: a replay or a pull may begin there' })),
  lag: Type.Integer({ description: 'Seconds since the first event that is not acknowledged; 0: there is none' }),
  last_sent_at: Nullable(Text),
  paused_at: Nullable(Type.String({ description: 'It failed for days, and is sent nothing until it is resumed' })),
  failing: Nullable(
    Type.Object(
      {
        since: Text,
        code: Text,
        message: Text,
        attempts: Type.Integer({ description: 'That failed since one did not' }),
        next_try: Nullable(Text),
        fix: Text,
      },
      { description: 'Null: the last attempt did not fail, or there was none' },
    ),
  ),
})

export function toSubscription(status: SubscriptionStatus): Static<typeof SubscriptionAnswer> {
  const copied = (list: readonly string[] | null) => (list === null ? null : [...list])
  const { events, connections, shops } = status
  return { ...status, events: copied(events), connections: copied(connections), shops: copied(shops) }
}
