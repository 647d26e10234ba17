import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { clearDue } from '../../src/control/read-control.ts'
import { changeRun, type Run } from '../../src/control/runs.ts'
import { controlKey } from '../../src/control/sweeps.ts'
import { applyConfiguration } from '../../src/operations/configuration.ts'
import { everything } from '../../src/operations/principal.ts'
import { browserFor, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { readOf, uncheckedSystem } from '../worlds/sources.ts'
import { configurationOf, twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()
const READ = 'erp.products.all'
const MINUTE = 60_000
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE).toISOString()

/** Seller alder, whose vendor's products are read, and with them a connection to a task that the page asked for. */
async function world() {
  const api = await twoSellers(['alder'], { page: await readPageFiles(inject('builtPage')) })
  const { systems, connections, ...rest } = configurationOf(['alder'])
  const erp = uncheckedSystem({
    id: 'erp',
    type: 'netsuite',
    address: 'https://system.example',
    reads: [readOf('erp', 'products', 100)],
  })
  const configuration = {
    ...rest,
    systems: [...systems.filter(({ id }) => id !== 'erp'), erp],
    connections: connections.map((one) => ({ ...one, reads: [...one.reads, READ] })),
  }
  await applyConfiguration(api.operations, everything({ kind: 'cli', name: 'boss' }), { configuration, reason: null })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  const change = (id: string, set: Partial<Run>) => changeRun(api.tables, { id, fence: 1 }, { set })
  const asked = () => api.control.requested.map(({ trigger, reason }) => [trigger, reason])
  return { api, base, change, asked }
}

describe.skipIf(!hasBrowser)('a sweep', () => {
  it('looks first, follows it, shows what is gone, and deletes it with a reason', async () => {
    const { base, change, asked } = await world()
    const { page, complaints } = await open(base)
    await page.goto('/resync')
    await page.getByRole('button', { name: `Look for what is gone: ${READ}` }).click()
    await page.getByRole('heading', { level: 1, name: READ }).waitFor()
    expect(asked()).toEqual([['sweep-preview', null]])
    const preview = decodeURIComponent(new URL(page.url()).pathname.slice('/tasks/'.length))
    await page.getByText('It begins as soon as a worker is free').waitFor()
    const running = { state: 'running', started_at: ago(5), connections: ['alder'], expected: 4_812 } as const
    await change(preview, { ...running, read_count: 1_203 })
    await page.getByText('1,203 of about 4,812 keys').waitFor()
    expect(await page.getByRole('progressbar').getAttribute('value')).toBe('0.25')
    await page.getByText(/^about 1\d min left$/).waitFor()
    const gone = { gone: 3, missing: ['WLD-1', 'WLD-2', 'WLD-3'] }
    await change(preview, { state: 'ended', ended_at: ago(0), read_count: 4_809, ...gone })
    await page.getByText('3 of 4,812 published keys are no longer at the source (0.1 %)').waitFor()
    expect(await page.getByRole('link', { name: 'WLD-2' }).getAttribute('href')).toBe('/products/alder/WLD-2')
    await expectOpenToAll(page, 'what a sweep would delete')
    await page.getByRole('button', { name: 'Delete 3' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('the vendor cleaned up')
    await dialog.getByRole('button', { name: 'Delete 3' }).click()
    await page.getByText('The sweep is requested').waitFor()
    expect(asked().at(-1)).toEqual(['sweep', 'the vendor cleaned up'])
    await page.getByText('It begins as soon as a worker is free').waitFor()
    expect(page.url()).not.toContain(preview)
    expect(complaints).toEqual([])
  })

  it('deletes more than the read allows for those alone who say that they have looked', async () => {
    const { api, base, change, asked } = await world()
    const { json } = await api.post('/v1/sync-requests', { read: READ, sweep: 'check' })
    const error = { code: 'too_many_gone', message: '40 of 78 are not at the source any more' }
    const many = { expected: 78, read_count: 38, gone: 40, missing: ['WLD-1'], connections: ['alder'] }
    await clearDue(api.tables, controlKey(READ, 'sweep'), json.task)
    await change(json.task, { state: 'failed', started_at: ago(2), ended_at: ago(1), error, ...many })
    const { page } = await open(base)
    await page.goto(`/tasks/${json.task}`)
    await page.getByText('That is more than the 20 % that this read allows').waitFor()
    await page.getByText('1 of 40, as examples').waitFor()
    await page.getByRole('button', { name: 'Delete 40' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('half of the range is over')
    const start = dialog.getByRole('button', { name: 'Delete 40' })
    expect(await start.isDisabled()).toBe(true)
    await dialog.getByLabel('I have checked the source').check()
    await start.click()
    await page.getByText('The sweep is requested').waitFor()
    expect(asked().at(-1)?.[0]).toBe('sweep-accepted')
  })
})
