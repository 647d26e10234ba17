import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { browserFor, expectNoOverflow, hasBrowser } from '../worlds/browser.ts'
import { sampleInstallation } from '../worlds/sample/sample.ts'
import { scrollToEnd } from '../worlds/scroll-to-end.ts'

const open = browserFor()
const viewport = { width: 390, height: 844 }

async function phone() {
  const api = await sampleInstallation({ page: await readPageFiles(inject('builtPage')) })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  return await open(base, { viewport })
}

describe.skipIf(!hasBrowser)('on a phone', () => {
  it('every page is reached by a link', async () => {
    const { page, complaints } = await phone()
    await page.goto('/')
    const pages = page.getByRole('navigation', { name: 'Pages' })
    const names = () => pages.getByRole('link').allTextContents()
    await pages.getByRole('button', { name: 'More' }).waitFor()
    expect((await names()).length).toBe(4)
    await pages.getByRole('button', { name: 'More' }).click()
    await pages.getByRole('link', { name: 'Break something' }).waitFor()
    for (const name of ['Reads', 'Resync', 'Connections', 'Keys', 'Audit', 'API reference']) {
      expect(await pages.getByRole('link', { name }).isVisible(), name).toBe(true)
    }
    await expectNoOverflow(page)
    await page.keyboard.press('Escape')
    expect((await names()).length).toBe(4)
    expect(await pages.getByRole('link', { name: 'Break something' }).isVisible()).toBe(false)
    await pages.getByRole('button', { name: 'More' }).click()
    await pages.getByRole('link', { name: 'Break something' }).click()
    await page.getByRole('heading', { level: 1, name: 'Break something' }).waitFor()
    await pages.getByRole('link', { name: 'Keys' }).waitFor({ state: 'hidden' })
    expect(complaints).toEqual([])
  })

  it('the key of a record that waits stands in one line', async () => {
    const { page } = await phone()
    await page.goto('/problems/waiting')
    const cell = page.getByRole('row').filter({ hasText: 'vendor-orders' }).getByRole('cell').first()
    await cell.getByText('vendor-orders').waitFor()
    const lines = await page.evaluate(`[...document.querySelectorAll('.waiting-key')].map((cell) => {
      const range = document.createRange()
      range.selectNode(cell.firstChild)
      return new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom / 4))).size
    })`)
    // That of an order that is held, and those of what waits.
    expect(lines).toEqual([1, 1, 1, 1])
  })

  it('charts far below are neither asked for nor drawn before one comes near', async () => {
    const { page } = await phone()
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.goto('/')
    await page.getByRole('article', { name: 'outdoor-trailworks' }).waitFor()
    expect(asked.filter((path) => path.includes('chart') || path === '/v1/figures')).toEqual([])
    expect(await page.locator('canvas').count()).toBe(0)
    await scrollToEnd(page)
    await page.locator('.chart canvas').nth(3).waitFor()
    expect(asked.filter((path) => path === '/v1/figures')).toEqual(['/v1/figures'])
  })
})
