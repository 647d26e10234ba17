import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { createKey, revokeKey } from '../../src/operations/keys.ts'
import { everything } from '../../src/operations/principal.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import { entityResult, statusRecord } from '../data/sync-status.ts'
import { browserFor, hasBrowser } from '../worlds/browser.ts'
import { batchContext } from '../worlds/stage-context.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()
const boss = everything({ kind: 'cli', name: 'boss' })
const all = { connections: 'all', systems: 'all', expiresAt: null } as const

async function world(token: string | null = null) {
  const api = await twoSellers(['alder'], { page: await readPageFiles(inject('builtPage')), token })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  return { api, base }
}

const ODD = 'A/1 größe %2F #x?y=&z <b>"\'\\ 日本'

describe.skipIf(!hasBrowser)('odd names', () => {
  it('of an order lead to it, and to what is done about it', async () => {
    const { api, base } = await world()
    const placed = entityResult({ source: 'shop-alder', connection: 'alder', key: ODD, status: 'processing' })
    const places = [{ source: { topic: 'orders', partition: 0, offset: 7, bytes: 10 }, mapped: null }]
    await stagedStage(api).handle([statusRecord('route-orders', 7, [placed], 't', places)], batchContext().context)
    const { page, complaints } = await open(base)
    await page.goto('/orders?connection=alder')
    await page.getByRole('searchbox').fill(` ${ODD} `)
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByRole('button', { name: 'Hold order' }).click()
    await page.getByRole('dialog').getByLabel('Reason').fill('odd')
    await page.getByRole('dialog').getByRole('button', { name: 'Hold order' }).click()
    await page.getByRole('button', { name: 'Release order' }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'Release order' }).waitFor()
    const held = (await api.get('/v1/order-holds')).json.items.map(({ number }: { number: string }) => number)
    expect(held).toContain(ODD)
    expect(complaints).toEqual([])
  })

  it('that nobody has, however long, are told and leave the page usable', async () => {
    const { base } = await world()
    const { page, complaints } = await open(base)
    await page.goto('/products')
    for (const text of ['x'.repeat(10_000), ODD]) {
      await page.getByRole('searchbox').fill(text)
      await page.getByRole('button', { name: 'Find' }).click()
      await page.locator('.finder-result .note').waitFor()
    }
    expect(complaints).toEqual([])
  })
})

describe.skipIf(!hasBrowser)('a key that ends meanwhile', () => {
  it('is asked for again, and leads back to where one was', async () => {
    const { api, base } = await world('the-token')
    const first = await createKey(api.operations, boss, { name: 'first', scopes: ['observe', 'operate'], ...all })
    const second = await createKey(api.operations, boss, { name: 'second', scopes: ['observe', 'operate'], ...all })
    const { page, complaints } = await open(base)
    const path = '/orders?connection=alder&state=failed'
    await page.goto(path)
    const field = page.getByLabel('API key')
    await field.fill(first.key)
    await field.press('Enter')
    await page.getByRole('link', { name: 'k-alder' }).click()
    await page.getByRole('button', { name: 'Release order' }).waitFor()
    const at = page.url()
    await revokeKey(api.operations, boss, { id: first.id, reason: 'lost' })
    await page.getByRole('button', { name: 'Release order' }).click()
    await field.waitFor()
    expect(page.url()).toBe(at)
    await field.fill(second.key)
    await field.press('Enter')
    await page.getByRole('button', { name: 'Release order' }).waitFor()
    expect(page.url()).toBe(at)
    await page.goBack()
    await page.getByRole('link', { name: 'k-alder' }).waitFor()
    expect(new URL(page.url()).search).toBe('?connection=alder&state=failed')
    expect(complaints).toEqual([])
  })
})
