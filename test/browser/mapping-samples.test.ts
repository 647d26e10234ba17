import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import type { Connection } from '../../src/configuration/model.ts'
import { encodeConnection } from '../../src/configuration/stored-form.ts'
import { CONNECTIONS } from '../../src/configuration/tables.ts'
import { SYNC_CONTROL } from '../../src/control/tables.ts'
import { decimal8 } from '../../src/events/decimal.ts'
import { createKey } from '../../src/operations/keys.ts'
import { everything } from '../../src/operations/principal.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import type { SourceEntity } from '../../src/rules/map-entity.ts'
import { inventoryChanged } from '../data/feed-events.ts'
import { connectionOf, productChanged } from '../data/processor-events.ts'
import { entityResult, statusRecord } from '../data/sync-status.ts'
import { browserFor, hasBrowser } from '../worlds/browser.ts'
import { readableTopics } from '../worlds/problem-orders.ts'
import { batchContext } from '../worlds/stage-context.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()
const boss = everything({ kind: 'cli', name: 'boss' })
const products = [
  { ...productChanged({ sku: 'A-1', name: 'Jacket', attributes: { custitem_color: '"Slate"' } }), source: 'erp' },
  { ...productChanged({ sku: 'A/2', name: null, attributes: {} }), source: 'erp' },
]
const mapping = '/connections/alder/mapping'

/** The page over an API that has read two products: one by its SKU, and the other last. */
async function world() {
  const topics = readableTopics()
  const page = await readPageFiles(inject('builtPage'))
  const api = await twoSellers(['alder', 'birch'], {
    page,
    topicPrefix: 't.',
    staged: topics.staged,
    recentEvents: async () =>
      products.map(
        ({ source, key, deleted, data }): SourceEntity => ({ entity: 'products', source, key, deleted, data }),
      ),
  })
  const rules = [
    { attribute: 'name', from: 'name', default: 'no name' },
    { attribute: 'color', from: 'attributes.custitem_color' },
  ]
  expect((await api.put('/v1/connections/alder/metadata', { attributes: rules })).status).toBe(201)
  for (const [index, product] of products.entries()) {
    const place = topics.put('t.products', index, topics.codec.encode('products', product))
    const ids = { entity: 'products', source: 'erp', connection: 'alder', key: product.key, status: 'succeeded' }
    const record = statusRecord('map-products', index + 1, [entityResult(ids)], 't', [{ source: place, mapped: null }])
    await stagedStage(api).handle([record], batchContext().context)
  }
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  return { api, base }
}

