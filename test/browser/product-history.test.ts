import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { encodeConnection } from '../../src/configuration/stored-form.ts'
import { CONNECTIONS } from '../../src/configuration/tables.ts'
import { decimal8 } from '../../src/events/decimal.ts'
import { recordKey } from '../../src/events/topics.ts'
import { MOST_LOOKED_AT } from '../../src/operations/history/key-records.ts'
import { createKey } from '../../src/operations/keys.ts'
import { everything } from '../../src/operations/principal.ts'
import { partitionOfKey } from '../../src/platform/kafka/partition-of-key.ts'
import { addPairs } from '../../src/projections/feed-table.ts'
import { feeds } from '../../src/projections/feeds.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import { imagesChanged, inventoryChanged, productsChanged } from '../data/feed-events.ts'
import { connectionOf } from '../data/processor-events.ts'
import { entityResult, statusRecord } from '../data/sync-status.ts'
import { memoryCodec } from '../memory/codec.ts'
import { SHARDS } from '../worlds/api-fixture.ts'
import { browserFor, hasBrowser } from '../worlds/browser.ts'
import { batchContext } from '../worlds/stage-context.ts'
import { twoSellers } from '../worlds/two-sellers.ts'
import { topicsInMemory } from '../worlds/universal-topics.ts'

const open = browserFor()
const boss = everything({ kind: 'cli', name: 'boss' })
const SKU = 'WLD-J10/XS'
const head = { connection: 'alder', source: 'erp', sku: SKU }
const PATH = `/products/alder/${encodeURIComponent(SKU)}`
const HOUR = 3_600_000

/** The page over an API of which a shop pulls, with a SKU whose topics are as `fill` makes them. */
async function world(fill: (append: ReturnType<typeof topicsInMemory>['append'], now: number) => void) {
  const topics = topicsInMemory(memoryCodec(), 1)
  const page = await readPageFiles(inject('builtPage'))
  const api = await twoSellers(['alder', 'birch'], { page, ...topics.deps })
  const now = Date.now()
  api.clock.time = now
  for (const feed of feeds) await addPairs(api.tables, feed, ['alder|erp'])
  fill(topics.append, now)
  const result = entityResult({
    entity: 'inventory',
    source: 'erp',
    connection: 'alder',
    key: SKU,
    status: 'succeeded',
  })
  const mapped = { topic: 'universal-inventory', partition: 0, offset: 0, bytes: 10 }
  const record = statusRecord('inventory-feed', 1, [result], 't', [{ source: null, mapped }])
  await stagedStage(api).handle([record], batchContext().context)
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  const key = async (name: string, scopes: Parameters<typeof createKey>[2]['scopes']) =>
    (
      await createKey(api.operations, boss, {
        name,
        scopes,
        connections: 'all',
        systems: 'all',
        expiresAt: null,
      })
    ).key
  return { api, base, key, now }
}

