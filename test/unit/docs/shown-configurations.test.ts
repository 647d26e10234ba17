// What is copied from a page has to pass `waldstream validate`, and the order maps shown have to reach the vendor's order.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { checkConfiguration } from '../../../src/configuration/load-configuration.ts'
import type { Configuration, Connection } from '../../../src/configuration/model.ts'
import { tolerantValues } from '../../../src/configuration/setting.ts'
import { mistakeText } from '../../../src/configuration/yaml-documents.ts'
import { mapOrderFields } from '../../../src/rules/map-order.ts'
import { salesOrderBody } from '../../../src/systems/netsuite/order-body.ts'
import { orderAmounts } from '../../../src/systems/sap-b1/order-amounts.ts'
import { sapOrderBody } from '../../../src/systems/sap-b1/order-body.ts'
import { orderSettings } from '../../../src/systems/sap-b1/order-settings.ts'
import { settings as sapSettings } from '../../../src/systems/sap-b1/settings.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { anySecrets } from '../../data/any-secrets.ts'
import { lineOf, orderOf, vendorOrder } from '../../data/processor-events.ts'

type Document = Readonly<Record<string, unknown>>

const DOCS = new URL('../../../docs/', import.meta.url)

const netsuiteSystem = (id: string): Document => ({
  kind: 'system',
  id,
  type: 'netsuite',
  address: 'https://erp.example',
  secrets: { clientId: 'env:A', certificateId: 'env:B', privateKey: 'env:C' },
  settings: { account: '1' },
  reads: [{ entity: 'products' }, { entity: 'inventory' }, { entity: 'fulfilments' }],
})

const magentoSystem = (id: string): Document => ({
  kind: 'system',
  id,
  type: 'magento2',
  address: 'https://shop.example',
  secrets: { bearer: 'env:A' },
  reads: [{ entity: 'orders', startFrom: '2026-01-01T00:00:00Z' }],
})

const connection = (id: string, shop: string, vendor: string): Document => ({
  kind: 'connection',
  id,
  shop,
  vendor,
  reads: [`${shop}.orders.all`],
  ownership: { skuPattern: `^${id}` },
})

const metadata = (id: string): Document => ({
  kind: 'product-metadata',
  connection: id,
  attributes: [{ attribute: 'brand', from: 'manufacturer' }],
})

const imageSystem = (id: string): Document => ({
  kind: 'system',
  id,
  type: 'image-feed',
  address: `https://${id}.example/feed.csv`,
  reads: [{ entity: 'images' }],
})

/** What is around the documents that a page shows; one of the same kind and id has what is shown instead. */
const around: readonly Document[] = [
  imageSystem('studio'),
  imageSystem('cdn'),
  magentoSystem('magento'),
  magentoSystem('shop'),
  netsuiteSystem('netsuite'),
  netsuiteSystem('acme'),
  {
    kind: 'system',
    id: 'bigcommerce',
    type: 'bigcommerce',
    address: 'https://api.bigcommerce.com',
    secrets: { accessToken: 'env:A' },
    settings: { storeHash: 'abc' },
    reads: [{ entity: 'orders', startFrom: '2026-01-01T00:00:00Z' }],
  },
  {
    kind: 'system',
    id: 'sap',
    type: 'sap-b1',
    address: 'https://sap.example',
    secrets: { username: 'env:A', password: 'env:B' },
    settings: { companyDb: 'SBO' },
  },
  connection('shop-acme', 'shop', 'acme'),
  connection('magento-netsuite', 'magento', 'netsuite'),
  connection('magento-sap', 'magento', 'sap'),
  connection('second', 'shop', 'sap'),
  connection('my-shop-my-vendor', 'magento', 'netsuite'),
  metadata('shop-acme'),
  metadata('bigcommerce-netsuite'),
  connection('bigcommerce-netsuite', 'bigcommerce', 'netsuite'),
]

/** Of a page's part of a document, the document that it is a part of. */
function whole(shown: Document, page: string): Document {
  if (shown['kind'] !== undefined) return shown
  if ('orderMap' in shown || 'staleStock' in shown || 'feeds' in shown || 'sellableStock' in shown) {
    const id = page === 'systems/sap-b1.md' ? 'magento-sap' : 'magento-netsuite'
    return { kind: 'connection', id, ...shown }
  }
  return { kind: 'system', id: 'netsuite', ...shown }
}

