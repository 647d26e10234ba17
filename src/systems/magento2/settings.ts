import { StreamError } from '../../errors.ts'
import type { CallLimits } from '../../platform/governor/governor.ts'
import type { Magento2Settings } from './client.ts'
import type { Magento2Credentials } from './credentials.ts'

/** What is configured of a Magento 2 system, with its address and secrets resolved. */
export interface ConfiguredMagento2 {
  readonly id: string
  readonly address: string
  readonly secrets: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, string>>
  readonly limits: CallLimits
}

/** Throws `configuration_invalid`, naming what is missing. */
export function magento2Settings(system: ConfiguredMagento2): Magento2Settings {
  return {
    baseUrl: system.address,
    credentials: credentials(system),
    storeCode: system.settings['storeCode'] ?? 'all',
    limits: system.limits,
  }
}

function credentials({ id, secrets }: ConfiguredMagento2): Magento2Credentials {
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
