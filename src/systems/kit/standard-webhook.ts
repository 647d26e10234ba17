import { createHmac } from 'node:crypto'
import { equalTexts } from '../../platform/equal-texts.ts'
import type { ReceivedHook } from './webhook.ts'

/**
 * Whether a hook is signed as Standard Webhooks says: one of the `v1,…` signatures is the HMAC-SHA256 of
 * `id.timestamp.body`, and the time is no further off than the tolerance. All signatures are compared, so that the time it
 * takes tells nothing.
 */
export function isSignedWebhook(hook: ReceivedHook, secret: string, toleranceSeconds: number): boolean {
  const id = hook.header('webhook-id') ?? ''
  const timestamp = hook.header('webhook-timestamp') ?? ''
  const given = (hook.header('webhook-signature') ?? '').split(' ')
  const signed = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(hook.body).digest('base64')
  const matching = given.filter((signature) => equalTexts(signature, `v1,${signed}`))
  const seconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN
  return id !== '' && matching.length > 0 && Math.abs(hook.now / 1000 - seconds) <= toleranceSeconds
}
