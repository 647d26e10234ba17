import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { startApi } from '../../src/api/server.ts'
import { listening } from '../worlds/api-fixture.ts'
import { browserFor, hasBrowser } from '../worlds/browser.ts'
import { liveTopics } from '../worlds/live-topics.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()

/** A page over the API with its stream of changes, and what it asked for. */
async function visit() {
  const { operations } = await twoSellers(['alder', 'birch'], liveTopics().deps)
  const api = await startApi(listening(operations, { page: await readPageFiles(inject('builtPage')) }))
  onTestFinished(() => api.close())
  const { page, complaints } = await open(api.url)
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url().slice(api.url.length)))
  return { page, complaints, asked }
}

describe.skipIf(!hasBrowser)('a first view', () => {
  it('asks for everything once, also when changes begin to be told', async () => {
    const { page, asked } = await visit()
    // However slow the machine is, to the page no time passes between its questions and the stream.
    await page.clock.setFixedTime(Date.now())
    await page.goto('/')
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByRole('article', { name: 'birch' }).waitFor()
    await page.evaluate('new Promise((resolve) => requestIdleCallback(resolve))')
    expect(asked).toEqual([...new Set(asked)])
    expect(asked).toContain('/v1/status')
  })

  it('has its heading and its styles before the program of the page is there', async () => {
    const { page, complaints } = await visit()
    await page.route(/\/assets\/(main|parts|overview|order)-.*\.js/, () => undefined)
    for (const [path, title] of [
      ['/', 'Overview'],
      ['/orders/shop/A%2F7', 'Order A/7'],
    ] as const) {
      await page.goto(path, { waitUntil: 'commit' })
      const heading = page.getByRole('heading', { level: 1, name: title })
      await heading.waitFor({ timeout: 60_000 })
      expect(await page.evaluate('getComputedStyle(document.querySelector("h1")).fontWeight')).toBe('640')
    }
    expect(complaints).toEqual([])
  })

  it('does not ask again for what somebody may be writing on, when changes begin to be told', async () => {
    const { page, asked } = await visit()
    const opened = Date.now()
    await page.clock.setFixedTime(opened)
    await page.route('**/v1/events*', (route) => route.abort())
    await page.goto('/connections/alder')
    await page.getByText('Nothing is changed').waitFor()
    await page.clock.setFixedTime(opened + 60_000)
    asked.length = 0
    const begun = page.waitForRequest('**/v1/caller')
    await page.unroute('**/v1/events*')
    await begun
    expect(asked).not.toContain('/v1/connections/alder')
  })
})
