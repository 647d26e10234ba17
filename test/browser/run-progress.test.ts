import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { changeRun, createRun, type Run } from '../../src/control/runs.ts'
import { taskStage } from '../../src/projections/tasks.ts'
import { entityResult, statusRecord } from '../data/sync-status.ts'
import { browserFor, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { batchContext } from '../worlds/stage-context.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()
const READ = 'shop-alder.orders.all'
const MINUTE = 60_000
/** Read once, so that the parts of a window add up to the millisecond. */
const NOW = Date.now()
const ago = (minutes: number) => new Date(NOW - minutes * MINUTE).toISOString()

async function world() {
  const api = await twoSellers(['alder'], { page: await readPageFiles(inject('builtPage')) })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  const run = { id: 'run', read: READ, trigger: 'api', reason: null, requested_at: ago(11), backfill_from: null }
  await createRun(api.tables, run)
  const change = (set: Partial<Run>) => changeRun(api.tables, { id: 'run', fence: 1 }, { set })
  return { api, base, change }
}

describe.skipIf(!hasBrowser)('a run', () => {
  it('shows how far it is, counts up, and what is known of its window at the end', async () => {
    const { api, base, change } = await world()
    const { page, complaints } = await open(base)
    await page.goto('/tasks/run')
    await page.getByText('It begins as soon as a worker is free').waitFor()
    const window = { window_from: ago(611), window_to: ago(11), connections: ['alder'] }
    const quarter = { reached_at: ago(461), read_count: 1_240, published: 310 }
    await change({ state: 'running', started_at: ago(10), ...window, ...quarter })
    const bar = page.getByRole('progressbar', { name: 'Reading' })
    await page.getByText('1,240 rows so far').waitFor()
    expect(await bar.getAttribute('value')).toBe('0.25')
    await page.getByText(/^about 3\d min left, if changes are spread evenly$/).waitFor()
    await expectOpenToAll(page, 'a run that reads')
    await change({ read_count: 2_480, reached_at: ago(311) })
    await page.getByText('2,480 rows so far').waitFor()
    await change({ reached_at: null })
    await page.getByText('The source does not say how much is left').waitFor()
    expect(await bar.getAttribute('value')).toBeNull()
    const results = ['succeeded', 'processing'].map((status, index) =>
      entityResult({ source: 'shop-alder', connection: 'alder', key: `${index}`, status }),
    )
    await taskStage(api).handle([statusRecord('deliver-erp', 9, results, 'run')], batchContext().context)
    await change({ state: 'ended', ended_at: ago(0), keys: 2_480, listed: 2_478, missed: 2, read_again: 7 })
    await page.getByText('1 of 2').waitFor()
    await page.getByText('Proven complete').waitFor()
    await page.getByText('2 changed during the read and had to be read again').waitFor()
    await page.getByText('moved to its end').waitFor()
    expect(complaints).toEqual([])
  })

  it('says plainly of a window that it is not proven, and what is missing', async () => {
    const { base, change } = await world()
    const window = { window_from: null, window_to: ago(11), started_at: ago(10), ended_at: ago(1) }
    await change({ state: 'incomplete', ...window, read_count: 40, keys: 38, listed: 40, missing: ['000000017', '19'] })
    const { page } = await open(base)
    await page.goto('/tasks/run')
    await page.getByText('Not proven').waitFor()
    await page.getByText('with 2 that it did not return when read').waitFor()
    await page.getByText('000000017').waitFor()
    await page.getByText('stays: the window is read again').waitFor()
    await expectOpenToAll(page, 'a run without proof')
  })
})
