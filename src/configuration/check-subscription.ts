import { checkSecretsOwner, checkWebhook, namedNowhere } from './check-webhook.ts'
import type { Shaped, ShapedDocuments } from './shaped-documents.ts'
import type { Mistake } from './yaml-documents.ts'

/** What a subscription's document says that can't be. */
export function checkSubscription(subscription: Shaped<'subscription'>, documents: ShapedDocuments): Mistake[] {
  const { value, yaml } = subscription
  const { webhook, secrets, connections, shops } = value
  const unsigned = 'is for a webhook; events that are pulled are not signed: remove it'
  return [
    ...(webhook === undefined && secrets !== undefined ? [yaml.mistake(['secrets'], unsigned)] : []),
    ...checkWebhook(subscription),
    ...checkSecretsOwner(subscription, { others: documents.systems, what: 'system' }),
    ...checkSecretsOwner(subscription, { others: documents.recipients, what: 'recipient' }),
    ...namedNowhere(
      subscription,
      [
        ['connections', 'connection', connections],
        ['shops', 'system', shops],
      ],
      documents,
    ),
    ...notShops(subscription, documents),
  ]
}

/** Systems that are configured and no connection's shop. */
function notShops({ value: { shops = [] }, yaml }: Shaped<'subscription'>, documents: ShapedDocuments): Mistake[] {
  if (documents.partial.has('connection')) return []
  const known = new Set(documents.connections.map(({ value }) => value.shop))
  const isSystem = (id: string) => documents.systems.some(({ value }) => value.id === id)
  return shops.flatMap((id, index) =>
    known.has(id) || !isSystem(id) ? [] : [yaml.mistake(['shops', index], `${id} is the shop of no connection`)],
  )
}
