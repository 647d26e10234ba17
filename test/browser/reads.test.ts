import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { createRun } from '../../src/control/runs.ts'
import { barriersOf, browserFor, expectNoOverflow, hasBrowser } from '../worlds/browser.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()
const READ = 'shop-alder.orders.all'

async function world() {
  const api = await twoSellers(['alder'], { page: await readPageFiles(inject('builtPage')) })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  return { api, base }
}

describe.skipIf(!hasBrowser)('reads', () => {
  it('pauses a read with a reason, resumes it, and sets its cut date', async () => {
    const { api, base } = await world()
    const { page, complaints } = await open(base, { viewport: { width: 390, height: 844 } })
    await page.goto(`/tasks?read=${READ}`)
    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Pause' }).click()
    const hold = dialog.getByRole('button', { name: 'Pause' })
    expect(await hold.isDisabled()).toBe(true)
    await dialog.getByLabel('Reason').fill('stocktaking')
    await hold.click()
    await page.getByText(`${READ} is paused`).waitFor()
    expect((await api.get(`/v1/reads/${READ}`)).json.held).toMatchObject({
      reason: expect.stringContaining('stocktaking'),
      until: null,
    })
    await page.getByText('Held: stocktaking (api)', { exact: true }).waitFor()
    expect(await barriersOf(page)).toEqual([])
    await expectNoOverflow(page)
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByText(`${READ} is resumed`).waitFor()
    expect((await api.get(`/v1/reads/${READ}`)).json.held).toBeNull()
    await page.getByRole('button', { name: 'Set cut date' }).click()
    await dialog.getByLabel('Reason').fill('orders were missing')
    expect(await dialog.getByRole('button', { name: 'Set cut date' }).isDisabled()).toBe(true)
    await dialog.getByLabel('Cut date').fill('2026-01-15T10:30:00')
    await dialog.getByRole('button', { name: 'Set cut date' }).click()
    await page.getByText(`The cut date of ${READ} is set`).waitFor()
    const expected = await page.evaluate('new Date("2026-01-15T10:30:00").toISOString()')
    expect((await api.get(`/v1/reads/${READ}`)).json.cut_date).toBe(expected)
    const { items } = (await api.get('/v1/configuration/changes?kind=cut-date')).json
    expect(items[0].reason).toBe('orders were missing')
    expect(complaints).toEqual([])
  })

  it('cancels a run that waits, with a reason, and offers it for none that is over', async () => {
    const { api, base } = await world()
    const run = { id: 'due', read: READ, trigger: 'request', reason: null, backfill_from: null } as const
    await createRun(api.tables, { ...run, requested_at: '2026-01-31T07:30:00.000Z' })
    const { page } = await open(base)
    await page.goto('/tasks/due')
    await page.getByRole('button', { name: 'Cancel run' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('asked for by mistake')
    await dialog.getByRole('button', { name: 'Cancel run' }).click()
    await page.getByText('The run is being canceled').waitFor()
    const { json } = await api.get('/v1/tasks/due')
    expect([json.state, json.error.message]).toEqual(['failed', expect.stringContaining('asked for by mistake')])
    await page.getByRole('button', { name: 'Cancel run' }).waitFor({ state: 'detached' })
  })
})
