import Type from 'typebox'
import { outgoingEventTypes } from './model.ts'
import { enabled, id, MOST_PARTS, signingSecrets, strict, webhookAddress } from './schema-parts.ts'

/** Who is sent which events of connections and shops. */
export const subscriptionSchema = Type.Object(
  {
    kind: Type.Literal('subscription'),
    enabled: enabled('it is sent nothing, and its events wait'),
    id: id('id of the subscription; no system or recipient has it'),
    webhook: Type.Optional(
      webhookAddress('address that events are posted to, signed by Standard Webhooks; without it, they are pulled'),
    ),
    secrets: Type.Optional(signingSecrets),
    connections: Type.Optional(
      Type.Array(id('id of a connection'), {
        minItems: 1,
        maxItems: MOST_PARTS,
        description: 'connections whose events it has; without connections and shops, it has all events',
      }),
    ),
    shops: Type.Optional(
      Type.Array(id('id of a system'), {
        minItems: 1,
        maxItems: MOST_PARTS,
        description:
          'shops: it has the events of all their connections, and of orders that failed before they were routed',
      }),
    ),
    events: Type.Optional(
      Type.Array(Type.Enum([...outgoingEventTypes]), {
        minItems: 1,
        maxItems: outgoingEventTypes.length,
        description: `types of events it has: ${outgoingEventTypes.join(', ')}; all by default`,
      }),
    ),
  },
  { ...strict, title: 'Subscription' },
)
