import { StreamError } from '../../errors.ts'
import type { Entity } from '../../events/topics.ts'
import { type HookKind, hookBody, hookId, isSignedWebhook } from '../kit/webhook.ts'
import { settings } from './settings.ts'

/** Beginning of a scope → what is to be read; the first that fits. Other scopes say nothing of what we read. */
const SCOPES: readonly (readonly [begins: RegExp, entities: readonly Entity[]])[] = [
  [/^store\/(product|sku)\/inventory\//, ['inventory']],
  [/^store\/inventory\//, ['inventory']],
  [/^store\/(order|shipment)\//, ['orders']],
  [/^store\/company\//, ['orders']],
  [/^store\/(category\/)?(product|sku)\//, ['products', 'images']],
]

/** One channel's scopes, or those of all (`*`), are the store's own behind it. */
const CHANNEL = /^store\/channel\/[^/]+\//

/**
 * BigCommerce's callbacks: a scope and an id, signed with the app's client secret. The libraries of Standard Webhooks are
 * given its base64 and take that apart again: the key is the secret itself.
 */
export const bigcommerceHook: HookKind = {
  verify(hook, secret, system) {
    const tolerance = settings.webhookTolerance.read(system?.settings['webhookTolerance'])
    return isSignedWebhook(hook, secret, tolerance.ok ? tolerance.value : 0)
  },
  understand(hook, system) {
    const { scope, hash, producer, created_at: createdAt } = hookBody(hook)
    const store = `stores/${system.settings['storeHash']}`
    // An app's secret is the same for every store that has it.
    if (producer !== store) {
      throw new StreamError('request_invalid', `producer must be ${store}, the store of ${system.id}`, {
        field: 'producer',
      })
    }
    const storeScope = String(scope).replace(CHANNEL, 'store/')
    const entities = SCOPES.find(([begins]) => begins.test(storeScope))?.[1] ?? []
    const reads = system.reads.filter(({ entity }) => entities.includes(entity)).map(({ id }) => id)
    // The same event has the same hash, however often it is sent; the id is that of one delivery. A later event may say the
    // very same, at its own time.
    const id = hookId(hash ?? hook.header('webhook-id'), 'hash')
    return { id: typeof createdAt === 'number' ? `${id} ${createdAt}` : id, reads }
  },
}
