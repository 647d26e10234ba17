import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import type { Demo } from '../../src/operations/demo.ts'
import { browserFor, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()

/** One scenario, with the order that is made for it. */
function switchboard(): Demo {
  const shown = { id: 'erp_down', broken: false, order: null as { source: string; number: string } | null }
  return {
    list: async () => [shown],
    set: async (_id, broken) => {
      Object.assign(shown, { broken, order: { source: 'shop-alder', number: '42' } })
      return shown
    },
  }
}

async function world(over: Parameters<typeof twoSellers>[1]) {
  const api = await twoSellers(['alder'], { page: await readPageFiles(inject('builtPage')), ...over })
  onTestFinished(() => api.app.close())
  return await api.app.listen({ host: '127.0.0.1', port: 0 })
}

describe.skipIf(!hasBrowser)('break something', () => {
  it('is offered in a demo: broken, looked at and repaired', async () => {
    const demo = switchboard()
    const base = await world({ demo })
    const { page, complaints } = await open(base)
    await page.goto('/')
    await page.getByRole('link', { name: 'Break something' }).click()
    await page.getByRole('button', { name: 'Break it: The ERP is down' }).click()
    const order = page.getByRole('link', { name: 'Order 42' })
    expect(await order.getAttribute('href')).toBe('/orders/shop-alder/42')
    expect((await demo.list()).map(({ broken }) => broken)).toEqual([true])
    await page.getByRole('button', { name: 'Repair it: The ERP is down' }).click()
    await page.getByRole('button', { name: 'Break it: The ERP is down' }).waitFor()
    await order.waitFor()
    expect((await demo.list()).map(({ broken }) => broken)).toEqual([false])
    expect(complaints).toEqual([])
  })

  it('keeps nobody out', async () => {
    const base = await world({ demo: switchboard() })
    const { page } = await open(base)
    await page.goto('/demo')
    await page.getByRole('button', { name: 'Break it: The ERP is down' }).waitFor()
    await expectOpenToAll(page, '/demo')
  })

  it('is not there where systems are real', async () => {
    const base = await world({})
    const { page } = await open(base)
    await page.goto('/')
    await page.getByRole('link', { name: 'API reference' }).waitFor()
    expect(await page.getByRole('link', { name: 'Break something' }).count()).toBe(0)
    await page.goto('/demo')
    await page.getByRole('heading', { name: 'This page does not exist' }).waitFor()
  })
})
