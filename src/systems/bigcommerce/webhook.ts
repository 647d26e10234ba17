import { StreamError } from '../../errors.ts'
import type { Entity } from '../../events/topics.ts'
import { type HookKind, hookBody, hookId, isSignedWebhook } from '../kit/webhook.ts'
import { settings } from './settings.ts'

/** Prefix of a scope → entities to read; the first match counts. Other scopes do not affect what is read. */
const SCOPES: readonly (readonly [begins: RegExp, entities: readonly Entity[]])[] = [
  [/^store\/(product|sku)\/inventory\//, ['inventory']],
  [/^store\/inventory\//, ['inventory']],
  [/^store\/(order|shipment)\//, ['orders']],
  [/^store\/company\//, ['orders']],
  [/^store\/(category\/)?(product|sku)\//, ['products', 'images']],
]

/** Scopes of one channel or of all (`*`) have this prefix before the store's own scope. */
const CHANNEL = /^store\/channel\/[^/]+\//

/**
 * BigCommerce's webhooks: a scope and an id, signed with the app's client secret. The key is the secret itself;
 * Standard Webhooks libraries, which decode a base64 key, are given its base64.
 */
export const bigcommerceHook: HookKind = {
  verify(hook, secret, system) {
    const tolerance = settings.webhookTolerance.read(system?.settings['webhookTolerance'])
    return isSignedWebhook(hook, secret, tolerance.ok ? tolerance.value : 0)
  },
  understand(hook, system) {
    const { scope, hash, producer, created_at: createdAt } = hookBody(hook)
    const store = `stores/${system.settings['storeHash']}`
    // An app's secret is the same for every store that uses it.
    if (producer !== store) {
      throw new StreamError('request_invalid', `producer must be ${store}, the store of ${system.id}`, {
        field: 'producer',
      })
    }
    const storeScope = String(scope).replace(CHANNEL, 'store/')
    const entities = SCOPES.find(([begins]) => begins.test(storeScope))?.[1] ?? []
    const reads = system.reads.filter(({ entity }) => entities.includes(entity)).map(({ id }) => id)
    // A repeated event has the same hash, while the webhook id belongs to one delivery. A later event may have the same
    // content, so its time is included.
    const id = hookId(hash ?? hook.header('webhook-id'), 'hash')
    return { id: typeof createdAt === 'number' ? `${id} ${createdAt}` : id, reads }
  },
}
