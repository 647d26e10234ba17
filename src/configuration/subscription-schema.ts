import Type from 'typebox'
import { outgoingEventTypes } from './model.ts'
import { enabled, filledList, id, idList, signingSecrets, strict, webhookAddress } from './schema-parts.ts'

/** A subscription: which events of connections and shops are sent where. */
export const subscriptionSchema = Type.Object(
  {
    kind: Type.Literal('subscription'),
    enabled: enabled('no events are sent; they wait'),
    id: id('id of the subscription; no system or recipient may have the same id'),
    webhook: Type.Optional(
      webhookAddress('URL that events are posted to, signed as in Standard Webhooks; without it, events are pulled'),
    ),
    secrets: Type.Optional(signingSecrets),
    connections: idList(
      'connection',
      'connections whose events are sent; without connections and shops, all events are sent',
    ),
    shops: idList(
      'system',
      'shops; events of all their connections are sent, and of orders that failed before they were routed',
    ),
    events: Type.Optional(
      filledList(
        Type.Enum([...outgoingEventTypes]),
        outgoingEventTypes.length,
        `types of events to send: ${outgoingEventTypes.join(', ')}; all by default`,
      ),
    ),
  },
  { ...strict, title: 'Subscription' },
)