const keyOf = ({ kind, id, connection: of }: Document): string => `${kind} ${id ?? of}`

function complete(shown: readonly Document[]): readonly Document[] {
  const tests = shown.filter(({ kind }) => kind === 'mapping-test')
  const own = new Map(shown.filter((one) => !tests.includes(one)).map((one) => [keyOf(one), one]))
  const others = around.map((one) => ({ ...one, ...own.get(keyOf(one)) }))
  const known = new Set(around.map(keyOf))
  return [...others, ...[...own].flatMap(([key, one]) => (known.has(key) ? [] : [one])), ...tests]
}

const pages = (await readdir(DOCS, { recursive: true })).filter((name) => name.endsWith('.md')).toSorted()
const blocks = (
  await Promise.all(
    pages.map(async (page) => {
      const text = await readFile(new URL(page, DOCS), 'utf8')
      return [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, block = ''], index) => ({ page, index, block }))
    }),
  )
).flat()

async function checked(block: string, page: string) {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-page-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const shown = [parseAllDocuments(block)].flat().map((one) => whole(one.toJS() as Document, page))
  await writeFile(
    join(folder, 'all.yaml'),
    complete(shown)
      .map((one) => stringify(one))
      .join('---\n'),
  )
  return { shown, ...(await checkConfiguration(folder, anySecrets, systemTypes)) }
}

it('pages show configurations, of every type of system among them', () => {
  expect(blocks.length).toBeGreaterThan(10)
  for (const type of systemTypes.keys()) {
    expect(
      blocks.some(({ page, block }) => page === `systems/${type}.md` && block.includes(`type: ${type}\n`)),
      type,
    ).toBe(true)
  }
})

it.each(blocks)('the configuration $index on $page is valid', async ({ block, page }) => {
  const { mistakes } = await checked(block, page)
  expect(mistakes.map(mistakeText)).toEqual([])
})

/** An order that has whatever the maps ask for. */
const order = orderOf([lineOf('1', 'A-1', { attributes: { gift_message: '"for you"' } })], { couponCode: 'SPRING' })

async function bodyOf(shown: Connection, { systems }: Configuration): Promise<unknown> {
  const event = { ...vendorOrder(shown.id, '000000001', order), fields: await mapOrderFields(shown, order) }
  const vendor = systems.find(({ id }) => id === shown.vendor)
  if (vendor?.type === 'sap-b1') {
    const settings = orderSettings({ zone: 'UTC', settings: tolerantValues(sapSettings, vendor.settings) })
    return sapOrderBody(event, shown, { amounts: orderAmounts(order), settings, cardCode: 'C1', existing: null })
  }
  return salesOrderBody(event, shown, {
    customer: '7',
    items: new Map([['A-1', '9']]),
    zone: 'UTC',
    customPriceLevel: '-1',
    discountItem: null,
    costs: () => true,
  })
}

const maps = blocks.filter(({ block }) => block.includes('orderMap:'))

it('pages show an order map of each ERP', () => {
  expect(maps.map(({ page }) => page)).toEqual(['how-to/mapping.md', 'systems/netsuite.md', 'systems/sap-b1.md'])
})

it.each(maps)("the order map on $page reaches the vendor's order", async ({ block, page }) => {
  const { shown, configuration } = await checked(block, page)
  const own = configuration.connections.find(({ id }) => id === shown[0]?.['id'])
  if (own === undefined) return expect.unreachable()
  const body = await bodyOf(own, configuration)
  const lines = linesOf(body)
  for (const { attribute } of own.orderMap.fields ?? []) {
    const ofLine = attribute.startsWith('line.') || attribute === 'TaxCode'
    const path = attribute.replace(/^line\./, '').split('.')
    for (const part of ofLine ? lines : [body]) expect(valueAt(part, path), attribute).toBeDefined()
  }
  expect(lines).toHaveLength(1)
  expect(JSON.stringify(body)).not.toContain('"line.')
})

function linesOf(body: unknown): readonly unknown[] {
  const { item, DocumentLines } = body as { item?: { items: readonly unknown[] }; DocumentLines?: readonly unknown[] }
  return item?.items ?? DocumentLines ?? []
}

function valueAt(body: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Document | undefined)?.[name], body)
}
