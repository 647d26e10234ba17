import { expect, it } from 'vitest'
import { apiFixture } from '../../worlds/api-fixture.ts'

/** Entry 1 of the attacks: whoever may change configuration reads no variable and no file of the process. */
const shop = { type: 'magento2', address: 'https://shop.example', secrets: { bearer: 'env:SHOP_TOKEN' } }
const erp = {
  type: 'sap-b1',
  address: 'https://erp.example',
  secrets: { username: 'env:ERP_USER', password: 'env:ERP_PASSWORD' },
  settings: { companyDb: 'X', customers: 'fixed', cardCode: 'C' },
}

it.each(['env:API_TOKEN', 'env:PATH', 'file:/proc/self/environ', 'file:/etc/hostname', 'file:pattern.txt', 'env:SHOP'])(
  'looks up nothing for a pattern or an address: %s',
  async (text) => {
    const api = apiFixture()
    await api.send('PUT', '/v1/systems/shop', shop)
    await api.send('PUT', '/v1/systems/erp', erp)
    const leak = { shop: 'shop', vendor: 'erp', reads: [], ownership: { skuPattern: text } }
    const put = await api.send('PUT', '/v1/connections/leak', leak)
    expect(put).toMatchObject({ status: 400, json: { code: 'request_invalid', field: 'ownership.skuPattern' } })
    expect(put.json.detail).toContain('references to this machine are allowed only in secrets')
    expect((await api.get('/v1/connections/leak')).status).toBe(404)
    const addressed = await api.send('PUT', '/v1/systems/leak', { ...shop, address: text })
    expect(addressed).toMatchObject({ status: 400, json: { field: 'address' } })
    expect(JSON.stringify((await api.get('/v1/configuration-changes')).json)).not.toContain('leak')
  },
)

it.each(['env:AWS_SECRET_ACCESS_KEY', 'env:API_TOKEN', 'file:/proc/self/environ'])(
  'takes no such secret, of no type of system: %s',
  async (text) => {
    const api = apiFixture()
    const feed = { type: 'image-feed', address: 'https://attacker.example', secrets: { 'header.X': text } }
    expect(await api.send('PUT', '/v1/systems/feed', feed)).toMatchObject({
      status: 400,
      json: { field: 'secrets.header.X', detail: expect.stringContaining('which no system may use') },
    })
    expect(
      (await api.send('PUT', '/v1/systems/s', { ...shop, secrets: { ...shop.secrets, webhook: text } })).status,
    ).toBe(400)
  },
)
