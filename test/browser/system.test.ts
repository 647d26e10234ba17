import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { StreamError } from '../../src/errors.ts'
import { createKey } from '../../src/operations/keys.ts'
import { everything } from '../../src/operations/principal.ts'
import { browserFor, hasBrowser } from '../worlds/browser.ts'
import { addProcesses } from '../worlds/sample/processes.ts'
import { shownInstallation } from '../worlds/shown-installation.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const open = browserFor()

async function world(over: Parameters<typeof twoSellers>[1] = {}) {
  const api = await twoSellers(['alder'], { page: await readPageFiles(inject('builtPage')), ...over })
  await addProcesses(api.tables, api.clock.time)
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  return { api, base }
}

describe.skipIf(!hasBrowser)('the system', () => {
  it('shows what runs and runs the checks; each part has its address', async () => {
    const { api, base } = await world()
    const { page, complaints } = await open(base)
    await page.goto('/')
    await page.getByRole('navigation').getByRole('link', { name: 'System' }).click()
    await page.getByRole('row').filter({ hasText: 'c27d90af1e35' }).getByText('Silent').waitFor()
    await page.getByRole('row').filter({ hasText: 'projector' }).getByText('Running').waitFor()
    await page.getByRole('button', { name: 'Run checks' }).click()
    await page.getByText('4.2 s ahead of the clock here').waitFor()
    await page.getByText('1 warning').waitFor()
    expect((await api.get('/v1/audit?what=system.examine')).json.items).toHaveLength(1)
    await page.getByRole('link', { name: 'Consumers' }).click()
    const rows = page.getByRole('main').getByRole('row')
    await rows.filter({ hasText: 'deliver-trailworks' }).getByText('1,204').waitFor()
    // What nobody runs stands first, then what is furthest behind.
    expect(await rows.nth(1).textContent()).toContain('push-images')
    expect(await rows.nth(2).textContent()).toContain('deliver-trailworks')
    await page.getByRole('link', { name: 'Topics' }).click()
    await page.getByText('retention.ms is 86400000, not -1').waitFor()
    expect(new URL(page.url()).search).toBe('?view=topics')
    await page.reload()
    await page.getByRole('heading', { level: 2, name: 'Topics' }).waitFor()
    await page.getByRole('link', { name: 'Tables' }).click()
    await page.getByRole('row').filter({ hasText: 'dead_letter_shelves' }).getByText('On demand').waitFor()
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'CSV' }).click()
    expect((await saved).suggestedFilename()).toBe('tables.csv')
    await page.goBack()
    await page.getByRole('heading', { level: 2, name: 'Topics' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('says which part does not answer, and shows the others', async () => {
    const isDown = { is: true }
    const shown = shownInstallation({ now: () => 0 })
    const consumers = async () => {
      if (isDown.is) throw new StreamError('broker_unavailable', 'asking for the groups: no broker answers')
      return await shown.consumers()
    }
    const { base } = await world({ installation: { ...shown, consumers } })
    const { page } = await open(base)
    await page.goto('/system?view=consumers')
    await page.getByRole('button', { name: 'Try again' }).waitFor()
    await page.getByRole('link', { name: 'Tables' }).click()
    await page.getByRole('row').filter({ hasText: 'dead_letters' }).waitFor()
    isDown.is = false
    await page.getByRole('link', { name: 'Consumers' }).click()
    await page.getByText('deliver-trailworks').waitFor()
  })

  it('is not offered to a key that reaches some connections alone, and asks for nothing then', async () => {
    const { api, base } = await world({ token: 'the-token' })
    const { key } = await createKey(api.operations, boss, {
      name: 'seller',
      scopes: ['observe', 'operate'],
      connections: ['alder'],
      systems: [],
      expiresAt: null,
    })
    const { page } = await open(base)
    await page.goto('/system')
    await page.getByLabel('API key').fill(key)
    await page.getByLabel('API key').press('Enter')
    await page.getByText('Only for keys that operate everything').waitFor()
    expect(await page.getByRole('navigation').getByRole('link', { name: 'System' }).count()).toBe(0)
    const trail = await api.get('/v1/audit?who=seller', { authorization: 'Bearer the-token' })
    expect(trail.json.items).toEqual([])
  })
})