describe.skipIf(!hasBrowser)('a mapping', () => {
  it('is tried on a SKU: as read, as mapped now and as written, with what fails; saved with a reason', async () => {
    const { api, base } = await world()
    const { page, complaints } = await open(base)
    await page.goto('/connections/alder')
    await page.getByRole('link', { name: 'Try on products' }).click()
    await page.getByRole('article', { name: 'A-1' }).waitFor()
    await page.getByRole('article', { name: 'A/2' }).waitFor()
    await page.getByLabel('SKUs to try it on').fill('A-1, nothing')
    await page.keyboard.press('Enter')
    await page.getByText('nothing was never read').waitFor()
    expect(new URL(page.url()).searchParams.get('sku')).toBe('A-1, nothing')
    const sample = page.getByRole('article')
    expect(await sample.count()).toBe(1)
    await sample.getByText('nothing changes').waitFor()
    await sample.getByRole('row', { name: 'color attributes.custitem_color Slate Slate the same' }).waitFor()
    const rules = page.getByLabel(/^Rules/)
    const written = await rules.inputValue()
    const line = (text: string) => written.split('\n').find((one) => one.includes(text)) ?? ''
    await rules.fill(
      written.replace(line('from: attributes.'), '    expression: $uppercase(attributes.custitem_color) & " " & name'),
    )
    await sample
      .getByRole('row', { name: /^color attributes.custitem_color Slate name Jacket|^color name Jacket/ })
      .waitFor()
    await sample.getByText('SLATE Jacket').waitFor()
    await sample.getByText('1 rule differs').waitFor()
    const save = page.getByRole('button', { name: 'Save…' })
    const unfilled = written.replace(line('from: attributes.'), '    from: barcode')
    await rules.fill(unfilled.replace(/false(?![\s\S]*false)/, 'true'))
    await sample.getByRole('row', { name: /is required and has no value/ }).waitFor()
    await sample.getByText('Fails').waitFor()
    await rules.fill(written.replace('from: name', 'from: nmae'))
    await page.getByText('did you mean name?').waitFor()
    expect(await save.isDisabled()).toBe(true)
    await rules.fill(written.replace('attribute: color', 'attribute: colour'))
    await sample.getByRole('row', { name: /^color .*Slate no rule$/ }).waitFor()
    await sample.getByText('As it was read').click()
    await sample.getByText('"custitem_color": "\\"Slate\\""').waitFor()
    await save.click()
    await page.getByLabel('Reason').fill('as the shop calls it')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await sample.getByText('nothing changes').waitFor()
    const { document } = (await api.get('/v1/connections/alder/metadata')).json
    expect(document.attributes[1]).toMatchObject({ attribute: 'colour' })
    expect(complaints).toEqual([])
  })

  it("shows a SKU's stock as the feed has it, and why the feed leaves it out", async () => {
    const { api, base } = await world()
    const configure = (more: Partial<Connection>) => {
      const reads = ['erp.products.all', 'erp.inventory.all']
      const connection = connectionOf('alder', '.', { shop: 'shop-alder', vendor: 'erp', reads, ...more })
      return api.tables.put(CONNECTIONS, { kind: 'connection', id: 'alder', document: encodeConnection(connection) })
    }
    await configure({ sellableStock: { buffer: { fixed: 2 } }, staleStock: { afterMinutes: 30, policy: 'hold' } })
    const row = inventoryChanged({ connection: 'alder', source: 'erp', sku: 'A-1' }, '5')
    const east = { location: 'east', onHand: decimal8('0', 'q'), available: decimal8('-3', 'q') }
    await api.projectByKey({ ...row, data: { ...row.data, locations: [...row.data.locations, east] } })
    const { page, complaints } = await open(base)
    const stock = page.getByRole('article', { name: 'A-1' }).locator('.sample-stock')
    const text = async () => (await stock.textContent())?.replaceAll(/\s+/g, ' ').trim()
    await page.goto(`${mapping}?sku=A-1`)
    await expect.poll(text).toBe('Stock of erp in the feed: 3, in stock. east has −3, which counts as 0.')
    const cut_date = new Date(api.clock.time - 60 * 60_000).toISOString()
    await api.tables.update(SYNC_CONTROL, { read: 'erp.inventory.all' }, { set: { cut_date } })
    await page.reload()
    await expect
      .poll(text)
      .toMatch(/3, out of stock\. .* The row is stale and served as out of stock: erp was last read/)
    await configure({ ownership: { manufacturer: ['Acme'] }, feeds: { inventory: { skus: 'vendor' } } })
    await page.reload()
    const why = 'the products feed has no product A-1 of the vendor.'
    await expect.poll(text).toBe(`Stock of erp in the feed: left out (feeds.inventory.skus: vendor): ${why}`)
    expect(complaints).toEqual([])
  })

  it('of a connection without one is begun, and not shown to whom it is not for', async () => {
    const { api, base } = await world()
    const { page } = await open(base)
    await page.goto('/connections/birch/mapping')
    await page.getByLabel(/^Rules/).fill('attributes:\n  - attribute: title\n    from: name\n')
    await page
      .getByRole('article', { name: 'A-1' })
      .getByRole('row', { name: 'title name Jacket no rule Jacket' })
      .waitFor()
    await page.getByRole('button', { name: 'Save…' }).click()
    await page.getByLabel('Reason').fill('begun')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('article', { name: 'A-1' }).getByText('nothing changes').waitFor()
    expect((await api.get('/v1/connections/birch/metadata')).json.document.attributes).toMatchObject([
      { attribute: 'title' },
    ])
    const reach = { connections: 'all', systems: 'all', expiresAt: null } as const
    const { key } = await createKey(api.operations, boss, { name: 'watcher', scopes: ['observe'], ...reach })
    await page.addInitScript(`sessionStorage.setItem('waldstream.key', ${JSON.stringify(key)})`)
    await page.goto(mapping)
    await page.getByText('the key lacks the scope configure').waitFor()
  })
})
