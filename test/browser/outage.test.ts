import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { browserFor, hasBrowser } from '../worlds/browser.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()

describe.skipIf(!hasBrowser)('while the API is away', () => {
  async function opened() {
    const api = await twoSellers(['alder'], { page: await readPageFiles(inject('builtPage')) })
    const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
    onTestFinished(() => api.app.close())
    const { page, complaints } = await open(base)
    await page.goto('/')
    await page.getByRole('article', { name: 'alder' }).waitFor()
    return { api, page, complaints }
  }

  it('a page that was not opened before says so, and is there as soon as the API is', async () => {
    const { page, complaints } = await opened()
    await page.context().setOffline(true)
    await page.getByRole('link', { name: 'Resync' }).click()
    await page.getByText('The API does not answer').waitFor()
    await page.getByRole('article', { name: 'alder' }).waitFor()
    await page.context().setOffline(false)
    await page.getByRole('button', { name: 'Replay events' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/resync')
    expect(complaints).toEqual([])
  })

  it('what is asked for is refused at once, and not done later', async () => {
    const { api, page, complaints } = await opened()
    const pauses = async () => (await api.get('/v1/pauses')).json.items.length
    const before = await pauses()
    await page.context().setOffline(true)
    await page.getByRole('button', { name: 'Resume: map-products alder' }).click()
    await page.getByText('The API does not answer').first().waitFor()
    await page.context().setOffline(false)
    await page.getByText('This page shows old data').waitFor({ state: 'detached' })
    await page.reload()
    await page.getByRole('button', { name: 'Resume: map-products alder' }).waitFor()
    expect(await pauses()).toBe(before)
    expect(complaints).toEqual([])
  })
})
