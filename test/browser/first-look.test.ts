import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { parkedId } from '../../src/platform/runtime/parked-item.ts'
import { createParking } from '../../src/platform/runtime/parking.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import { entityResult, statusRecord } from '../data/sync-status.ts'
import { browserFor, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { sharedOrder } from '../worlds/shared-order.ts'
import { batchContext } from '../worlds/stage-context.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()

describe.skipIf(!hasBrowser)('a first look', () => {
  it('at an order that was not read yet says that it comes, and shows it when it has come', async () => {
    const api = await sharedOrder({ page: await readPageFiles(inject('builtPage')) })
    onTestFinished(() => api.app.close())
    const { page, complaints } = await open(await api.app.listen({ host: '127.0.0.1', port: 0 }))
    const missing = { code: 'not_found', status: 404, title: 'Not found', detail: 'number: there is no order "7"' }
    await page.route('**/v1/orders/shop/7', async (route) => {
      await route.fulfill({ status: 404, contentType: 'application/problem+json', body: JSON.stringify(missing) })
    })
    await page.goto('/orders/shop/7')
    await page.getByText('does not have this order yet').waitFor()
    await expectOpenToAll(page, 'an order that was not read yet')
    await page.unroute('**/v1/orders/shop/7')
    await page.getByRole('article').filter({ hasText: 'alder' }).first().waitFor()
    expect(complaints).toEqual([])
  })

  it('at what waits is one click from the overview, with its cause, the way out and its order', async () => {
    const api = await twoSellers(['alder'], { page: await readPageFiles(inject('builtPage')) })
    onTestFinished(() => api.app.close())
    const result = { source: 'shop-alder', key: 'k', connection: 'alder', entity: 'orders', status: 'waiting' } as const
    const waiting = entityResult({ ...result, code: 'item_missing', message: 'no item X' })
    await stagedStage(api).handle([statusRecord('deliver-erp', 2000, [waiting])], batchContext().context)
    const { page, complaints } = await open(await api.app.listen({ host: '127.0.0.1', port: 0 }))
    await page.goto('/')
    const attention = page.getByRole('region', { name: 'Needs attention' })
    const item = attention
      .getByRole('listitem')
      .filter({ hasText: 'Waiting orders (1): the target does not know an item' })
    await item.getByText('no item X').waitFor()
    await expectOpenToAll(page, 'what waits')
    await item.getByRole('link', { name: /^Open/ }).click()
    await page.waitForURL('**/problems/waiting?connection=alder')
    const causes = page.getByRole('region', { name: 'By cause' })
    const cause = causes.getByRole('row').filter({ hasText: 'The target does not know an item' })
    await cause.getByText('Waiting records continue by themselves').waitFor()
    expect(await cause.getByRole('cell').allInnerTexts()).toEqual([
      '1',
      expect.anything(),
      expect.anything(),
      expect.anything(),
    ])
    await cause.getByText('no item X').waitFor()
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'k-alder' }) })
    expect(await row.getByRole('link').first().getAttribute('href')).toBe('/orders/shop-alder/k-alder')
    expect(complaints).toEqual([])
  })

  it('at what is in progress for long says since when', async () => {
    const api = await twoSellers(['alder'], { page: await readPageFiles(inject('builtPage')) })
    onTestFinished(() => api.app.close())
    const late = {
      source: 'shop-alder',
      key: 'k',
      connection: 'alder',
      entity: 'orders',
      status: 'processing',
    } as const
    await stagedStage(api).handle([statusRecord('route-orders', 2000, [entityResult(late)])], batchContext().context)
    const { page, complaints } = await open(await api.app.listen({ host: '127.0.0.1', port: 0 }))
    await page.goto('/')
    const orders = page.getByRole('article', { name: 'alder' }).getByRole('row').filter({ hasText: 'Orders' })
    await orders
      .locator('[data-label="In progress"]')
      .getByText(/^\d+ \w+$/)
      .waitFor()
    await expectOpenToAll(page, 'what is late')
    expect(complaints).toEqual([])
  })

  it('at what waits for its next try has it tried now', async () => {
    const api = await twoSellers(['alder'], { page: await readPageFiles(inject('builtPage')) })
    onTestFinished(() => api.app.close())
    const key = 'vendor-orders|k-2'
    const record = { topic: 't', partition: 0, offset: 2n, timestamp: 1, key: null, value: null, headers: [] }
    const about = {
      entity: 'orders',
      source: 'shop-alder',
      key: 'k-2',
      connection: 'alder',
      eventId: 'e',
      occurredAt: 1,
    }
    const why = { code: 'item_missing', message: 'no item X', rank: '1', whole: true, attempts: 6, firstAt: 0 }
    const id = parkedId('alder', key, 2n)
    const parked = { id, connection: 'alder', key, record, ...why, about: { ...about, readAt: 1, taskId: 't' } }
    await createParking(api.tables, 'deliver-erp', 0).park(parked, { at: Date.now() + 3_600_000 })
    const { page, complaints } = await open(await api.app.listen({ host: '127.0.0.1', port: 0 }))
    await page.goto('/problems/waiting')
    // What is held waits for somebody, and is not offered.
    const buttons = page.getByRole('button', { name: /^Try now/ })
    await buttons.waitFor()
    await expectOpenToAll(page, 'what can be tried now')
    await buttons.click()
    await page.getByText('Trying it now').waitFor()
    await buttons.waitFor({ state: 'detached' })
    expect((await createParking(api.tables, 'deliver-erp', 0).due(0, 10)).map((one) => one.key)).toEqual([key])
    expect(complaints).toEqual([])
  })
})
