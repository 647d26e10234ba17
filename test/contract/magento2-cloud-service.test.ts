// Commerce as a Cloud Service was said to be supported, and has no integrations: it takes tokens of Adobe's identity service alone.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { imsCredentials } from '../../simulators/magento2/ims.ts'
import type { Magento2Client } from '../../src/systems/magento2/client.ts'
import { clientSettings, settings as declared } from '../../src/systems/magento2/settings.ts'
import { startTestShop, type TestShop } from '../worlds/magento2.ts'
import { connectable, valuesOf } from '../worlds/settings.ts'
import { readAll } from '../worlds/sources.ts'

const { clientId, clientSecret, organization, tenant } = imsCredentials
const search = { filters: [], sort: ['entity_id'], limit: 1 }

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ orders: 5 })
})
beforeEach(async () => await shop.reset())
afterAll(async () => await shop.close())

const ims = (more: object = {}) => ({
  clientId,
  clientSecret,
  organization,
  imsAddress: shop.url,
  scopes: valuesOf(declared, {}).imsScopes,
  store: 'all',
  ...more,
})
const cloud = (more: object = {}): Magento2Client => shop.clientWith(ims(more), { baseUrl: `${shop.url}/${tenant}` })
const tokensAsked = async () => (await shop.requests()).filter((request) => request.endsWith('/ims/token/v3')).length

describe('Commerce as a Cloud Service', () => {
  it('is read and written with a token that is asked for once, and with the headers that it wants', async () => {
    const client = cloud()
    expect(await client.findOrders(search)).toMatchObject({ total: 5 })
    expect((await client.check()).warnings).toEqual([])
    const item = { sku: 'WLD-K03', source_code: 'default', quantity: 3, status: 1 }
    await client.saveSourceItems([item])
    await client.bulkWriter('/inventory/source-items')('a', { sourceItems: [item] }, AbortSignal.timeout(10_000))
    expect(await tokensAsked()).toBe(1)
  })

  it('gets another token when one has ended', async () => {
    const client = cloud()
    await client.findOrders(search)
    await shop.control('/_sim/end-admin-tokens', {})
    expect(await client.findOrders(search)).toMatchObject({ total: 5 })
    expect(await tokensAsked()).toBe(2)
  })

  it.each([
    [{ clientSecret: 'wrong' }, 'credentials_refused', /invalid_client.*clientSecret/],
    [{ scopes: 'openid' }, 'credentials_refused', /invalid_scope.*imsScopes/],
    [{ organization: 'other@AdobeOrg' }, 'credentials_refused', /Profile is not valid/],
    [{ store: 'nowhere' }, 'not_found', /store that was requested/],
  ])('says what is wrong with %j', async (wrong, code, message) => {
    await expect(cloud(wrong).findOrders(search)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })

  it('names a resource that is missing, without asking for tokens for it', async () => {
    await shop.switch({ denied: ['Magento_Sales::actions_view'] })
    const client = cloud()
    await expect(client.findOrders(search)).rejects.toMatchObject({ code: 'permission_missing' })
    await expect(client.findOrders(search)).rejects.toMatchObject({ code: 'permission_missing' })
    expect(await tokensAsked()).toBe(1)
  })

  it('is configured by the secrets of the credential and the organization', async () => {
    const secrets = { clientId, clientSecret }
    const system = { ...shop.system(), secrets, settings: { imsOrganization: organization, imsAddress: shop.url } }
    const of = clientSettings(connectable(declared, system))
    expect(of.credentials).toEqual(ims())
    const bare = connectable(declared, { ...system, settings: {} })
    expect(() => clientSettings(bare)).toThrow(/settings\.imsOrganization is missing/)
    const { reader } = shop
    const { entities } = await readAll(
      reader('orders', 3, {
        address: `${shop.url}/${tenant}`,
        settings: system.settings,
        secrets: { clientId: 'env:clientId', clientSecret: 'env:clientSecret' },
      }),
    )
    expect(entities).toHaveLength(5)
  })
})
