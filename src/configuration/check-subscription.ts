import { checkSecretsOwner, checkWebhook, namedNowhere } from './check-webhook.ts'
import type { Shaped, ShapedDocuments } from './shaped-documents.ts'
import type { Mistake } from './yaml-documents.ts'

/** Mistakes in a subscription's document. */
export function checkSubscription(subscription: Shaped<'subscription'>, documents: ShapedDocuments): Mistake[] {
  const { value, yaml } = subscription
  const { webhook, secrets, connections, shops } = value
  const unsigned = 'needs a webhook, since pulled events are not signed; remove it or add webhook'
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

/** Reports configured systems that are not the shop of a connection. */
function notShops({ value: { shops = [] }, yaml }: Shaped<'subscription'>, documents: ShapedDocuments): Mistake[] {
  if (documents.partial.has('connection')) return []
  const known = new Set(documents.connections.map(({ value }) => value.shop))
  const isSystem = (id: string) => documents.systems.some(({ value }) => value.id === id)
  return shops.flatMap((id, index) =>
    known.has(id) || !isSystem(id) ? [] : [yaml.mistake(['shops', index], `${id} is not the shop of a connection`)],
  )
}
