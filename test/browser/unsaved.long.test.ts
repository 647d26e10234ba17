import type { Page } from 'playwright-core'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { browserFor, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { orderHoldMinutes } from '../worlds/connection-form.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()

const connection = {
  shop: 'shop-alder',
  vendor: 'erp',
  reads: ['shop-alder.orders.all'],
  ownership: { skuPattern: '^alder-' },
}
const rules = 'attributes:\n  - attribute: title\n    from: name\n'

async function world() {
  const api = await twoSellers(['alder'], {
    page: await readPageFiles(inject('builtPage')),
    recentEvents: async () => [],
  })
  await api.put('/v1/connections/alder', connection)
  await api.put('/v1/connections/alder/metadata', { attributes: [{ attribute: 'name', from: 'name' }] })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  const { page, complaints } = await open(base)
  return { api, page, complaints }
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const question = (page: Page) => page.getByRole('dialog', { name: 'Leave and lose what you wrote?' })

describe.skipIf(!hasBrowser)('what is written and not saved', () => {
  it('of a document is asked about before a link, a tab or Back leads away, and stays where one stays', async () => {
    const { page, complaints } = await world()
    await page.goto('/connections')
    await page.getByRole('link', { name: 'alder', exact: true }).click()
    const minutes = orderHoldMinutes(page)
    await minutes.fill('30')
    // The other form of the same is no other page.
    await page.getByText('YAML', { exact: true }).click()
    await page.getByText('Form', { exact: true }).click()
    await page.getByRole('link', { name: 'History' }).click()
    await expectOpenToAll(page, 'the question')
    await button(page, 'Stay').click()
    await page.getByRole('link', { name: 'Orders', exact: true }).click()
    await page.keyboard.press('Escape')
    // Back over both forms.
    await page.evaluate('history.go(-3)')
    await question(page).waitFor()
    await button(page, 'Stay').click()
    await question(page).waitFor({ state: 'detached' })
    expect(new URL(page.url()).pathname).toBe('/connections/alder')
    expect(await minutes.inputValue()).toBe('30')
    await page.getByRole('link', { name: 'History' }).click()
    await button(page, 'Leave and lose it').click()
    await minutes.waitFor({ state: 'detached' })
    expect(new URL(page.url()).search).toBe('?view=history')
    expect(complaints).toEqual([])
  })

  it('of a mapping is asked about before the window is closed or loaded anew, and goes with Back where one leaves', async () => {
    const { page, complaints } = await world()
    await page.goto('/connections')
    await page.getByRole('link', { name: 'alder', exact: true }).click()
    await page.getByRole('link', { name: 'Try on products' }).click()
    await page.getByLabel(/^Rules/).pressSequentially(' ')
    await page.getByLabel(/^Rules/).fill(rules)
    const asked = page.waitForEvent('dialog')
    const reloaded = page.evaluate('setTimeout(() => location.reload())')
    const dialog = await asked
    expect(dialog.type()).toBe('beforeunload')
    await dialog.dismiss()
    await reloaded
    await page.evaluate('history.back()')
    await button(page, 'Leave and lose it').click()
    await orderHoldMinutes(page).waitFor()
    expect(complaints).toEqual([])
  })

  it('is asked about no more once it is saved', async () => {
    const { api, page, complaints } = await world()
    await page.goto('/connections/alder/mapping')
    await page.getByLabel(/^Rules/).fill(rules)
    await button(page, 'Save…').click()
    await page.getByLabel('Reason').fill('as the shop calls it')
    await button(page, 'Save').click()
    await page.getByText('is saved').waitFor()
    await page.getByRole('link', { name: 'Orders', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor()
    await page.goto('/new/product-metadata?id=cedar&from=empty&as=yaml')
    await page.getByLabel('Document as YAML').fill(rules)
    await page.getByText('Valid').waitFor()
    await button(page, 'Preview').click()
    await page.getByLabel('Reason').fill('it reads products')
    await button(page, 'Create').click()
    await page.getByRole('heading', { level: 1, name: 'cedar' }).waitFor()
    expect((await api.get('/v1/connections/cedar/metadata')).status).toBe(200)
    expect(complaints).toEqual([])
  })

  it('in a dialog is asked about before Escape or Back closes it; what is done goes on', async () => {
    const { page, complaints } = await world()
    await page.goto('/connections')
    await page.getByRole('link', { name: 'alder', exact: true }).click()
    await button(page, 'Remove').click()
    const dialog = page.getByRole('dialog', { name: /^Remove/ })
    await dialog.getByLabel('Reason').fill('they left')
    await page.keyboard.press('Escape')
    await question(page).waitFor()
    await page.keyboard.press('Escape')
    await question(page).waitFor({ state: 'detached' })
    await page.evaluate('history.back()')
    await button(page, 'Stay').click()
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('they left')
    await dialog.getByLabel('Reason').fill('')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await button(page, 'Remove').click()
    await dialog.getByLabel(/alder/).fill('alder')
    await dialog.getByLabel('Reason').fill('they left')
    await dialog.getByRole('button', { name: /^Remove/ }).click()
    await page.getByRole('heading', { level: 1, name: 'Connections' }).waitFor()
    expect(complaints).toEqual([])
  })
})
