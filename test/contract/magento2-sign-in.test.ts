import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { magentoAdmin, magentoBearerToken } from '../../simulators/magento2/authorization.ts'
import { integration, startTestShop, type TestShop } from '../worlds/magento2.ts'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ orders: 3 })
})
beforeEach(async () => await shop.reset())
afterAll(async () => await shop.close())

const anOrder = { filters: [], sort: ['entity_id'], limit: 1 }
const signIns = async () => (await shop.requests()).filter((request) => request.endsWith('/integration/admin/token'))

describe('an integration', () => {
  it('signs each call', async () => {
    await expect(shop.client.findOrders(anOrder)).resolves.toMatchObject({ total: 3 })
    await expect(shop.client.check()).resolves.toMatchObject({ date: expect.any(Number) })
  })

  it('that lacks a permission is told which', async () => {
    await shop.switch({ denied: ['Magento_Sales::actions_view'] })
    await expect(shop.client.findOrders(anOrder)).rejects.toMatchObject({
      code: 'permission_missing',
      message: expect.stringContaining('Magento_Sales::actions_view'),
    })
  })

  it('whose secrets are wrong is told so', async () => {
    const client = shop.clientWith({ ...integration, consumerSecret: 'wrong' })
    await expect(client.findOrders(anOrder)).rejects.toMatchObject({ code: 'credentials_refused' })
  })
})

describe('an integration’s token as bearer', () => {
  const client = () => shop.clientWith({ bearer: magentoBearerToken })

  it('serves where the shop allows it', async () => {
    await shop.switch({ integrationAsBearer: true })
    await expect(client().findOrders(anOrder)).resolves.toMatchObject({ total: 3 })
  })

  it('is told apart from a missing permission where the shop does not', async () => {
    const refused = await client()
      .findOrders(anOrder)
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'credentials_refused' })
    expect(String(refused)).toContain('enable_integration_as_bearer')
    expect(String(refused)).not.toContain(magentoBearerToken)
  })

  it('that lacks one permission is told which, also in its very first call', async () => {
    await shop.switch({ integrationAsBearer: true, denied: ['Magento_Sales::actions_view'] })
    const refused = await client()
      .findOrders(anOrder)
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'permission_missing' })
    expect(String(refused)).not.toContain('enable_integration_as_bearer')
  })
})

describe('an administrator', () => {
  it('signs in once for calls that begin together', async () => {
    const client = shop.clientWith(magentoAdmin)
    await Promise.all(Array.from({ length: 6 }, () => client.for('inventory').findOrders(anOrder)))
    expect(await signIns()).toHaveLength(1)
  })

  it('signs in again, once, for calls that are refused together', async () => {
    const client = shop.clientWith(magentoAdmin)
    await client.findOrders(anOrder)
    await shop.control('/_sim/end-admin-tokens', {})
    const found = await Promise.all(Array.from({ length: 6 }, () => client.findOrders(anOrder)))
    expect(found).toHaveLength(6)
    expect(await signIns()).toHaveLength(2)
  })

  it('who lacks a permission is told which, after one more sign-in', async () => {
    await shop.switch({ denied: ['Magento_Sales::actions_view'] })
    const client = shop.clientWith(magentoAdmin)
    await expect(client.findOrders(anOrder)).rejects.toMatchObject({ code: 'permission_missing' })
    expect(await signIns()).toHaveLength(2)
  })

  it('with a wrong password is asked once, and a later call asks again', async () => {
    const client = shop.clientWith({ ...magentoAdmin, password: 'wrong' })
    const refused = await client.findOrders(anOrder).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'credentials_refused' })
    expect(String(refused)).not.toContain('wrong')
    expect(await signIns()).toHaveLength(1)
    await expect(client.findOrders(anOrder)).rejects.toMatchObject({ code: 'credentials_refused' })
    expect(await signIns()).toHaveLength(2)
  })

  it('of whom a second factor is asked is told the way out', async () => {
    await shop.switch({ twoFactor: true })
    await expect(shop.clientWith(magentoAdmin).findOrders(anOrder)).rejects.toMatchObject({
      code: 'credentials_refused',
      message: expect.stringMatching(/two-factor.*integration/),
    })
  })

  it('whose sign-in gets no answer is asked again by the next call', async () => {
    const client = shop.clientWith(magentoAdmin)
    await shop.faults({ path: '/integration/admin/token', kind: 'close', times: 1 })
    await expect(client.findOrders(anOrder)).rejects.toMatchObject({ code: 'target_unavailable' })
    await expect(client.findOrders(anOrder)).resolves.toMatchObject({ total: 3 })
  })
})
