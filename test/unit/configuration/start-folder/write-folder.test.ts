import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkConfiguration } from '../../../../src/configuration/load-configuration.ts'
import {
  requiredSettings,
  type StartingSystem,
  shopTypes,
  vendorTypes,
} from '../../../../src/configuration/start-folder/starting-point.ts'
import { startingFolder } from '../../../../src/configuration/start-folder/write-folder.ts'
import type { SystemType } from '../../../../src/configuration/system-type.ts'
import { runMappingTest } from '../../../../src/operations/run-mapping-test.ts'
import { systemTypes } from '../../../../src/systems/systems.ts'

/** Values that every required setting of a type takes. */
const VALUES: Readonly<Record<string, string>> = {
  account: '1234567',
  companyDb: 'SBODEMOUS',
  storeHash: 'abc123',
  seller: 'Maple Street',
}

function system(id: string, type: SystemType, way: readonly string[]): StartingSystem {
  const settings = Object.fromEntries(requiredSettings(type).map((name) => [name, VALUES[name] ?? '']))
  const addresses = [`https://${id}.example.com`, `sftp://${id}.example.com/out`, `mailto:orders@${id}.example.com`]
  const address = addresses.find((one) => type.addressProblem(one) === null) ?? ''
  return { id, type, address, secrets: way, settings }
}

const waysOf = ({ secrets }: SystemType) => secrets.ways.map((way) => Object.keys(way))

/** Whether a feed can say which SKUs the vendor owns. */
const hasProducts = ({ reads }: SystemType) => reads.products !== undefined

const pairs = shopTypes(systemTypes).flatMap((shop) =>
  vendorTypes(systemTypes).flatMap((vendor) =>
    [...(hasProducts(vendor) ? [null] : []), '^VENDOR-', '^ACME-'].map((skuPattern) => ({ shop, vendor, skuPattern })),
  ),
)

async function written(
  shop: StartingSystem,
  vendor: StartingSystem,
  skuPattern: string | null,
  secretPrefix = 'WALDSTREAM_SECRET_',
) {
  const point = { shop, vendor, connection: 'one', skuPattern, ordersFrom: '2026-01-01T00:00:00Z' }
  const files = startingFolder({ ...point, secretPrefix })
  const folder = await mkdtemp(join(tmpdir(), 'start-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const { name, text } of files) await writeFile(join(folder, name), text)
  return { files, checked: await checkConfiguration(folder, { SECRET_ENV_PREFIX: secretPrefix }, systemTypes) }
}

describe('a first configuration', () => {
  it('is there for both shops, both ERPs, and vendors with files or a mailbox', () => {
    expect(shopTypes(systemTypes).map(({ type }) => type)).toEqual(['magento2', 'bigcommerce'])
    expect(vendorTypes(systemTypes).map(({ type }) => type)).toEqual(['netsuite', 'sap-b1', 'files', 'mailbox'])
  })

  it.for(pairs)('of $shop.type and $vendor.type with $skuPattern is valid, and passes its tests', async (pair) => {
    const [shopWay = []] = waysOf(pair.shop)
    const [vendorWay = []] = waysOf(pair.vendor)
    const { checked } = await written(
      system('shop', pair.shop, shopWay),
      system('acme-west', pair.vendor, vendorWay),
      pair.skuPattern,
    )
    expect(checked.mistakes).toEqual([])
    const results = await Promise.all(checked.tests.map((test) => runMappingTest(test, checked.configuration)))
    // Of a pattern that the example does not match only that can be said.
    expect(results.map(({ differences }) => differences)).toEqual(pair.skuPattern === '^ACME-' ? [[]] : [[], []])
    const [connection] = checked.configuration.connections
    const read = new Set(connection?.reads.map((id) => id.split('.')[1]))
    expect(read).toEqual(new Set(['orders', ...Object.keys(pair.vendor.reads)]))
  })

  it.for(
    [...shopTypes(systemTypes), ...vendorTypes(systemTypes)].flatMap((type) =>
      waysOf(type).map((way) => ({ type, way })),
    ),
  )('of $type.type names the secrets $way in .env.example as its documents do', async ({ type, way }) => {
    const isShop = type.shopStart !== null
    const other = isShop ? vendorTypes(systemTypes)[0] : shopTypes(systemTypes)[0]
    if (other === undefined) throw new Error('there is a type')
    const one = system('acme-west', type, way)
    const [otherWay = []] = waysOf(other)
    const second = system('other', other, otherWay)
    const vendor = isShop ? second : one
    const pattern = hasProducts(vendor.type) ? null : '^VENDOR-'
    const { files, checked } = await written(isShop ? one : second, vendor, pattern)
    expect(checked.mistakes).toEqual([])
    const own = checked.configuration.systems.find(({ id }) => id === 'acme-west')
    expect(Object.keys(own?.secrets ?? {})).toEqual(way)
    const example = files.find(({ name }) => name === '.env.example')?.text ?? ''
    for (const reference of Object.values(own?.secrets ?? {})) {
      expect(example).toContain(`\n${reference.replace('env:', '')}=\n`)
    }
    // `docker run --env-file` takes the rest of a line as the value, comments too.
    const lines = example.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    expect(lines.filter((line) => !/^[A-Z0-9_]+=$/.test(line))).toEqual([])
  })

  it('names secrets with the prefix that is in force', async () => {
    const [shopType] = shopTypes(systemTypes)
    const [vendorType] = vendorTypes(systemTypes)
    if (shopType === undefined || vendorType === undefined) throw new Error('there are types')
    const [[shopWay = []], [vendorWay = []]] = [waysOf(shopType), waysOf(vendorType)]
    const prefix = 'ACME_SECRET_'
    const [shop, vendor] = [system('shop', shopType, shopWay), system('erp', vendorType, vendorWay)]
    const { files, checked } = await written(shop, vendor, null, prefix)
    expect(checked.mistakes).toEqual([])
    const texts = files.map(({ text }) => text).join('')
    expect(texts).toContain('ACME_SECRET_SHOP__')
    expect(texts).toContain('ACME_SECRET_ERP__')
    expect(texts).not.toContain('WALDSTREAM_SECRET_')
  })
})
