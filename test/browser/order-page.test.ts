import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { decimal8 } from '../../src/events/decimal.ts'
import type { RecordedCall } from '../../src/platform/recorded-calls.ts'
import { putOrderCalls } from '../../src/processors/delivery/order-calls.ts'
import { type OrderStep, orderFulfilmentsStage } from '../../src/projections/order-steps.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import { fulfilmentLine, shopFulfilment } from '../data/magento2-events.ts'
import { lineOf } from '../data/processor-events.ts'
import { entityResult, statusRecord } from '../data/sync-status.ts'
import { browserFor, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { sharedOrder } from '../worlds/shared-order.ts'
import { batchContext, decoded } from '../worlds/stage-context.ts'

const open = browserFor()

/** Order 7, of which all of alder's was refunded, and birch's shipment was refused by the shop. */
async function world() {
  const one = decimal8('1', 'quantity')
  const own = lineOf('1', 'ALDER-1', { quantityRefunded: one })
  const api = await sharedOrder({ page: await readPageFiles(inject('builtPage')), own })
  const fulfilment = { ...shopFulfilment('IF-1', '7', [fulfilmentLine('BIRCH-1', '1')]), connection: 'birch' }
  const event = decoded<'shop-fulfilments'>({ ...fulfilment, source: 'erp-birch' }, { offset: 1, timestamp: 20 })
  await orderFulfilmentsStage('shop', api).handle([event], batchContext().context)
  const about = { entity: 'fulfilments', source: 'erp-birch', connection: 'birch', key: 'IF-1' }
  const refused = entityResult({ ...about, status: 'failed', code: 'target_conflict', message: 'shipped already' })
  const told = statusRecord('deliver-shop:shop-fulfilments', 30, [refused], null, [{ source: null, mapped: null }])
  await stagedStage(api).handle([told], batchContext().context)
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  return { api, base }
}

describe.skipIf(!hasBrowser)("an order's page", () => {
  it("says whose a line is that was not sent, what is refunded, and what the shop answered to a vendor's shipment", async () => {
    const { base } = await world()
    const { page, complaints } = await open(base)
    await page.goto('/orders/shop/7')
    const line = page.getByRole('row').filter({ hasText: 'ALDER-1' })
    await line.getByText('not sent: refunded').waitFor()
    expect(await line.textContent()).toContain('alder')
    const money = page.getByRole('region', { name: 'Money' })
    await money.getByText('Not sent to alder').waitFor()
    await money.getByText('Refunded from the lines').waitFor()
    await money.getByText('Adds up to the cent').waitFor()
    const answer = page.getByRole('listitem').filter({ hasText: 'Shipment IF-1: failed' })
    await answer.getByText('shipped already').waitFor()
    await page.getByRole('article').filter({ hasText: 'birch' }).getByText('shipped already').waitFor()
    await expectOpenToAll(page, "an order's page")
    expect(complaints).toEqual([])
  })

  it('opens a step to the calls that it took, what was sent and what was answered', async () => {
    const { api, base } = await world()
    const steps: readonly OrderStep[] = (await api.get('/v1/orders/shop/7')).json.steps
    const step = steps.find(({ stage, connection }) => stage === 'deliver-erp' && connection === 'birch')
    const of = { source: 'shop', number: '7', eventId: step?.event_id ?? '', connection: 'birch', at: 1 }
    const sent = { at: 1, method: 'PUT', address: 'erp.example/record/v1/salesOrder/eid:birch-7', ms: 1_240, cut: [] }
    const refused = { ...sent, request: '{"memo":"[personal]","item":{"items":[{"quantity":1}]}}', status: 400 }
    const calls: readonly RecordedCall[] = [
      { ...refused, answer: '{"title":"Bad Request","o:errorDetails":[]}', error: 'target_rejected' },
      { ...sent, request: '{"half', status: null, answer: null, error: 'timed_out', cut: ['request'] },
    ]
    await putOrderCalls(api.tables, { ...of, stage: 'deliver-erp' }, { calls, leftOut: 2 })
    const { page, complaints } = await open(base)
    await page.goto('/orders/shop/7')
    await page.getByRole('listitem').filter({ hasText: 'SO-birch' }).locator('summary').first().click()
    const [first, second] = [page.locator('.call').first(), page.locator('.call').nth(1)]
    await first.getByText('PUT erp.example/record/v1/salesOrder/eid:birch-7').waitFor()
    await first.getByText('400', { exact: true }).waitFor()
    await first.getByText('1,240 ms').waitFor()
    await first.getByText('Sent', { exact: true }).click()
    await first.getByText('"quantity": 1').waitFor()
    await first.getByText('Answered', { exact: true }).click()
    await first.getByText('"title": "Bad Request"').waitFor()
    await second.getByText('no answer').waitFor()
    await second.getByText('Sent', { exact: true }).click()
    await second.getByText('Only the first 16,000 characters are stored.').waitFor()
    await page.getByText('2 calls in between are not stored.').waitFor()
    await expectOpenToAll(page, 'the calls of a step')
    expect(complaints).toEqual([])
  })

  it('tells in the timeline what somebody did', async () => {
    const { api, base } = await world()
    const body = { connection: 'birch', reason: 'the buyer asks for another address' }
    await api.put('/v1/orders/shop/7/hold', body)
    const { page, complaints } = await open(base)
    await page.goto('/orders/shop/7')
    const step = page.getByRole('listitem').filter({ hasText: 'Held' }).filter({ hasText: 'by api' })
    await step.getByText('the buyer asks for another address').waitFor()
    expect(complaints).toEqual([])
  })
})
