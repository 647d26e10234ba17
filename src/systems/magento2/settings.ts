import { flag, possiblyEmptyText, setting, text, type ValuesOf, whole } from '../../configuration/setting.ts'
import { StreamError } from '../../errors.ts'
import type { ConnectableSystem } from '../kit/configured-system.ts'
import type { Magento2Settings } from './client.ts'
import type { Magento2Credentials } from './credentials.ts'
import type { ImsCredentials } from './ims-tokens.ts'

export const settings = {
  storeCode: setting(possiblyEmptyText('a store code, or an empty text'), {
    default: 'all',
    description: 'store code, sent in the path, or in the header Store for Commerce as a Cloud Service',
  }),
  storeView: setting(text({ expected: 'the code of a store view' }), {
    default: 'default',
    description: 'store view whose media address, currency and weight unit are used',
  }),
  importedMediaPrefix: setting(text({ pattern: /[\w-]+/, expected: 'letters, digits, _ and -' }), {
    default: 'ws-',
    description: "prefix of files from Waldstream's feed: they are not read back, and only these files are changed",
  }),
  attributeSet: setting(whole({ minimum: 1, maximum: 1_000_000 }), {
    default: 4,
    description: "id of the attribute set of new products (4 is Magento's Default)",
  }),
  imsOrganization: setting(
    text({ pattern: /[^\s@]+@AdobeOrg/, expected: 'the id of an organization, such as ABC@AdobeOrg' }),
    {
      description: "organization of Commerce as a Cloud Service, in Adobe's Developer Console",
    },
  ),
  imsAddress: setting(text({ pattern: /https?:\/\/\S+/, expected: 'an http(s) address' }), {
    default: 'https://ims-na1.adobelogin.com',
    description: "address of Adobe's identity service",
  }),
  imsScopes: setting(text({ expected: 'scopes, separated by commas' }), {
    default: 'openid,AdobeID,email,profile,additional_info.roles,additional_info.projectedProductContext,commerce.accs',
    description: 'scopes of its access tokens',
  }),
  allowPrivateAddresses: setting(flag, {
    default: false,
    description: 'no longer has an effect: the operator allows private networks (ALLOWED_PRIVATE_NETWORKS)',
  }),
}

export type Magento2Values = ValuesOf<typeof settings>

export const secrets = {
  ways: [
    {
      consumerKey: 'consumer key of an integration (recommended)',
      consumerSecret: 'its consumer secret',
      accessToken: 'its access token',
      accessTokenSecret: 'its access token secret',
    },
    { bearer: "only an integration's access token, if the shop allows it" },
    { username: "an administrator's name", password: "the administrator's password" },
    {
      clientId: 'client id of an OAuth server-to-server credential: Commerce as a Cloud Service',
      clientSecret: 'its client secret',
    },
  ],
}

/** Throws `configuration_invalid` with the missing secrets or setting. */
export function clientSettings(system: ConnectableSystem<Magento2Values>): Magento2Settings {
  return {
    baseUrl: system.address,
    credentials: credentials(system),
    storeCode: system.settings.storeCode,
    limits: system.limits,
  }
}

function credentials(system: ConnectableSystem<Magento2Values>): Magento2Credentials {
  const { id, secrets: given } = system
  const { bearer, username, password, consumerKey, consumerSecret, accessToken, accessTokenSecret } = given
  if (consumerKey && consumerSecret && accessToken && accessTokenSecret) {
    return { consumerKey, consumerSecret, accessToken, accessTokenSecret }
  }
  if (bearer) return { bearer }
  if (username && password) return { username, password }
  const { clientId, clientSecret } = given
  if (clientId && clientSecret) return imsCredentials(system, { clientId, clientSecret })
  const message =
    `system ${id} (magento2): secrets need consumerKey, consumerSecret, accessToken and accessTokenSecret, ` +
    'or bearer, or username and password, or clientId and clientSecret'
  throw new StreamError('configuration_invalid', message, { field: 'secrets' })
}

function imsCredentials(
  {
    id,
    settings: { imsOrganization: organization, imsAddress, imsScopes: scopes, storeCode: store },
  }: ConnectableSystem<Magento2Values>,
  secrets: Pick<ImsCredentials, 'clientId' | 'clientSecret'>,
): ImsCredentials {
  if (organization !== null) return { ...secrets, organization, imsAddress, scopes, store }
  const message = `system ${id} (magento2): settings.imsOrganization is missing; it is required with clientId and clientSecret`
  throw new StreamError('configuration_invalid', message, { field: 'settings.imsOrganization' })
}
