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
const rules = [{ attribute: 'name', from: 'name' }]

async function world() {
  const api = await twoSellers(['alder'], {
    page: await readPageFiles(inject('builtPage')),
    recentEvents: async () => [],
  })
  await api.put('/v1/connections/alder', connection)
  await api.put('/v1/connections/alder/metadata', { attributes: rules })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  const { page, complaints } = await open(base)
  return { api, page, complaints }
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const kept = (page: Page) => page.getByRole('region', { name: 'Your text' })

/** What another window has changed, between the question and its answer. */
describe.skipIf(!hasBrowser)('an edit of what somebody else has changed meanwhile', () => {
  it('is refused where it is applied; what is there is loaded, and what was written put in again, with its reason', async () => {
    const { api, page, complaints } = await world()
    await page.goto('/connections/alder')
    await orderHoldMinutes(page).fill('30')
    await button(page, 'Preview change').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('they pick at noon')
    await api.put('/v1/connections/alder', { ...connection, orderStates: ['complete'] })
    await button(page, 'Apply').click()
    await dialog.getByText('Somebody else changed it meanwhile').waitFor()
    expect(await button(page, 'Apply').isDisabled()).toBe(true)
    await expectOpenToAll(page, 'a stale change')
    await button(page, 'Load the current version').click()
    await dialog.waitFor({ state: 'detached' })
    await kept(page).getByText('- complete').waitFor()
    await kept(page).getByText('holdMinutes: 30').waitFor()
    expect(await orderHoldMinutes(page).inputValue()).toBe('')
    await expectOpenToAll(page, 'a kept draft')
    await button(page, 'Use my text').click()
    await kept(page).waitFor({ state: 'detached' })
    expect(await orderHoldMinutes(page).inputValue()).toBe('30')
    await page.getByText('Valid').waitFor()
    await button(page, 'Preview change').click()
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('they pick at noon')
    await button(page, 'Apply').click()
    await page.getByText('alder is changed').waitFor()
    expect((await api.get('/v1/connections/alder')).json.document.holdMinutes).toBe(30)
    expect(complaints).toEqual([])
  })

  it('is seen before it is applied, too, and what was written can be dropped', async () => {
    const { api, page } = await world()
    await page.goto('/connections/alder?as=yaml')
    const yaml = page.getByLabel('Document as YAML')
    const text = await yaml.inputValue()
    await api.put('/v1/connections/alder', { ...connection, holdMinutes: 5 })
    await yaml.fill(`${text}bundles: split\n`)
    await page.getByText('Somebody else changed it meanwhile').waitFor()
    await button(page, 'Load the current version').click()
    await kept(page).getByText('bundles: split').waitFor()
    await kept(page).getByText('holdMinutes: 5').waitFor()
    expect(await yaml.inputValue()).toContain('holdMinutes: 5')
    await button(page, 'Drop it').click()
    await kept(page).waitFor({ state: 'detached' })
    expect((await api.get('/v1/connections/alder')).json.document.bundles).toBeUndefined()
  })

  it('stays asked for while one looks at another window', async () => {
    const { api, page } = await world()
    await page.goto('/connections/alder')
    await orderHoldMinutes(page).fill('30')
    await button(page, 'Preview change').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('they pick at noon')
    await api.put('/v1/connections/alder', { ...connection, holdMinutes: 5 })
    const checked = page.waitForResponse((answer) => answer.url().includes('dryRun=true'))
    await page.evaluate('document.dispatchEvent(new Event("visibilitychange", { bubbles: true }))')
    await checked
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('they pick at noon')
  })

  it('of a mapping keeps the rules beside theirs', async () => {
    const { api, page, complaints } = await world()
    await page.goto('/connections/alder/mapping')
    const written = page.getByLabel(/^Rules/)
    await written.fill('attributes:\n  - attribute: title\n    from: name\n')
    await button(page, 'Save…').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('as the shop calls it')
    await api.put('/v1/connections/alder/metadata', { attributes: [...rules, { attribute: 'weight', from: 'weight' }] })
    await button(page, 'Save').click()
    await dialog.getByText('Somebody else changed it meanwhile').waitFor()
    await button(page, 'Load the current version').click()
    await dialog.waitFor({ state: 'detached' })
    await kept(page).getByText('attribute: title').waitFor()
    expect(await written.inputValue()).toContain('attribute: weight')
    await button(page, 'Use my text').click()
    expect(await written.inputValue()).toContain('attribute: title')
    await button(page, 'Save…').click()
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('as the shop calls it')
    await button(page, 'Save').click()
    await dialog.waitFor({ state: 'detached' })
    expect((await api.get('/v1/connections/alder/metadata')).json.document.attributes).toMatchObject([
      { attribute: 'title' },
    ])
    expect(complaints).toEqual([])
  })

  it('that creates what somebody else has created meanwhile stands beside what there is', async () => {
    const { api, page } = await world()
    await page.goto('/new/connection?id=cedar&from=copy:alder')
    await page.getByLabel('skuPattern').fill('^cedar-')
    await page.getByLabel('ordersFrom').fill('2026-02-01T00:00:00Z')
    await page.getByText('Valid', { exact: true }).waitFor()
    await button(page, 'Preview').click()
    await page.getByRole('dialog').getByLabel('Reason').fill('they sell cedar')
    const theirs = { ...connection, ordersFrom: '2026-03-01T00:00:00Z', ownership: { skuPattern: '^other-' } }
    expect((await api.put('/v1/connections/cedar', theirs)).status).toBe(201)
    await button(page, 'Create').click()
    await page.getByRole('dialog').getByText('It already exists').waitFor()
    await button(page, 'Open it').click()
    await page.waitForURL('**/connections/cedar')
    await kept(page).getByText('skuPattern: ^cedar-').waitFor()
    expect(await page.getByLabel('skuPattern').inputValue()).toBe('^other-')
  })

  it('of its removal says so, shows what is to go now, and asks again', async () => {
    const { api, page } = await world()
    await page.goto('/connections/alder/metadata')
    await button(page, 'Remove').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('1 rule').waitFor()
    await dialog.getByLabel('Type alder to confirm').fill('alder')
    await dialog.getByLabel('Reason').fill('not any more')
    await api.put('/v1/connections/alder/metadata', { attributes: [...rules, { attribute: 'weight', from: 'weight' }] })
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
    await dialog.getByText('Press Remove again').waitFor()
    await dialog.getByText('2 rules').waitFor()
    expect((await api.get('/v1/connections/alder/metadata')).status).toBe(200)
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('alder is removed').waitFor()
  })
})
