import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { REPLAYS } from '../../src/control/replays/replay.ts'
import { decimal4 } from '../../src/events/decimal.ts'
import { versionRank } from '../../src/events/version.ts'
import { applyConfiguration } from '../../src/operations/configuration.ts'
import { createKey } from '../../src/operations/keys.ts'
import { everything } from '../../src/operations/principal.ts'
import { partitionOfKey } from '../../src/platform/kafka/partition-of-key.ts'
import { productFeed } from '../../src/projections/product-feed.ts'
import { beginGeneration } from '../../src/projections/rebuild/generations.ts'
import { REBUILDS } from '../../src/projections/rebuild/rebuild.ts'
import { ruleWith } from '../data/configuration.ts'
import { lineOf, orderChanged, orderOf, vendorOrder } from '../data/processor-events.ts'
import { memoryResync } from '../memory/resync.ts'
import { memoryTables } from '../memory/tables.ts'
import { apiTestTables } from '../worlds/api-fixture.ts'
import { browserFor, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { configurationOf, twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()
const boss = everything({ kind: 'cli', name: 'boss' })
const SENT_BEFORE_MS = 60_000

/** Seller alder with three orders of two numbers in the topic, which a replay finds. */
async function world(token: string | null = null) {
  const tables = memoryTables(apiTestTables)
  const { replays, staged, append, send, outgoing } = await memoryResync(tables)
  const page = await readPageFiles(inject('builtPage'))
  const api = await twoSellers(['alder'], { page, replays, staged, topicPrefix: 'p.', token }, tables)
  const order = (orderNumber: string, occurredAt: number) =>
    orderChanged(
      orderOf([lineOf('1', 'A-1')], {
        orderNumber,
        shippingMethod: 'ground',
        shipping: decimal4('2.5', 'total'),
        grandTotal: decimal4('12.5', 'total'),
      }),
      { source: 'shop-alder', occurredAt },
    )
  await append('orders', order('1', 1), order('1', 2), order('2', 3))
  const configuration = configurationOf(['alder'])
  const rule = ruleWith('memo', { from: 'shippingMethod', lookup: { ground: 'G-1' } })
  const connections = configuration.connections.map((one) => ({
    ...one,
    orderMap: { ...one.orderMap, fields: [rule] },
  }))
  await applyConfiguration(api.operations, boss, { configuration: { ...configuration, connections }, reason: null })
  const before = { ...vendorOrder('alder', '2', order('2', 3).data), source: 'shop-alder', occurredAt: 3 }
  const mapped = { ...before, fields: { memo: '"old"' } }
  await send({ ...outgoing('vendor-orders', 'alder|2', mapped), topic: 'p.vendor-orders.erp' })
  const origin = { topic: 'p.vendor-orders.erp', partition: partitionOfKey('alder|2', 3), offset: '0' }
  const row = {
    connection: 'alder',
    key: 'vendor-orders|2',
    rank: versionRank(mapped),
    digest: mapped.contentDigest,
    origin,
  }
  await tables.put('deliveries', { ...row, state: 'delivered', fence: 1, targetId: 'SO-2' })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  const change = (table: string, id: string, set: Readonly<Record<string, unknown>>) =>
    tables.update(table, { shelf: 'all', id }, { set })
  return { api, base, change }
}

type World = Awaited<ReturnType<typeof world>>

const difference = {
  rows_live: 1_204,
  rows_rebuilt: 1_203,
  only_live: 1,
  only_rebuilt: 0,
  differing: 2,
  fields: { 'data.color': 2 },
  samples: [
    {
      connection: 'alder',
      source: 'erp',
      sku: 'WLD-1',
      kind: 'differs',
      fields: { 'data.color': { live: 'red', rebuilt: null } },
    },
  ],
}

/** A rebuild of the product feed that waits for its decision. */
async function readyRebuild({ api, change }: World): Promise<string> {
  const { id } = (await api.post('/v1/rebuilds', { table: 'products', reason: 'in doubt' })).json
  const generation = await beginGeneration(
    api.tables,
    productFeed,
    { table: productFeed.table, id },
    async () => undefined,
  )
  const ready_at = new Date(api.clock.now()).toISOString()
  await change(REBUILDS, id, { state: 'ready', ready_at, generation, live_generation: 1, events: 2_400, difference })
  return id
}

describe.skipIf(!hasBrowser)('resync', () => {
  it('keeps nobody out', async () => {
    const here = await world()
    const rebuild = await readyRebuild(here)
    const { id } = (await here.api.post('/v1/replays', { topic: 'orders', processor: 'route-orders' })).json
    await here.change(REPLAYS, id, { state: 'running', selected: 2, sent: 1 })
    const { page, complaints } = await open(here.base)
    for (const [address, title] of [
      [`/resync/replays/${id}`, 'orders → route-orders'],
      [`/resync/rebuilds/${rebuild}`, productFeed.table],
      ['/resync', 'Resync'],
    ] as const) {
      await page.goto(address)
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      await page.locator('[aria-busy]').first().waitFor({ state: 'detached' })
      await expectOpenToAll(page, address)
    }
    await page.getByRole('button', { name: 'Replay events' }).click()
    await page.getByRole('dialog').getByLabel('What').waitFor()
    await expectOpenToAll(page, 'replay events')
    expect(complaints).toEqual([])
  })

  it('shows what a replay would send before it starts, follows it, and stops it', async () => {
    const { api, base, change } = await world()
    const { page } = await open(base)
    await page.goto('/resync')
    await page.getByText('No replays yet').waitFor()
    await page.getByRole('button', { name: 'Replay events' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What').selectOption({ label: 'orders → route-orders' })
    await dialog.getByLabel('Connection').selectOption('alder')
    await dialog.getByRole('button', { name: 'Preview' }).click()
    await dialog.getByText('3 events of 2 keys').waitFor()
    expect((await api.get('/v1/replays')).json.items).toEqual([])
    // What is chosen anew is counted anew.
    await dialog.getByLabel('SKU or order number').fill('404')
    await dialog.getByRole('button', { name: 'Preview' }).click()
    await dialog.getByText('No event matches').waitFor()
    expect(await dialog.getByRole('button', { name: 'Replay 0' }).isDisabled()).toBe(true)
    await dialog.getByLabel('SKU or order number').fill('')
    await dialog.getByRole('button', { name: 'Preview' }).click()
    // The two orders, each by its newest version.
    await dialog.getByText('25.00').waitFor()
    await dialog.getByText('it is changed, not created twice').waitFor()
    await dialog.getByText('The newest 2 of 2, with their outcome').click()
    await dialog.getByText('12.50').first().waitFor()
    // The newest is what the vendor was sent last, but for a field that is mapped otherwise today.
    const newest = dialog.getByRole('listitem').filter({ hasText: 'it would be sent' }).first()
    await newest.getByText('it would be sent').waitFor()
    expect(await newest.locator('dt, del, ins').allTextContents()).toEqual(['fields.memo', '"old"', '"G-1"'])
    await expectOpenToAll(page, 'what a replay would change')
    const start = dialog.getByRole('button', { name: 'Replay 2' })
    await start.waitFor()
    expect(await start.isDisabled()).toBe(true)
    await dialog.getByLabel('Reason').fill('the routing was changed')
    await start.click()
    await page.getByRole('heading', { level: 1, name: 'orders → route-orders' }).waitFor()
    const [replay] = (await api.get('/v1/replays')).json.items
    expect(replay).toMatchObject({
      connection: 'alder',
      key: null,
      reason: 'the routing was changed',
      all_versions: false,
      rate: 500,
    })
    expect(new URL(page.url()).pathname).toBe(`/resync/replays/${replay.id}`)
    const started_at = new Date(Date.now() - SENT_BEFORE_MS).toISOString()
    await change(REPLAYS, replay.id, { state: 'running', started_at, selected: 4_800, sent: 1_200 })
    await page.reload()
    await page.getByText('1,200 of 4,800').waitFor()
    await page.getByText('20 per second, about 3 min left').waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await dialog.getByText('The 1,200 events already sent stay sent').waitFor()
    await dialog.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('The replay is being stopped').waitFor()
    expect((await api.get(`/v1/replays/${replay.id}`)).json.cancel).toBe(true)
    await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' })
  })

  it('begins a rebuild with a reason, and says why another is refused', async () => {
    const { api, base } = await world()
    const { page } = await open(base)
    await page.goto('/resync')
    const dialog = page.getByRole('dialog')
    for (const isRefused of [false, true]) {
      await page.getByRole('button', { name: 'Rebuild a feed' }).click()
      await dialog.getByLabel('Feed').selectOption('inventory')
      await dialog.getByText('1 → 2').waitFor()
      await dialog.getByLabel('Reason').fill('in doubt')
      await dialog.getByRole('button', { name: 'Rebuild' }).click()
      if (isRefused) await dialog.getByText('switch to it or drop it first').waitFor()
      else {
        await page.getByRole('heading', { level: 1, name: 'universal_products-inventory' }).waitFor()
        await page.getByRole('link', { name: 'Resync' }).first().click()
      }
    }
    const { items } = (await api.get('/v1/rebuilds')).json
    expect(items.map(({ reason }: { reason: string }) => reason)).toEqual(['in doubt'])
  })

  it('shows what a switch would change, and switches', async () => {
    const here = await world()
    const id = await readyRebuild(here)
    const { page } = await open(here.base)
    await page.goto('/resync')
    await page.getByRole('link', { name: productFeed.table }).click()
    await page.getByText('WLD-1').waitFor()
    expect(await page.locator('del').textContent()).toBe('red')
    await page.getByRole('button', { name: 'Switch' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Rows removed').waitFor()
    await page.keyboard.press('Escape')
    expect((await here.api.get(`/v1/rebuilds/${id}`)).json.state).toBe('ready')
    await page.getByRole('button', { name: 'Switch' }).click()
    await dialog.getByRole('button', { name: 'Switch' }).click()
    await page.getByText(`${productFeed.table} is switched`).waitFor()
    expect((await here.api.get(`/v1/rebuilds/${id}`)).json.state).toBe('switched')
    await page.getByRole('button', { name: 'Switch', exact: true }).waitFor({ state: 'detached' })
    // Back again: what came by the switch goes.
    await page.getByRole('button', { name: 'Undo the switch' }).click()
    await dialog.getByText('Readers get the previous rows again').waitFor()
    const figures = await dialog.locator('dt, dd').allTextContents()
    expect(figures).toEqual([
      ...['Rows rebuilt', '1,203', 'Previous rows', '1,204', 'Rows removed', '0', 'Rows added', '1'],
      ...['Rows that differ', '2'],
    ])
    await expectOpenToAll(page, 'undo a switch')
    await dialog.getByRole('button', { name: 'Undo the switch' }).click()
    await page.getByText(`The switch of ${productFeed.table} is undone`).waitFor()
    expect((await here.api.get(`/v1/rebuilds/${id}`)).json.state).toBe('ready')
    await page.getByRole('button', { name: 'Switch', exact: true }).waitFor()
    // Another rebuild would end it, and says so.
    await here.api.post(`/v1/rebuilds/${id}/switch`, { confirm: true })
    await page.goto('/resync')
    await page.getByRole('button', { name: 'Rebuild a feed' }).click()
    await dialog.getByText('Once this begins, the last switch').waitFor()
  })

  it('drops a rebuild', async () => {
    const here = await world()
    const id = await readyRebuild(here)
    const { page } = await open(here.base)
    await page.goto(`/resync/rebuilds/${id}`)
    await page.getByRole('button', { name: 'Drop' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Drop' }).click()
    await page.getByText('The rebuild is being dropped').waitFor()
    expect((await here.api.get(`/v1/rebuilds/${id}`)).json.state).toBe('dropping')
  })

  it('offers nothing that the key may not do', async () => {
    const { api, base } = await world('the-token')
    const { key } = await createKey(api.operations, everything({ kind: 'cli', name: 'boss' }), {
      name: 'watcher',
      scopes: ['observe'],
      connections: 'all',
      systems: 'all',
      expiresAt: null,
    })
    const { page } = await open(base)
    await page.goto('/resync')
    await page.getByLabel('API key').fill(key)
    await page.getByLabel('API key').press('Enter')
    for (const name of ['Replay events', 'Rebuild a feed']) {
      const button = page.getByRole('button', { name })
      await button.waitFor()
      expect([await button.isDisabled(), await button.getAttribute('title')]).toEqual([
        true,
        'Your key lacks the scope operate.',
      ])
    }
  })
})
