import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { createKey } from '../../src/operations/keys.ts'
import { everything } from '../../src/operations/principal.ts'
import { createDeliveries } from '../../src/processors/delivery/deliveries.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import { lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { entityResult, statusRecord } from '../data/sync-status.ts'
import { barriersOf, browserFor, hasBrowser } from '../worlds/browser.ts'
import { problemOrders } from '../worlds/problem-orders.ts'
import { batchContext } from '../worlds/stage-context.ts'

const open = browserFor()
const ORDER = '/orders/shop-alder/1001'

/** Order 1001, which came to the vendor's deliveries and is not sent. */
async function world() {
  const api = await problemOrders({ page: await readPageFiles(inject('builtPage')) })
  const about = { source: 'shop-alder', connection: 'alder', key: '1001' }
  const result = entityResult({ ...about, status: 'processing' })
  const places = { source: { topic: 't.orders', partition: 0, offset: 1, bytes: 1 }, mapped: null }
  await stagedStage(api).handle([statusRecord('route-orders', 9, [result], 't', [places])], batchContext().context)
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  const deliveries = createDeliveries(api.tables)
  const cancellation = async () => (await deliveries.find('alder', 'vendor-orders|1001'))?.cancellation ?? null
  /** The vendor has taken it as 45. */
  const accept = async () => {
    const order = orderOf([lineOf('17', 'A-1'), lineOf('18', 'A-9')], { orderNumber: '1001' })
    const event = { ...vendorOrder('alder', '1001', order), source: 'shop-alder' }
    const mapped = api.topics.put('t.vendor-orders.erp', 1, api.topics.codec.encode('vendor-orders', event))
    const taken = entityResult({ ...about, status: 'succeeded', targetId: '45' })
    const told = statusRecord('deliver-erp', 10, [taken], 't', [{ source: null, mapped }])
    await stagedStage(api).handle([told], batchContext().context)
    const origin = { topic: 't.vendor-orders.erp', partition: 0, offset: '1' }
    const none = {
      until: 0,
      unsettledUntil: 0,
      unsettledDigest: '',
      parked: false,
      heldUntil: 0,
      cancellation: null,
      decisions: 0,
    }
    const row = {
      connection: 'alder',
      key: 'vendor-orders|1001',
      rank: '1',
      digest: event.contentDigest,
      contentId: null,
      origin,
    }
    await deliveries.begin({ ...row, ...none, state: 'delivered', fence: 1, targetId: '45' })
  }
  return { api: { ...api, cancellation }, base, accept }
}

describe.skipIf(!hasBrowser)('what is done about one order', () => {
  it('holds it with a reason and an end, says what waits, and releases it', async () => {
    const { api, base } = await world()
    const { page, complaints } = await open(base)
    await page.goto(ORDER)
    const part = page.getByRole('article').filter({ hasText: 'alder' })
    await part.getByRole('button', { name: 'Hold order' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('it was not sent to the vendor; it waits').waitFor()
    const act = dialog.getByRole('button', { name: 'Hold order' })
    expect(await act.isDisabled()).toBe(true)
    expect(await barriersOf(page)).toEqual([])
    await dialog.getByLabel('Until').fill('123456-01-31T23:30')
    await dialog.getByText('not a valid date and time').waitFor()
    await dialog.getByLabel('Until').fill('2026-01-31T23:30')
    await dialog.getByText('not a valid date and time').waitFor({ state: 'detached' })
    await dialog.getByLabel('Reason').fill('the buyer asks for another address')
    await act.click()
    await page.getByText('Order 1001 is held.').waitFor()
    await part.getByText('Held by api').waitFor()
    const holds = (await api.get('/v1/order-holds')).json.items
    expect(holds.at(-1)).toMatchObject({ number: '1001', reason: 'the buyer asks for another address' })

    await page.goto('/problems/waiting')
    const row = page.getByRole('region', { name: 'Held orders' }).getByRole('row').filter({ hasText: '1001' })
    await row.getByText('the buyer asks for another address').waitFor()
    await row.getByRole('link', { name: '1001' }).click()
    await part.getByRole('button', { name: 'Release order' }).click()
    await dialog.getByText('nothing waits; new versions are sent at once').waitFor()
    await dialog.getByRole('button', { name: 'Release order' }).click()
    await page.getByText('Order 1001 is released.').waitFor()
    await part.getByRole('button', { name: 'Hold order' }).waitFor()
    expect((await api.get('/v1/order-holds')).json.items.map(({ number }: { number: string }) => number)).not.toContain(
      '1001',
    )
    expect(complaints).toEqual([])
  })

  it('cancels it at the vendor, and sends it again, saying first what that does there', async () => {
    const { api, base, accept } = await world()
    await accept()
    const { page, complaints } = await open(base)
    await page.goto(ORDER)
    const part = page.getByRole('article').filter({ hasText: 'alder' })
    const dialog = page.getByRole('dialog')
    await part.getByRole('button', { name: 'Cancel at vendor' }).click()
    await dialog.getByText('its order 45 is canceled at the vendor').waitFor()
    await dialog.getByText('A-9').waitFor()
    expect(await barriersOf(page)).toEqual([])
    expect(await api.cancellation()).toBeNull()
    await dialog.getByLabel('Reason').fill('no stock')
    await dialog.getByRole('button', { name: 'Cancel at vendor' }).click()
    await part.getByText('Canceled at the vendor by api').waitFor()
    expect(await api.cancellation()).toMatchObject({ reason: 'no stock' })
    await part.getByRole('button', { name: 'Send again' }).click()
    await dialog.getByText('this is undone').waitFor()
    await dialog.getByLabel('Reason').fill('it has stock again')
    await dialog.getByRole('button', { name: 'Send again' }).click()
    await part.getByRole('button', { name: 'Cancel at vendor' }).waitFor()
    expect(await api.cancellation()).toBeNull()
    expect(complaints).toEqual([])
  })

  it('offers nothing that the key may not do', async () => {
    const { api, base } = await world()
    const boss = everything({ kind: 'cli', name: 'boss' })
    const all = { connections: 'all', systems: 'all', expiresAt: null } as const
    const { key } = await createKey(api.operations, boss, { name: 'sees', scopes: ['observe'], ...all })
    const { page } = await open(base)
    await page.goto(ORDER)
    await page.getByLabel('API key').fill(key)
    await page.getByLabel('API key').press('Enter')
    const hold = page.getByRole('button', { name: 'Hold order' })
    await hold.waitFor()
    expect(await hold.isDisabled()).toBe(true)
  })
})
