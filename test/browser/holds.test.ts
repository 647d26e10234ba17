import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { createKey } from '../../src/operations/keys.ts'
import { everything } from '../../src/operations/principal.ts'
import { browserFor, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()

async function world(token: string | null = null) {
  const api = await twoSellers(['alder'], { page: await readPageFiles(inject('builtPage')), token })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  const pauses = async () =>
    (await api.get('/v1/pauses')).json.items.map(
      ({ stage, connection, message, until }: Readonly<Record<string, string | null>>) =>
        [stage, connection, message, until] as const,
    )
  return { api, base, pauses }
}

describe.skipIf(!hasBrowser)('holds', () => {
  it('holds the reads and the deliveries of a system on its page, with reason and end, and resumes them', async () => {
    const { base, pauses } = await world()
    const { page, complaints } = await open(base)
    await page.goto('/systems/erp')
    await page.getByText('Nothing is held').waitFor()
    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Hold…' }).click()
    await dialog.getByLabel('What').selectOption({ label: 'Delivery of orders to erp' })
    const hold = dialog.getByRole('button', { name: 'Hold' })
    expect(await hold.isDisabled()).toBe(true)
    await dialog.getByLabel('Reason').fill('the vendor takes stock')
    await dialog.getByLabel('Until').fill('2027-03-01T08:00:00')
    await hold.click()
    await page.getByText('the vendor takes stock').waitFor()
    const until = await page.evaluate('new Date("2027-03-01T08:00:00").toISOString()')
    expect(await pauses()).toContainEqual([
      'deliver-erp',
      '*',
      expect.stringContaining('the vendor takes stock'),
      until,
    ])
    await page.getByRole('button', { name: 'Hold…' }).click()
    // What is held already is offered no more: one thing is left.
    await dialog.getByLabel('Reason').fill('it moves')
    expect(await dialog.getByLabel('What').count()).toBe(0)
    await hold.click()
    await page.getByText('Reads of erp').waitFor()
    await page.getByText('until somebody resumes it').waitFor()
    await expectOpenToAll(page, 'a system that is held')
    await page.getByRole('button', { name: 'Resume: Reads of erp' }).click()
    await page.getByRole('button', { name: 'Resume: Delivery of orders to erp' }).click()
    await page.getByText('Nothing is held').waitFor()
    expect(await pauses()).toHaveLength(1)
    expect(complaints).toEqual([])
  })

  it('holds a stage of one connection from its lane, shows why, and resumes it', async () => {
    const { base, pauses } = await world()
    const { page } = await open(base)
    await page.goto('/')
    await page.getByRole('button', { name: 'Hold: alder' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What').selectOption({ label: 'Delivery of orders to erp' })
    await dialog.getByLabel('Reason').fill('not before Monday')
    await dialog.getByRole('button', { name: 'Hold' }).click()
    const lane = page.getByRole('article', { name: 'alder' })
    await lane.getByText('not before Monday').waitFor()
    expect(await pauses()).toContainEqual(['deliver-erp', 'alder', expect.stringContaining('not before Monday'), null])
    await expectOpenToAll(page, 'a lane that is held')
    await lane.getByRole('button', { name: 'Resume: Delivery of orders to erp' }).click()
    await lane.getByText('not before Monday').waitFor({ state: 'detached' })
  })

  it('offers no hold to a key that may not operate', async () => {
    const { api, base } = await world('the-token')
    const { key } = await createKey(api.operations, everything({ kind: 'cli', name: 'boss' }), {
      name: 'watcher',
      scopes: ['observe', 'configure'],
      connections: 'all',
      systems: 'all',
      expiresAt: null,
    })
    const { page } = await open(base)
    await page.goto('/systems/erp')
    await page.getByLabel('API key').fill(key)
    await page.getByLabel('API key').press('Enter')
    const hold = page.getByRole('button', { name: 'Hold…' })
    await hold.waitFor()
    expect(await hold.isDisabled()).toBe(true)
    await page.goto('/')
    await page.getByRole('article', { name: 'alder' }).waitFor()
    expect(await page.getByRole('button', { name: 'Hold: alder' }).count()).toBe(0)
  })
})
