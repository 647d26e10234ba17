import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { browserFor, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()

async function world() {
  const api = await twoSellers(['alder'], { page: await readPageFiles(inject('builtPage')) })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  return await open(base)
}

describe.skipIf(!hasBrowser)('an address', () => {
  it('of no page is answered by the page, which says so and leads on', async () => {
    const { page, complaints } = await world()
    for (const address of ['/nope', '/orders/x/%', '/connections/%ff/mapping']) {
      const answer = await page.goto(address)
      expect([address, answer?.status()]).toEqual([address, 404])
      await page.getByRole('heading', { name: 'This page does not exist' }).waitFor()
    }
    await expectOpenToAll(page, 'no such page')
    await page.getByRole('link', { name: 'Go to the overview' }).click()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('with a place in a list that is not valid any more leads to the first page', async () => {
    const { page, complaints } = await world()
    const lists = ['/problems/waiting?connection=alder&cursor=x', '/tasks?cursor=x', '/audit?cursor=x&what=all']
    for (const address of lists) {
      await page.goto(address)
      await page.getByRole('button', { name: 'Go to the first page' }).click()
      await page.getByRole('alert').waitFor({ state: 'detached' })
      expect(new URL(page.url()).search).toBe(new URL(address.replace(/[&]?cursor=x&?/, ''), page.url()).search)
    }
    expect(complaints).toEqual([])
  })

  it('of a connection that is not there offers no mapping to be written', async () => {
    const { page, complaints } = await world()
    await page.goto('/connections/nobody/mapping')
    await page.getByRole('heading', { name: 'There is no connection nobody' }).waitFor()
    expect(await page.getByRole('button', { name: 'Save…' }).count()).toBe(0)
    await page.getByRole('link', { name: 'All connections' }).click()
    await page.getByRole('heading', { level: 1, name: 'Connections' }).waitFor()
    expect(complaints).toEqual([])
  })
})
