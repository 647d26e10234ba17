import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { fail, ok, warn } from '../../src/operations/doctor/finding.ts'
import { browserFor, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()

async function world(over: Parameters<typeof twoSellers>[1] = {}) {
  const api = await twoSellers(['alder', 'birch'], { page: await readPageFiles(inject('builtPage')), ...over })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  return { api, base }
}

describe.skipIf(!hasBrowser)('documents', () => {
  it('tests a connection: what is wrong stands first, with what to do, and it is tested again', async () => {
    const found = { renewed: false }
    const { api, base } = await world({
      testSystem: async ({ id }) => {
        if (id !== 'erp')
          return [ok(`system ${id}`, 'accepts the credentials'), warn(`clock ${id}`, 'it sends no Date')]
        if (found.renewed) return [ok('system erp', 'accepts the credentials')]
        return [
          fail(
            'system erp',
            'credentials_refused: the token is not known',
            'renew the credentials that its secrets refer to',
          ),
        ]
      },
    })
    const { page, complaints } = await open(base)
    await page.goto('/connections/alder')
    await page.getByRole('button', { name: 'Test connection' }).click()
    const panel = page.getByRole('region', { name: 'Test' })
    await panel.getByText('1 failure').waitFor()
    expect(await panel.getByRole('listitem').first().textContent()).toContain(
      'What to do: renew the credentials that its secrets refer to',
    )
    await expectOpenToAll(page, 'a test')
    found.renewed = true
    await page.getByRole('button', { name: 'Test connection' }).click()
    await panel.getByText('1 warning').waitFor()
    await panel.getByRole('button', { name: 'Close the test' }).click()
    await panel.waitFor({ state: 'detached' })
    expect((await api.get('/v1/audit?what=connection.test')).json.items).toHaveLength(2)
    expect(complaints).toEqual([])
  })

  it('creates a system that begins as its type: what is missing is said while it is written', async () => {
    const { api, base } = await world()
    const { page, complaints } = await open(base)
    await page.goto('/connections')
    await page.getByRole('link', { name: 'New system' }).click()
    const id = page.getByLabel('Id of the system')
    const next = page.getByRole('button', { name: 'Continue' })
    await id.fill('erp')
    await page.getByText('erp already exists').waitFor()
    expect(await next.isDisabled()).toBe(true)
    await id.fill('second-erp')
    await page.getByLabel('Begin with').selectOption('netsuite')
    await next.click()
    await page.getByText(/mistakes?$/).waitFor()
    const preview = page.getByRole('button', { name: 'Preview' })
    expect(await preview.isDisabled()).toBe(true)
    expect(new URL(page.url()).search).toBe('?id=second-erp&from=netsuite')
    await page.getByLabel('address').fill('https://4711.suitetalk.api.netsuite.com')
    await page.getByLabel('account', { exact: true }).fill('4711')
    await page.getByText('Valid', { exact: true }).waitFor()
    await preview.click()
    const dialog = page.getByRole('dialog', { name: 'Create this?' })
    await dialog.getByText('env:WALDSTREAM_SECRET_SECOND_ERP__PRIVATE_KEY').waitFor()
    expect((await api.get('/v1/systems/second-erp')).status).toBe(404)
    await dialog.getByLabel('Reason').fill('a second vendor')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await page.getByText('second-erp is created').waitFor()
    await page.getByRole('heading', { level: 1, name: 'second-erp' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/systems/second-erp')
    const { document, revision } = (await api.get('/v1/systems/second-erp')).json
    expect([revision, document.type, document.settings.account]).toEqual([1, 'netsuite', '4711'])
    expect(complaints).toEqual([])
  })

  it('creates a connection as a copy, and removes it: what happens is said, and its id is to be typed', async () => {
    const { api, base } = await world()
    const { page, complaints } = await open(base)
    await page.goto('/new/connection')
    await page.getByLabel('Id of the connection').fill('cedar')
    await page.getByLabel('Begin with').selectOption('copy:alder')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByLabel('ordersFrom').fill('2026-02-01T00:00:00Z')
    await page.getByLabel('skuPattern').fill('^cedar-')
    await page.getByText('Valid', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByRole('dialog').getByLabel('Reason').fill('they sell cedar')
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
    await page.waitForURL('**/connections/cedar')
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Remove cedar?' })
    await dialog.getByText('topics, feed rows and history').waitFor()
    await expectOpenToAll(page, 'a removal')
    const remove = dialog.getByRole('button', { name: 'Remove', exact: true })
    await dialog.getByLabel('Reason').fill('they left')
    await dialog.getByLabel('Type cedar to confirm').fill('ceda')
    expect(await remove.isDisabled()).toBe(true)
    await dialog.getByLabel('Type cedar to confirm').fill('cedar')
    await remove.click()
    await page.getByText('cedar is removed').waitFor()
    await page.waitForURL('**/connections')
    expect((await api.get('/v1/connections/cedar')).status).toBe(404)
    const { items } = (await api.get('/v1/configuration/changes?kind=connection&id=cedar')).json
    expect(items.map(({ reason }: { reason: string }) => reason)).toContain('they left')
    expect(complaints).toEqual([])
  })

  it('says who needs what is to be removed, and removes nothing', async () => {
    const { api, base } = await world()
    const { page } = await open(base)
    await page.goto('/systems/shop-alder')
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('system shop-alder is needed: connection alder').waitFor()
    expect(await dialog.getByRole('button', { name: 'Remove', exact: true }).count()).toBe(0)
    await dialog.getByRole('button', { name: 'Close' }).click()
    expect((await api.get('/v1/systems/shop-alder')).status).toBe(200)
  })

  it('creates product metadata from where it is missed, and removes it', async () => {
    const { api, base } = await world()
    const { page } = await open(base)
    await page.goto('/connections/birch/metadata')
    await page.getByRole('link', { name: 'Create product metadata' }).click()
    await page.getByText('Valid', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByRole('dialog').getByLabel('Reason').fill('they sell goods')
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
    await page.waitForURL('**/connections/birch/metadata')
    expect((await api.get('/v1/connections/birch/metadata')).json.document.attributes).toHaveLength(3)
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('3 rules').waitFor()
    await dialog.getByLabel('Type birch to confirm').fill('birch')
    await dialog.getByLabel('Reason').fill('not any more')
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('birch is removed').waitFor()
    expect((await api.get('/v1/connections/birch/metadata')).status).toBe(404)
  })
})
