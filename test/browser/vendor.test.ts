import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { createKey } from '../../src/operations/keys.ts'
import { everything } from '../../src/operations/principal.ts'
import { barriersOf, browserFor, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { sharedOrder } from '../worlds/shared-order.ts'

const open = browserFor()
const boss = everything({ kind: 'cli', name: 'boss' })
const FOREIGN = /birch|77\.31|87\.31/i

async function world() {
  const api = await sharedOrder({ page: await readPageFiles(inject('builtPage')), token: 'the-token' })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  const { key } = await createKey(api.operations, boss, {
    name: 'alder',
    scopes: ['observe', 'operate'],
    connections: ['alder'],
    systems: ['erp-alder'],
    expiresAt: null,
  })
  return { api, base, key }
}

/** The order's page as somebody who has a key. */
async function signedIn(base: string, key: string) {
  const { page, complaints } = await open(base)
  await page.goto('/orders/shop/7')
  await page.getByLabel('API key').fill(key)
  await page.getByLabel('API key').press('Enter')
  await page.getByRole('article').filter({ hasText: 'alder' }).waitFor()
  return { page, complaints }
}

describe.skipIf(!hasBrowser)("what a vendor's people see", () => {
  it('is their own part of the order, with its lines', async () => {
    const { base, key } = await world()
    const { page, complaints } = await signedIn(base, key)
    await page.getByRole('row').filter({ hasText: 'ALDER-1' }).getByText('Alder <table>').first().waitFor()
    expect(await page.locator('body').textContent()).not.toMatch(FOREIGN)
    await expectOpenToAll(page, "a vendor's order")
    expect(complaints).toEqual([])
  })

  it('is confirmed, and shipped in part, after the shop is shown what it is told', async () => {
    const { api, base } = await world()
    const { key } = await createKey(api.operations, boss, {
      name: 'alder ships',
      scopes: ['observe', 'fulfil'],
      connections: ['alder'],
      systems: ['erp-alder'],
      expiresAt: null,
    })
    const { page, complaints } = await signedIn(base, key)
    const sent = () => api.control.producer.sent.filter(({ topic }) => topic.endsWith('fulfilments'))
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('dialog').getByText('1 × ALDER-1 confirmed').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('Sending it to the shop.').waitFor()
    expect(sent()).toHaveLength(1)
    await page.getByRole('button', { name: 'Add shipment' }).click()
    await page.getByLabel('ALDER-1 (1 open)').fill('2')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('but 1 of line 1 are open').waitFor()
    await page.getByLabel('ALDER-1 (1 open)').fill('1')
    await page.getByLabel('Carrier').fill('UPS')
    await page.getByLabel('Tracking number').fill('1Z9')
    expect(await barriersOf(page)).toEqual([])
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('dialog').getByText('1 × ALDER-1, 0 left to ship').waitFor()
    expect(sent()).toHaveLength(1)
    await page.getByRole('dialog').getByRole('button', { name: 'Add shipment' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Add shipment' }).waitFor({ state: 'detached' })
    expect(await page.getByRole('button', { name: 'Confirm' }).count()).toBe(0)
    expect(sent()).toHaveLength(2)
    expect(complaints).toEqual([])
  })

  it('is shared by a link that needs no account and no script, and that can be taken back', async () => {
    const { base } = await world()
    const { page, complaints } = await signedIn(base, 'the-token')
    const part = page.getByRole('article').filter({ hasText: 'alder' })
    await part.getByRole('button', { name: 'Share' }).click()
    await page.getByLabel('Counts').selectOption('for 3 days')
    await page.getByRole('button', { name: 'Create link' }).click()
    const link = (await page.getByRole('region', { name: 'Link' }).textContent())?.trim() ?? ''
    expect(link).toMatch(new RegExp(`^${base}/share/wss_`))
    await page.getByRole('button', { name: 'Done' }).click()
    await part.getByText('never opened').waitFor()

    const phone = { width: 390, height: 844 }
    const { page: plain } = await open(base, { viewport: phone, javaScriptEnabled: false })
    await plain.goto(link)
    await plain.getByRole('row').filter({ hasText: 'ALDER-1' }).waitFor()
    expect(await plain.content()).not.toMatch(FOREIGN)
    const { page: shared, complaints: sharedComplaints } = await open(base, { viewport: phone })
    await shared.goto(link)
    await shared.getByRole('heading', { level: 1, name: 'Order 7' }).waitFor()
    expect(await shared.evaluate('getComputedStyle(document.body).fontFamily')).toContain('Inter')
    await expectOpenToAll(shared, 'a shared order')

    await page.reload()
    await part.getByText(/, opened/).waitFor()
    await part.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await part.getByText('Revoked', { exact: true }).waitFor()
    await shared.reload()
    await shared.getByRole('heading', { level: 1, name: 'This link was revoked' }).waitFor()
    await expectOpenToAll(shared, 'a link that was taken back')
    expect([complaints, sharedComplaints]).toEqual([[], []])
  })
})
