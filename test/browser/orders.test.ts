import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import { entityResult, statusRecord } from '../data/sync-status.ts'
import { barriersOf, browserFor, expectNoOverflow, hasBrowser } from '../worlds/browser.ts'
import { problemOrders } from '../worlds/problem-orders.ts'
import { batchContext } from '../worlds/stage-context.ts'

const open = browserFor()
const ORDER = '/orders/shop-alder/1001'

/** Order 1001, which the vendor's ERP refused. */
async function world() {
  const api = await problemOrders({ page: await readPageFiles(inject('builtPage')) })
  const result = entityResult({ source: 'shop-alder', connection: 'alder', key: '1001', status: 'failed' })
  const places = { source: { topic: 't.orders', partition: 0, offset: 1, bytes: 1 }, mapped: null }
  await stagedStage(api).handle([statusRecord('deliver-erp', 9, [result], 't', [places])], batchContext().context)
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  return { api, base }
}

describe.skipIf(!hasBrowser)("one order's page", () => {
  it('opens each step to the events behind it', async () => {
    const { base } = await world()
    const { page, complaints } = await open(base, { viewport: { width: 390, height: 844 } })
    await page.goto(ORDER)
    await page.getByRole('listitem').filter({ hasText: 'deliver-erp' }).locator('summary').click()
    await page.getByText('"sku": "A-9"').waitFor()
    expect(await barriersOf(page)).toEqual([])
    await expectNoOverflow(page)
    expect(complaints).toEqual([])
  })

  it('offers what is possible now, saying first what it will do', async () => {
    const { api, base } = await world()
    const { page, complaints } = await open(base)
    await page.goto(ORDER)
    const part = page.getByRole('article').filter({ hasText: 'alder' })
    await part.getByRole('button', { name: 'Retry' }).click()
    await page.getByRole('dialog').getByText('of deliver-erp').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Retry' }).click()
    await page.getByText('1 of 1 retried, 0 resolved').waitFor()
    await api.conclude('p1', 1, 'resolved')
    await page.getByText('1 of 1 retried, 1 resolved').waitFor()
    await part.getByRole('button', { name: 'Hold deliveries' }).click()
    await page.getByRole('dialog').getByText('Not only this order').waitFor()
    expect(await barriersOf(page)).toEqual([])
    await page.getByLabel('Reason').fill('the vendor moves house')
    await page.getByRole('dialog').getByRole('button', { name: 'Hold deliveries' }).click()
    const held = async () => {
      const { items } = (await api.get('/v1/pauses')).json
      return items.filter(({ stage }: { stage: string }) => stage === 'deliver-erp')
    }
    await part.getByRole('button', { name: 'Release deliveries' }).click()
    expect(await held()).toMatchObject([{ connection: 'alder', message: 'the vendor moves house (api)' }])
    await page.getByRole('dialog').getByRole('button', { name: 'Release deliveries' }).click()
    await part.getByRole('button', { name: 'Hold deliveries' }).waitFor()
    expect(await held()).toEqual([])
    expect(complaints).toEqual([])
  })
})
