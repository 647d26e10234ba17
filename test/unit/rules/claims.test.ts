import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { checkConfiguration } from '../../../src/configuration/load-configuration.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { anySecrets } from '../../data/any-secrets.ts'

const systems = `kind: system
id: shop
type: magento2
address: https://shop.example
secrets: { bearer: env:TOKEN }
reads:
  - { entity: orders, startFrom: 2026-01-01T00:00:00Z }
---
kind: system
id: erp
type: netsuite
address: https://x.example
secrets: { consumerKey: env:A, consumerSecret: env:B, tokenId: env:C, tokenSecret: env:D }
settings: { account: '1' }
reads:
  - { entity: products }
`

const connection = (id: string, ownership: string, reads = '') => `---
kind: connection
id: ${id}
shop: shop
vendor: erp
reads: [shop.orders.all${reads}]
ownership: ${ownership}
`
const metadata = (id: string, attribute: string) => `---
kind: product-metadata
connection: ${id}
attributes:
  - { attribute: ${attribute}, from: name }
`
const withProducts = (id: string, ownership: string, attribute = 'name') =>
  connection(id, ownership, ', erp.products.all') + metadata(id, attribute)

async function mistakesOf(text: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'a.yaml'), systems + text)
  const { mistakes } = await checkConfiguration(
    folder,
    { ...anySecrets, CONFIG_ENV_NAMES: 'PATTERN', PATTERN: '^A-' },
    systemTypes,
  )
  return mistakes.map(({ field, message }) => `${field} ${message}`)
}

it.each([
  [
    'two patterns that are equal',
    '{ skuPattern: ^A- }',
    '{ skuPattern: ^A- }',
    /skuPattern every SKU of it is claimed by a/,
  ],
  ['equal behind a reference', '{ skuPattern: ^A- }', '{ skuPattern: env:PATTERN }', /every SKU of it is claimed by a/],
  ['a SKU in two lists', '{ skus: [X, A-1] }', '{ skus: [A-1, Y] }', /skus SKU A-1 is claimed by a/],
  ['a SKU in a list and a pattern', '{ skuPattern: ^A- }', '{ skus: [A-1, A-2, B-1] }', /SKU A-1, A-2 is claimed/],
  [
    'a pattern and a SKU in a list',
    '{ skus: [A-1] }',
    '{ skuPattern: ^A- }',
    /ownership.skuPattern SKU A-1 is claimed/,
  ],
])('%s are found before anything runs', async (_what, a, b, message) => {
  const mistakes = await mistakesOf(connection('a', a) + connection('b', b))
  expect(mistakes).toEqual([expect.stringMatching(message)])
})

it('one feed for two connections of a shop is found', async () => {
  const mistakes = await mistakesOf(withProducts('a', '{ feed: true }') + withProducts('b', '{ feed: true }'))
  expect(mistakes).toEqual([expect.stringMatching(/feed every SKU of the feed is claimed by a too/)])
})

it('what the products alone can tell is left to them', async () => {
  const b = withProducts('b', '{ attribute: { name: brand, values: [Acme] } }', 'brand')
  expect(await mistakesOf(connection('a', '{ skus: [A-1] }') + b)).toEqual([])
})

it.each([
  [
    'an attribute no rule gives',
    withProducts('a', '{ manufacturer: [Acme] }'),
    /needs the attribute manufacturer, which no rule/,
  ],
  [
    'products that are not read',
    connection('a', '{ feed: true }'),
    /depends on the vendor's products, which .* add erp.products.all/,
  ],
  ['nothing', connection('a', '{}'), /^ownership has no field; give exactly one of/],
])('ownership by %s is refused', async (_what, text, message) => {
  expect(await mistakesOf(text)).toEqual([expect.stringMatching(message)])
})
