import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { decimal8 } from '../../src/events/decimal.ts'
import { lineOf } from '../data/processor-events.ts'
import { browserFor, expectNoOverflow, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { sharedOrder } from '../worlds/shared-order.ts'

const open = browserFor()
const PHONE = { width: 390, height: 844 }

async function world() {
  const own = lineOf('1', 'ALDER-1', { name: 'Alder table, 2 m', quantityOrdered: decimal8('3', 'q') })
  const api = await sharedOrder({ page: await readPageFiles(inject('builtPage')), token: 'the-token', own })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  const { token } = await api.operations.shares.ensure(
    {
      source: 'shop',
      number: '7',
      connection: 'alder',
      expires_at: api.clock.time + 86_400_000,
      created_by: 'mail',
      answers: true,
    },
    'key',
  )
  return { base, path: `/share/${token}` }
}

describe.skipIf(!hasBrowser)('the page of a vendor with a mailbox', () => {
  it('takes answers on a phone without scripts', async () => {
    const { base, path } = await world()
    const { page, complaints } = await open(base, { viewport: PHONE, javaScriptEnabled: false })
    await page.goto(path)
    await page.getByRole('heading', { level: 1, name: 'Order 7' }).waitFor()
    // Everything that is open is filled in: only the tracking number is missing.
    await page.getByRole('textbox', { name: 'Tracking number' }).fill('1Z999')
    await page.getByLabel('ALDER-1').fill('4')
    await page.getByRole('button', { name: 'Ship' }).click()
    await page.getByRole('alert').filter({ hasText: 'Only 3 of ALDER-1 are open' }).waitFor()
    expect(await page.getByRole('textbox', { name: 'Tracking number' }).inputValue()).toBe('1Z999')
    await page.getByLabel('ALDER-1').fill('2')
    await page.getByRole('button', { name: 'Ship' }).click()
    await page.getByRole('status').filter({ hasText: 'Shipped.' }).waitFor()
    await page.getByText('I cannot deliver this').click()
    await page.getByLabel('Why can you not deliver').fill('Out of stock')
    await page.getByRole('button', { name: 'Reject' }).click()
    await page.getByText('Rest rejected').waitFor()
    expect(await page.locator('form').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  it('keeps nobody out', async () => {
    const { base, path } = await world()
    const { page, complaints } = await open(base)
    await page.goto(path)
    await page.getByText('I cannot deliver this').click()
    await expectOpenToAll(page, 'an order to answer')
    await expectNoOverflow(page)
    expect(complaints).toEqual([])
  })
})
