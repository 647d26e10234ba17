import { StreamError } from '../../errors.ts'
import type { ConfiguredSystem } from '../kit/configured-system.ts'
import type { Magento2Settings } from './client.ts'
import type { Magento2Credentials } from './credentials.ts'

/** Throws `configuration_invalid`, naming what is missing. */
export function magento2Settings(system: ConfiguredSystem): Magento2Settings {
  return {
    baseUrl: system.address,
    credentials: credentials(system),
    storeCode: system.settings['storeCode'] ?? 'all',
    limits: system.limits,
  }
}

function credentials({ id, secrets }: ConfiguredSystem): Magento2Credentials {
  const { bearer, username, password, consumerKey, consumerSecret, accessToken, accessTokenSecret } = secrets
  if (consumerKey && consumerSecret && accessToken && accessTokenSecret) {
    return { consumerKey, consumerSecret, accessToken, accessTokenSecret }
  }
  if (bearer) return { bearer }
  if (username && password) return { username, password }
  const message =
    `system ${id} (magento2): secrets need consumerKey, consumerSecret, accessToken and accessTokenSecret, ` +
    'or bearer, or username and password'
  throw new StreamError('configuration_invalid', message, { field: 'secrets' })
}
