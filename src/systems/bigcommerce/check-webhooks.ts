import { StreamError } from '../../errors.ts'
import type { HttpAnswer } from '../../platform/http.ts'
import { textOf, wireOf, wiresOf } from '../kit/wire.ts'

/** Problems of this API account's webhooks, in words; empty if the account may not list them. */
export async function webhookWarnings(get: (path: string) => Promise<HttpAnswer>): Promise<readonly string[]> {
  try {
    const { json } = await get('/v3/hooks?limit=250')
    return wiresOf(wireOf(json)['data'])
      .filter((hook) => hook['is_active'] === false)
      .map((hook) => {
        const name = `webhook ${textOf(hook['id'])} (${textOf(hook['scope'])})`
        return `${name} is switched off, which BigCommerce does after 48 hours without a 2xx; switch it on with PUT /v3/hooks/${textOf(hook['id'])} {"is_active": true}`
      })
  } catch (error) {
    if (error instanceof StreamError && (error.code === 'permission_missing' || error.code === 'not_found')) return []
    throw error
  }
}
