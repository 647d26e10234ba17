import type { Page } from 'playwright-core'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { browserFor, hasBrowser } from '../worlds/browser.ts'
import { openAddress, pageAddresses } from '../worlds/sample/addresses.ts'
import { sampleInstallation } from '../worlds/sample/sample.ts'

const open = browserFor()
/** Longer than any list waits before it asks again. */
const ASKED_AGAIN_MS = 65_000

/** The pages that people leave open. */
const WATCHED = ['overview', 'orders', 'order', 'problems', 'waiting', 'reads', 'run', 'product', 'resync', 'consumers']

/** What can have the focus, or be opened: marked, so that another in its place is told from it. */
const MARK = `for (const element of document.querySelectorAll('main :is(a, button, summary, input, select, textarea)')) element.kept = true`
const NEW = `[...document.querySelectorAll('main :is(a, button, summary, input, select, textarea)')]
  .filter((element) => !element.kept)
  .map((element) => element.textContent || element.getAttribute('aria-label') || element.name)`

/** Answers that are under way. */
function pending(page: Page): () => number {
  let count = 0
  page.on('request', () => {
    count += 1
  })
  page.on('requestfinished', () => {
    count -= 1
  })
  page.on('requestfailed', () => {
    count -= 1
  })
  return () => count
}

describe.skipIf(!hasBrowser)('what is on the page', () => {
  it('stays what it was when the API answers again: nothing loses the focus, and nothing closes', async () => {
    const api = await sampleInstallation({ page: await readPageFiles(inject('builtPage')) })
    const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
    onTestFinished(() => api.app.close())
    const { page, complaints } = await open(base)
    await page.clock.install()
    // Nobody says what changes: the page asks by its clock.
    await page.route('**/v1/events*', (route) => route.abort())
    const underWay = pending(page)
    const replaced: string[] = []
    const addresses = (await pageAddresses(api)).filter(({ name }) => name !== null && WATCHED.includes(name))
    expect(addresses).toHaveLength(WATCHED.length)
    for (const address of addresses) {
      await openAddress(page, address)
      await expect.poll(underWay).toBe(0)
      await page.evaluate(MARK)
      // Everything is older then, so that the answers are others.
      api.clock.time += ASKED_AGAIN_MS
      await page.clock.runFor(ASKED_AGAIN_MS)
      await expect.poll(underWay).toBe(0)
      const found = (await page.evaluate(NEW)) as readonly string[]
      if (found.length > 0) replaced.push(`${address.path}: ${found.join(', ')}`)
    }
    expect(replaced).toEqual([])
    expect(complaints).toEqual([])
  })
})
