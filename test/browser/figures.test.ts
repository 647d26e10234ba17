import type { Page } from 'playwright-core'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import { entityResult, statusRecord } from '../data/sync-status.ts'
import { barriersOf, browserFor, expectNoOverflow, hasBrowser } from '../worlds/browser.ts'
import { scrollToEnd } from '../worlds/scroll-to-end.ts'
import { batchContext } from '../worlds/stage-context.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()

async function world() {
  const api = await twoSellers(['alder', 'birch'], { page: await readPageFiles(inject('builtPage')) })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  const at = api.clock.time - 600_000
  const report = async (connection: string, offset: number, over: Parameters<typeof entityResult>[0]) => {
    const { record, event } = statusRecord('deliver-erp', at, [
      entityResult({ connection, occurredAt: at - 8_000, readAt: at - 4_000, key: `${offset}`, ...over }),
    ])
    const own = { record: { ...record, offset: BigInt(offset) }, event }
    await stagedStage(api).handle([own], batchContext().context)
  }
  return { base, report }
}

/** How many columns of the first chart's picture have something in the color of its first name. */
async function columnsOfColor(page: Page): Promise<number> {
  const columns = await page.evaluate(`(() => {
    const chart = document.querySelector('.chart')
    const canvas = chart.querySelector('canvas')
    const wanted = getComputedStyle(chart.querySelector('.chart-swatch')).backgroundColor
    const probe = document.createElement('canvas').getContext('2d')
    probe.fillStyle = wanted
    probe.fillRect(0, 0, 1, 1)
    const color = probe.getImageData(0, 0, 1, 1).data
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    const found = new Set()
    for (let at = 0; at < data.length; at += 4) {
      if ([0, 1, 2].every((part) => Math.abs(data[at + part] - color[part]) < 3) && data[at + 3] > 250) {
        found.add((at / 4) % canvas.width)
      }
    }
    return found.size
  })()`)
  return Number(columns)
}

describe.skipIf(!hasBrowser)('charts of a day', () => {
  it('say what to expect while there is nothing to draw', async () => {
    const { base } = await world()
    const { page } = await open(base)
    await page.goto('/')
    await scrollToEnd(page)
    await page.getByText('Nothing was delivered yet').waitFor()
  })

  it('show what was delivered and failed, of all connections and of one, for eyes and ears', async () => {
    const { base, report } = await world()
    for (const offset of [1, 2, 3]) await report('alder', offset, { status: 'succeeded' })
    await report('birch', 4, { status: 'succeeded' })
    await report('birch', 5, { status: 'failed', code: 'target_rejected' })
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, complaints } = await open(base, { colorScheme, viewport: { width: 390, height: 844 } })
      await page.goto('/')
      await scrollToEnd(page)
      const delivered = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'Delivered' }) })
      await delivered.getByRole('row', { name: /Orders 4/ }).waitFor()
      await page.locator('.chart canvas').nth(3).waitFor()
      expect(await page.getByRole('row', { name: /p50 7\.5 s p95 9\.8 s/ }).count()).toBe(1)
      await page.locator('[aria-busy]').waitFor({ state: 'detached' })
      await page.getByRole('heading', { name: 'Last 2 hours' }).waitFor()
      expect(await columnsOfColor(page)).toBeGreaterThanOrEqual(3)
      expect(await barriersOf(page)).toEqual([])
      await expectNoOverflow(page)
      await page.getByLabel('Connection of the charts').selectOption('alder')
      await delivered.getByRole('row', { name: /Orders 3/ }).waitFor()
      await page.getByText('Nothing failed in this time').waitFor()
      expect(new URL(page.url()).search).toBe('?of=alder')
      expect(complaints).toEqual([])
    }
  })
})
