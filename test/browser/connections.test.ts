import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { browserFor, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { orderHoldMinutes } from '../worlds/connection-form.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()

async function world() {
  const api = await twoSellers(['alder', 'birch'], { page: await readPageFiles(inject('builtPage')) })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  return { api, base }
}

const changed = {
  shop: 'shop-alder',
  vendor: 'erp',
  reads: ['shop-alder.orders.all'],
  ownership: { skuPattern: '^alder-' },
}

describe.skipIf(!hasBrowser)('connections', () => {
  it('keeps nobody out: every address, reloaded', async () => {
    const { api, base } = await world()
    await api.send('PUT', '/v1/connections/alder?reason=own', changed)
    const addresses = [
      ['/connections/alder?as=yaml', 'alder'],
      ['/connections/alder?view=history', 'alder'],
      ['/connections/alder/metadata', 'alder'],
    ] as const
    const { page, complaints } = await open(base)
    for (const [address, title] of addresses) {
      await page.goto(address)
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      await page.locator('[aria-busy]').waitFor({ state: 'detached' })
      await expectOpenToAll(page, address)
    }
    expect(complaints).toEqual([])
  })

  it('changes a connection by its form: what changes is shown, why is kept, and it goes back', async () => {
    const { api, base } = await world()
    await api.send('PUT', '/v1/connections/alder', changed)
    const { page } = await open(base)
    await page.goto('/connections')
    await page.getByRole('link', { name: 'alder', exact: true }).click()
    const preview = page.getByRole('button', { name: 'Preview change' })
    await page.getByText('Nothing is changed').waitFor()
    expect(await preview.isDisabled()).toBe(true)
    await orderHoldMinutes(page).fill('50000')
    await page.getByText('must be a whole number from 0 to 43200').waitFor()
    expect(await preview.isDisabled()).toBe(true)
    await orderHoldMinutes(page).fill('30')
    await page.getByText('Valid').waitFor()
    await preview.click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('holdMinutes: 30').waitFor()
    expect(await dialog.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true)
    await dialog.getByLabel('Reason').fill('they pick at noon')
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('alder is changed').waitFor()
    expect((await api.get('/v1/connections/alder')).json.document.holdMinutes).toBe(30)
    await page.getByRole('link', { name: 'History' }).click()
    await page.getByText('they pick at noon').waitFor()
    const change = page.getByRole('listitem').filter({ hasText: 'they pick at noon' })
    await change.getByText('What changed').click()
    await change.getByRole('button', { name: 'Go back to revision 2' }).click()
    await page.getByText('Valid').waitFor()
    await page.getByRole('button', { name: 'Preview change' }).click()
    await dialog.getByLabel('Reason').fill('not any more')
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect((await api.get('/v1/connections/alder')).json.document.holdMinutes).toBeUndefined()
    const { items } = (await api.get('/v1/configuration/changes?kind=connection&id=alder')).json
    expect(items.map(({ reason }: { reason: string | null }) => reason)).toContain('not any more')
  })

  it('says which line is no YAML, what is wrong with a field, and that somebody else was faster', async () => {
    const { api, base } = await world()
    await api.send('PUT', '/v1/connections/alder', changed)
    const { page } = await open(base)
    await page.goto('/connections/alder?as=yaml')
    const yaml = page.getByLabel('Document as YAML')
    const text = await yaml.inputValue()
    await yaml.fill(`${text}bundles: [\n`)
    await page.getByText('This is not valid YAML').waitFor()
    await yaml.fill(`${text}colour: red\n`)
    await page.getByRole('listitem').filter({ hasText: 'colour' }).waitFor()
    await yaml.fill(text.replace('^alder-', '^elder-'))
    await page.getByText('Valid').waitFor()
    await api.send('PUT', '/v1/connections/alder', { ...changed, holdMinutes: 5 })
    await page.getByRole('button', { name: 'Preview change' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('mine')
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await dialog.getByText('Somebody else changed it meanwhile').waitFor()
    expect((await api.get('/v1/connections/alder')).json.document.ownership.skuPattern).toBe('^alder-')
    expect(await yaml.inputValue()).toContain('^elder-')
  })
})
