import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { decimal8 } from '../../src/events/decimal.ts'
import { orderFulfilmentsStage } from '../../src/projections/order-steps.ts'
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
    await money.getByText('Refunded of the lines').waitFor()
    await money.getByText('Adds up to the cent').waitFor()
    const answer = page.getByRole('listitem').filter({ hasText: 'Shipment IF-1: failed' })
    await answer.getByText('shipped already').waitFor()
    await page.getByRole('article').filter({ hasText: 'birch' }).getByText('shipped already').waitFor()
    await expectOpenToAll(page, "an order's page")
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