describe.skipIf(!hasBrowser)('the history of a SKU', () => {
  it('is what changed in each feed, field by field; a filter is in the address; stock is a chart with a table', async () => {
    const { base } = await world((append, now) => {
      append(now - 30 * HOUR, productsChanged(head, { name: 'Wall Jacket' }))
      append(now - 29 * HOUR, inventoryChanged({ ...head, readAt: 1 }, '7.5'))
      append(now - 5 * HOUR, inventoryChanged({ ...head, readAt: 2, taskId: 'run-2' }, '3'))
      append(now - 4 * HOUR, imagesChanged(head, 'https://img.example/a/jacket.jpg'))
      append(now - 3 * HOUR, productsChanged({ ...head, readAt: 3000 }, { name: 'Wall Jacket', color: 'Red' }))
    })
    const { page, complaints } = await open(base)
    await page.goto(PATH)
    const changes = page.locator('.change')
    await changes.filter({ hasText: 'color' }).getByText('Red').waitFor()
    expect(await changes.count()).toBe(5)
    const stock = changes.filter({ hasText: '7.5' }).first()
    expect(await stock.locator('.field-changes').textContent()).toMatch(/^total\s*7\.5\s*3/)
    await page.getByText('there are no older changes').waitFor()
    await stock.getByText('Event and row').click()
    expect(await stock.getByRole('link', { name: 'run-2' }).getAttribute('href')).toBe('/tasks/run-2')
    // Since a day ago: what the row was then, and the change within it.
    const table = page.getByRole('table', { name: 'Stock over time' })
    const levels = async () => (await table.locator('td').allInnerTexts()).map((text) => text.trim())
    await expect.poll(levels).toEqual(['7.5', '3', '3'].map((level) => `Available in total ${level}`))
    await page.getByText('30 days').click()
    await expect.poll(levels).toEqual(['7.5', '3', '3'].map((level) => `Available in total ${level}`))
    await page.getByLabel('Feed').selectOption('images')
    await expect.poll(() => changes.count()).toBe(1)
    expect(new URL(page.url()).search).toBe('?stock=30d&feed=images')
    await page.reload()
    await changes.getByText('First row').waitFor()
    expect(await changes.count()).toBe(1)
    expect(complaints).toEqual([])
  })

  it('of stock that may be sold names the parts of the sum', async () => {
    const { api, base } = await world((append, now) => {
      const stock = inventoryChanged({ ...head, readAt: 1 }, '7')
      append(now - 2 * HOUR, stock)
      const claims = { revision: 1, open: decimal8('3', 'open'), told: [], heldUntil: null }
      append(now - HOUR, { ...stock, claims })
    })
    const more = { shop: 'shop-alder', vendor: 'erp', sellableStock: { reserve: true } }
    const document = encodeConnection(connectionOf('alder', '.', more))
    await api.tables.put(CONNECTIONS, { kind: 'connection', id: 'alder', document })
    const { page, complaints } = await open(base)
    await page.goto(PATH)
    const fields = page.locator('.change').first().locator('.field-changes')
    await fields.getByText('orders on their way').waitFor()
    expect(await fields.textContent()).toMatch(/^total\s*7\s*4.*orders on their way\s*0\s*3/)
    expect(complaints).toEqual([])
  })

  it('says that a shortage at a location counts as 0', async () => {
    const { api, base } = await world((append, now) => {
      const row = inventoryChanged({ ...head, readAt: 1 }, '7')
      const east = (available: string) => ({
        location: 'east',
        onHand: decimal8('2', 'q'),
        available: decimal8(available, 'q'),
      })
      const stock = (readAt: number, available: string, total: string) => {
        const locations = [...row.data.locations, east(available)]
        return { ...row, readAt, data: { ...row.data, total: decimal8(total, 'q'), locations } }
      }
      append(now - 2 * HOUR, stock(1, '2', '9'))
      append(now - HOUR, stock(2, '-3', '7'))
    })
    const { page, complaints } = await open(base)
    await page.goto(PATH)
    const fields = page.locator('.change').first().locator('.field-changes')
    await fields.getByText('-3 (counts as 0)').waitFor()
    expect(await fields.textContent()).toMatch(/^total\s*9\s*7\s*east · available\s*2\s*-3 \(counts as 0\)$/)
    const connection = connectionOf('alder', '.', { shop: 'shop-alder', vendor: 'erp', sellableStock: {} })
    const document = encodeConnection(connection)
    await api.tables.put(CONNECTIONS, { kind: 'connection', id: 'alder', document })
    await page.reload()
    await fields.getByText('east · shortage, which counts as 0').waitFor()
    expect(await fields.textContent()).toMatch(/east · shortage, which counts as 0\s*-3/)
    expect(await fields.getByText('shortages').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  it('says how far back it looked, and looks further when it is asked to', async () => {
    const { base } = await world((append, now) => {
      append(now - 90 * HOUR, inventoryChanged({ ...head, readAt: 1 }, '7'))
      const other = inventoryChanged({ ...head, sku: 'other' }, '1')
      for (let n = 0; n < MOST_LOOKED_AT; n += 1) append(now - 50 * HOUR, other)
      append(now - HOUR, inventoryChanged({ ...head, readAt: 2 }, '3'))
    })
    const { page } = await open(base)
    await page.goto(PATH)
    await page.getByText('The previous value is further back').waitFor()
    await page.getByText('Looked back until').waitFor()
    await page.getByRole('button', { name: 'Look further back' }).click()
    await page.getByText('there are no older changes').waitFor()
    expect(await page.locator('.change').count()).toBe(2)
    expect(await page.locator('.change').first().locator('.field-changes').textContent()).toMatch(/^total\s*7\s*3/)
  })

  it('says who has pulled it, and whether they have it as it is; the overview how far behind they are', async () => {
    const { api, base, key } = await world((append, now) => append(now, inventoryChanged(head, '7')))
    const shop = { authorization: `Bearer ${await key('the shop', ['feeds:read'])}` }
    const shard = partitionOfKey(recordKey('alder', 'erp', SKU), SHARDS)
    const change = (readAt: number, total: string) => api.project(shard, inventoryChanged({ ...head, readAt }, total))
    await change(1, '7')
    await api.idle()
    const first = await api.get('/v1/feeds/inventory?connection=alder', shop)
    expect(first.json.complete).toBe(true)
    const { page } = await open(base)
    const watcher = await key('watcher', ['observe'])
    await page.addInitScript(`sessionStorage.setItem('waldstream.key', ${JSON.stringify(watcher)})`)
    await page.goto(PATH)
    await page.getByRole('row', { name: /the shop Stock Has it/ }).waitFor()
    api.clock.time += 60_000
    await change(2, '3')
    await page.reload()
    await page.getByRole('row', { name: /the shop Stock Not yet/ }).waitFor()
    await page.goto('/')
    await page
      .getByRole('list', { name: 'Pulled by' })
      .getByText(/^Stock 1 min behind$/)
      .waitFor()
  })
})
