import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { startApi } from '../../src/api/server.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import { entityResult, statusRecord } from '../data/sync-status.ts'
import { listening } from '../worlds/api-fixture.ts'
import { browserFor, hasBrowser } from '../worlds/browser.ts'
import { liveTopics } from '../worlds/live-topics.ts'
import { batchContext } from '../worlds/stage-context.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()

async function world() {
  const topics = liveTopics()
  const fixture = await twoSellers(['alder'], topics.deps)
  const page = await readPageFiles(inject('builtPage'))
  const api = await startApi(listening(fixture.operations, { page }))
  onTestFinished(() => api.close())
  return { ...fixture, topics, api }
}

const LIST = '/v1/backend/alder/orders'

describe.skipIf(!hasBrowser)('changes', () => {
  it('are shown as they happen, long before the page would ask again', async () => {
    const { api, topics, tables } = await world()
    const { page, complaints } = await open(api.url)
    await page.goto('/orders?connection=alder')
    await page.getByRole('link', { name: 'k-alder' }).waitFor()
    await page.goto('/')
    await page.getByText('Live', { exact: true }).waitFor()
    const listed = page.waitForResponse((response) => new URL(response.url()).pathname === LIST)
    await page.getByRole('link', { name: 'Orders' }).click()
    // What it is asked after this is not the list's first request.
    await listed
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    const placed = entityResult({ source: 'shop-alder', connection: 'alder', key: '100007', status: 'processing' })
    const places = [{ source: { topic: 'orders', partition: 0, offset: 7, bytes: 10 }, mapped: null }]
    await stagedStage({ tables, settleMs: 0 }).handle(
      [statusRecord('route-orders', 7, [placed], 't', places)],
      batchContext().context,
    )
    await topics.report('route-orders', placed)
    // Before the page would ask by itself, which is after half a minute while it hears what happens.
    await page.getByRole('link', { name: '100007' }).waitFor({ timeout: 20_000 })
    expect(asked).toContain(LIST)
    expect(complaints).toEqual([])
  })

  it('by others show in every window at once: what one releases, the other sees', async () => {
    const { api } = await world()
    const [one, other] = [await open(api.url), await open(api.url)]
    await one.page.goto('/')
    await one.page.getByText('Live', { exact: true }).waitFor()
    await one.page.getByRole('link', { name: 'Problems' }).click()
    await one.page.getByRole('link', { name: 'Waiting' }).click()
    const held = one.page.getByRole('region', { name: 'Held orders' }).getByRole('row').filter({ hasText: 'k-alder' })
    await held.waitFor()
    await other.page.goto('/orders/shop-alder/k-alder')
    await other.page.getByRole('button', { name: 'Release order' }).click()
    await other.page.getByRole('dialog').getByRole('button', { name: 'Release order' }).click()
    await held.waitFor({ state: 'detached', timeout: 4_000 })
    expect([...one.complaints, ...other.complaints]).toEqual([])
  })

  it('are asked for by the page itself where the API does not say them', async () => {
    const { api } = await world()
    const { page } = await open(api.url)
    await page.route('**/v1/events*', (route) => route.abort())
    await page.goto('/')
    await page.getByText(/^Updated \d+ s ago$/).waitFor()
    await page.unroute('**/v1/events*')
    await page.getByText('Live', { exact: true }).waitFor()
  })
})
