import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkConfiguration } from '../../../../src/configuration/load-configuration.ts'
import { systemTypes } from '../../../../src/systems/systems.ts'

const SHOP = `kind: system
id: magento
type: magento2
address: https://shop.example.com
secrets: { bearer: "env:WALDSTREAM_SECRET_MAGENTO__BEARER" }
reads:
  - { entity: orders, startFrom: 2026-01-01T00:00:00Z }
`

const TEMPLATE = `kind: vendor-template
id: netsuite
system:
  type: netsuite
  zone: America/Los_Angeles
  secrets:
    consumerKey: env:WALDSTREAM_SECRET_<VENDOR>__CONSUMER_KEY
    consumerSecret: env:WALDSTREAM_SECRET_<VENDOR>__CONSUMER_SECRET
    tokenId: env:WALDSTREAM_SECRET_<VENDOR>__TOKEN_ID
    tokenSecret: env:WALDSTREAM_SECRET_<VENDOR>__TOKEN_SECRET
  settings: { currency: USD }
  reads:
    - { entity: products, schedule: "*/10 * * * *" }
    - { entity: inventory, schedule: "*/5 * * * *" }
    - { entity: fulfilments, schedule: "*/5 * * * *" }
connections:
  - shop: magento
    reads: [magento.orders.all, <vendor>.products.all, <vendor>.inventory.all, <vendor>.fulfilments.all]
    ownership: { feed: true }
    attributes:
      - { attribute: name, from: name, required: true }
      - { attribute: price, from: price, type: decimal, required: true }
`

/** Six lines. */
const vendor = (id: string, account: number) => `kind: vendor
id: ${id}
template: netsuite
system:
  address: https://${account}.suitetalk.api.netsuite.com
  settings: { account: ${account} }
`

async function check(...documents: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'vendors-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [shop = '', template = '', ...vendors] = documents
  await writeFile(join(folder, 'shop.yaml'), shop)
  await writeFile(join(folder, 'template.yaml'), template)
  await writeFile(join(folder, 'vendors.yaml'), vendors.join('---\n'))
  const { configuration, mistakes } = await checkConfiguration(folder, {}, systemTypes)
  return { configuration, mistakes: mistakes.map((one) => ({ ...one, file: one.file.slice(folder.length + 1) })) }
}

describe('vendors by a template', () => {
  it('are a system, a connection and its mapping each, fifty of them six lines each', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `vendor-${index + 1}`)
    const { configuration, mistakes } = await check(
      SHOP,
      TEMPLATE,
      ...ids.map((id, index) => vendor(id, 1_000 + index)),
    )
    expect(mistakes).toEqual([])
    expect(configuration.systems).toHaveLength(51)
    expect(configuration.connections.map(({ id }) => id)).toEqual(ids.map((id) => `magento-${id}`))
    expect(configuration.metadata).toHaveLength(50)
    expect(configuration.systems.find(({ id }) => id === 'vendor-7')).toMatchObject({
      type: 'netsuite',
      address: 'https://1006.suitetalk.api.netsuite.com',
      zone: 'America/Los_Angeles',
      secrets: { tokenId: 'env:WALDSTREAM_SECRET_VENDOR_7__TOKEN_ID' },
      settings: { currency: 'USD', account: 1006 },
    })
    expect(configuration.connections[6]).toMatchObject({
      shop: 'magento',
      vendor: 'vendor-7',
      reads: ['magento.orders.all', 'vendor-7.products.all', 'vendor-7.inventory.all', 'vendor-7.fulfilments.all'],
    })
  })

  it('say what is otherwise with them: maps are merged, lists replaced, null takes away', async () => {
    const own = `${vendor('acme', 1)}connection:
  ownership: { feed: null, skuPattern: ^ACME- }
  orderMap: { shipMethods: { flatrate_flatrate: "1" } }
  attributes:
    - { attribute: name, from: name }
`
    const { configuration, mistakes } = await check(SHOP, TEMPLATE, own)
    expect(mistakes).toEqual([])
    expect(configuration.connections[0]).toMatchObject({
      ownership: { skuPattern: '^ACME-' },
      orderMap: { shipMethods: { flatrate_flatrate: '1' } },
    })
    expect(configuration.metadata[0]?.attributes.map(({ attribute }) => attribute)).toEqual(['name'])
  })

  it('of several shops have a connection with each', async () => {
    const second = SHOP.replace('id: magento', 'id: outlet').replace('MAGENTO', 'OUTLET')
    const both = `${TEMPLATE}  - shop: outlet
    reads: [outlet.orders.all, <vendor>.inventory.all]
    ownership: { skuPattern: "^<vendor>-" }
`
    const { configuration, mistakes } = await check(`${SHOP}---\n${second}`, both, vendor('acme', 1))
    expect(mistakes).toEqual([])
    expect(configuration.connections.map(({ id }) => id)).toEqual(['magento-acme', 'outlet-acme'])
    expect(configuration.connections[1]?.ownership).toEqual({ skuPattern: '^acme-' })
  })

  it('tell a mistake where it stands: of the template once, of a vendor at its line', async () => {
    const wrong = TEMPLATE.replace('zone: America/Los_Angeles', 'zone: America/Los_Angels')
    const { mistakes } = await check(
      SHOP,
      wrong,
      vendor('acme', 1),
      vendor('east', 2).replace('account: 2', 'acount: 2'),
      vendor('west', 3).replace('template: netsuite', 'template: netsuit'),
    )
    expect(mistakes.map(({ file, line, field }) => ({ file, line, field }))).toEqual([
      { file: 'template.yaml', line: 5, field: 'system.zone' },
      { file: 'vendors.yaml', line: 13, field: 'system.settings.acount' },
      { file: 'vendors.yaml', line: 13, field: 'system.settings.account' },
      { file: 'vendors.yaml', line: 17, field: 'template' },
    ])
    expect(mistakes[3]?.message).toBe('is not known; did you mean netsuite? known are: netsuite')
  })

  it('say what every vendor has to say: what is missing, and what is there twice', async () => {
    const without = 'kind: vendor\nid: acme\ntemplate: netsuite\n'
    const { mistakes } = await check(SHOP, TEMPLATE, without, vendor('east', 2), vendor('east', 3))
    const said = mistakes.map(({ line, field, message }) => `${line} ${field} ${message.split(';')[0]}`)
    const twice = expect.stringMatching(/^13 id is given twice: the other is at .*vendors\.yaml:6$/)
    expect(said).toEqual(['1 system.address is missing', '1 system.settings.account is missing', twice])
  })

  it('of a folder without a template say how to begin', async () => {
    const { mistakes } = await check(SHOP, SHOP.replace('magento', 'other'), vendor('acme', 1))
    expect(mistakes.map(({ message }) => message)).toContain(
      'does not exist: the folder has no vendor-template; add one',
    )
  })
})
