import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { runningProcesses } from '../../src/control/processes.ts'
import { createKey } from '../../src/operations/keys.ts'
import { everything } from '../../src/operations/principal.ts'
import { createCallSlots } from '../../src/platform/governor/call-slots.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import { entityResult, statusRecord } from '../data/sync-status.ts'
import { barriersOf, browserFor, expectNoOverflow, hasBrowser } from '../worlds/browser.ts'
import { batchContext } from '../worlds/stage-context.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()
const boss = everything({ kind: 'cli', name: 'boss' })

/** A vendor that two sellers share, and what a process knows of it. */
async function world(over: Parameters<typeof twoSellers>[1] = {}) {
  const api = await twoSellers(['alder', 'birch'], { page: await readPageFiles(inject('builtPage')), ...over })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  const now = api.clock.time
  const message = 'POST /b-7 answered 503'
  const since = { since: now - 60_000, next_try: now + 5_000 }
  const down = { stage: 'deliver-erp', system: 'erp', code: 'target_unavailable', message, ...since }
  const vendor = (isDown: boolean) =>
    runningProcesses(api.tables).put({
      id: 'p',
      roles: ['processor'],
      version: '1.0.0',
      node: 'v24.1.0',
      started_at: now,
      beat_at: now,
      circuits: isDown ? [down] : [],
      accounts: [{ system: 'erp', account: 'netsuite 1', part: null, concurrency: 4, per_minute: null }],
    })
  const slots = createCallSlots(api.tables, 'netsuite 1', 'p')
  return { ...api, base, now, vendor, slots }
}

describe.skipIf(!hasBrowser)('a lane', () => {
  it('says which end does not answer, and that it does again', async () => {
    const { base, vendor, slots, now } = await world()
    await vendor(true)
    await slots.take('slot#001', now + 10_000, now)
    for (const viewport of [
      { width: 1280, height: 900 },
      { width: 390, height: 844 },
    ]) {
      const { page, complaints } = await open(base, { viewport })
      await page.goto('/')
      const lane = page.getByRole('article', { name: 'alder' })
      await lane.getByText(/^No answer for/).waitFor()
      const attention = page.getByRole('region', { name: 'Needs attention' })
      expect(await attention.getByText('erp does not answer').count()).toBe(1)
      await attention.getByText(/^Bring it back: .* POST \/b-7 answered 503$/).waitFor()
      expect(await lane.getByText('1 of 4 calls').isVisible()).toBe(viewport.width > 1000)
      expect(await barriersOf(page)).toEqual([])
      await expectNoOverflow(page)
      expect(complaints).toEqual([])
    }
    const { page } = await open(base)
    await page.goto('/')
    await page.getByText('erp does not answer').waitFor()
    await vendor(false)
    await page.getByText('erp does not answer').waitFor({ state: 'detached' })
    expect(await page.getByText(/^No answer for/).count()).toBe(0)
  })

  it('has for how long what it delivered took, and for each end who waits', async () => {
    const { base, vendor, slots, now, ...deps } = await world()
    await vendor(false)
    await slots.wait({ rank: 0, calls: 3, since: now }, now + 3_000)
    const times = { occurredAt: now - 8_000, readAt: now - 4_000 }
    const done = entityResult({ source: 'shop-alder', connection: 'alder', status: 'succeeded', ...times })
    await stagedStage(deps).handle([statusRecord('deliver-erp', now, [done])], batchContext().context)
    const { page } = await open(base, { viewport: { width: 1440, height: 900 } })
    await page.goto('/')
    const lane = page.getByRole('article', { name: 'alder' })
    await lane.getByRole('cell', { name: '7.5 s 9.8 s' }).waitFor()
    await lane.getByText('3 waiting').waitFor()
    for (const width of [1440, 1280, 1221, 1100, 981, 800, 390]) {
      await page.setViewportSize({ width, height: 900 })
      for (const time of ['7.5 s', '9.8 s']) expect(await lane.getByText(time).isVisible(), `${width}`).toBe(true)
      const isWider =
        "(() => { const { scrollWidth, clientWidth } = document.querySelector('.lane-body'); return scrollWidth > clientWidth })()"
      expect(await page.evaluate(isWider), `the lane at ${width}`).toBe(false)
      await expectNoOverflow(page)
    }
  })

  it('says no more to a vendor’s key than that the end does not answer', async () => {
    const { base, vendor, operations } = await world({ token: 'the-token' })
    await vendor(true)
    const { key } = await createKey(operations, boss, {
      name: 'alder',
      scopes: ['observe'],
      connections: ['alder'],
      systems: ['shop-alder'],
      expiresAt: null,
    })
    const { page } = await open(base)
    await page.goto('/')
    await page.getByLabel('API key').fill(key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('erp does not answer').waitFor()
    expect(await page.getByText('b-7').count()).toBe(0)
    // Its page is for those who may configure.
    expect(await page.getByRole('link', { name: /^Open: erp does not answer/ }).count()).toBe(0)
  })
})
