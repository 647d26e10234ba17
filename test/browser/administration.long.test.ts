import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { createKey, type keyScopes } from '../../src/operations/keys.ts'
import { everything } from '../../src/operations/principal.ts'
import { browserFor, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const open = browserFor()
const TOKEN = 'the-token'
const admin = { authorization: `Bearer ${TOKEN}`, 'x-actor': 'ann' }

type Scope = (typeof keyScopes)[number]

async function world(token: string | null = null) {
  const api = await twoSellers(['alder', 'birch'], { page: await readPageFiles(inject('builtPage')), token })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  const keyWith = (name: string, scopes: readonly Scope[]) => {
    const all = { connections: undefined, systems: undefined, expiresAt: null }
    return createKey(api.operations, boss, { name, scopes, ...all })
  }
  const trail = async (query: string) => (await api.get(`/v1/audit?${query}`, admin)).json.items
  return { api, base, keyWith, trail }
}

async function signIn(page: Awaited<ReturnType<typeof open>>['page'], address: string, key: string) {
  await page.goto(address)
  await page.getByLabel('API key').fill(key)
  await page.getByLabel('API key').press('Enter')
}

describe.skipIf(!hasBrowser)('keys and audit', () => {
  it('keeps nobody out: every address, reloaded', async () => {
    const { api, base, keyWith } = await world(TOKEN)
    const { key } = await keyWith('administrator', ['administer'])
    const { id } = await keyWith('shop puller with a rather long name', ['feeds:read', 'observe', 'persons:read'])
    await api.send('POST', `/v1/keys/${id}/revoke`, { reason: 'the laptop is lost' }, admin)
    await api.get('/v1/status', { authorization: 'Bearer wrong' })
    const { page, complaints } = await open(base)
    await signIn(page, '/keys', key)
    // Another address before the key is accepted would be asked for it again.
    await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor()
    for (const address of ['/keys?show=all', '/audit', '/audit?who=nobody-else']) {
      await page.goto(address)
      const title = address.startsWith('/keys') ? 'Keys' : 'Audit'
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      await page.locator('[aria-busy]').waitFor({ state: 'detached' })
      await expectOpenToAll(page, address)
    }
    await page.goto('/audit?what=key.revoke')
    await page.getByRole('button', { name: 'What changed' }).click()
    await page.getByText('state: revoked').waitFor()
    await expectOpenToAll(page, 'what changed')
    await page.goto('/keys')
    await page.getByRole('button', { name: 'Create key' }).click()
    await page.getByLabel('Chosen connections and systems').check()
    await page.getByLabel('alder', { exact: true }).waitFor()
    await expectOpenToAll(page, 'create a key')
    expect(complaints).toEqual([])
  })

  it('creates a key that does what was chosen, and shows its secret once', async () => {
    const { api, base, keyWith } = await world(TOKEN)
    const { page } = await open(base, { permissions: ['clipboard-read', 'clipboard-write'] })
    await signIn(page, '/keys', (await keyWith('administrator', ['administer'])).key)
    await page.getByRole('button', { name: 'Create key' }).click()
    const dialog = page.getByRole('dialog')
    const next = dialog.getByRole('button', { name: 'Continue' })
    expect(await next.isDisabled()).toBe(true)
    await dialog.getByLabel('Name', { exact: true }).fill('alder watcher')
    await dialog.getByLabel('administer').check()
    expect(await dialog.getByLabel('Chosen connections and systems').isDisabled()).toBe(true)
    await dialog.getByLabel('administer').uncheck()
    await dialog.getByLabel('operate').check()
    await dialog.getByLabel('Chosen connections and systems').check()
    await dialog.getByText('Choose at least one').waitFor()
    expect(await next.isDisabled()).toBe(true)
    await dialog.getByLabel('alder', { exact: true }).check()
    await dialog.getByLabel('Expires').selectOption('never')
    await next.click()
    await dialog.getByText('observe, operate').waitFor()
    expect((await api.get('/v1/keys', admin)).json.items).toHaveLength(1)
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await dialog.getByRole('button', { name: 'Copy the key' }).click()
    await dialog.getByText('Copied').waitFor()
    const secret = await page.evaluate('navigator.clipboard.readText()')
    const { status, json } = await api.get('/v1/caller', { authorization: `Bearer ${secret}` })
    expect([status, json]).toMatchObject([
      200,
      { name: 'alder watcher', scopes: ['observe', 'operate'], connections: ['alder'], systems: [] },
    ])
    expect(await page.getByText(`${secret}`).count()).toBe(1)
    const kept = '[document.body.innerHTML, JSON.stringify({ ...localStorage, ...sessionStorage })].join()'
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('row').filter({ hasText: 'alder watcher' }).getByText('Active').waitFor()
    expect(await page.evaluate(kept)).not.toContain(`${secret}`)
    await page.reload()
    await page.getByRole('row').filter({ hasText: 'alder watcher' }).waitFor()
    expect(await page.evaluate(kept)).not.toContain(`${secret}`)
  })

  it('says why a name is refused, and keeps what was chosen', async () => {
    const { base, keyWith } = await world(TOKEN)
    const { page } = await open(base)
    await signIn(page, '/keys', (await keyWith('administrator', ['administer'])).key)
    await page.getByRole('button', { name: 'Create key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name', { exact: true }).fill('administrator')
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await dialog.getByText('is already called "administrator"').waitFor()
    await dialog.getByRole('button', { name: 'Back' }).click()
    expect(await dialog.getByLabel('Name', { exact: true }).inputValue()).toBe('administrator')
  })

  it('shows the first key until it is copied, though the API asks everybody for one from then on', async () => {
    const { api, base } = await world()
    const { page } = await open(base)
    await page.goto('/keys')
    await page.getByText('The API does not require a key yet').waitFor()
    await page.getByRole('button', { name: 'Create key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name', { exact: true }).fill('first')
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await dialog.getByText('This key lacks the scope administer').waitFor()
    await dialog.getByRole('button', { name: 'Back' }).click()
    await dialog.getByLabel('administer').check()
    await dialog.getByRole('button', { name: 'Continue' }).click()
    // The list behind is asked for again.
    const refused = page.waitForResponse((answer) => answer.status() === 401)
    await dialog.getByRole('button', { name: 'Create key' }).click()
    const secret = (await dialog.getByLabel('Secret').textContent()) ?? ''
    await refused
    expect(await dialog.getByLabel('Secret').textContent()).toBe(secret)
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page.getByLabel('API key').fill(secret)
    await page.getByLabel('API key').press('Enter')
    await page.getByRole('row').filter({ hasText: 'first' }).getByText('yours').waitFor()
    expect((await api.get('/v1/keys', { authorization: `Bearer ${secret}` })).status).toBe(200)
  })

  it('revokes a key with a reason that the trail keeps', async () => {
    const { api, base, keyWith, trail } = await world(TOKEN)
    const { page } = await open(base)
    await signIn(page, '/keys', (await keyWith('administrator', ['administer'])).key)
    const lost = await keyWith('lost', ['observe'])
    await page.reload()
    await page.getByRole('button', { name: 'Revoke: administrator' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('that you are signed in with').waitFor()
    await dialog.getByText('No other active key').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Revoke: lost' }).click()
    const revoke = dialog.getByRole('button', { name: 'Revoke' })
    expect(await revoke.isDisabled()).toBe(true)
    await dialog.getByLabel('Reason').fill('the laptop is lost')
    await revoke.click()
    await page.getByText('lost is revoked').waitFor()
    await page.getByRole('button', { name: 'Revoke: lost' }).waitFor({ state: 'detached' })
    expect((await api.get('/v1/status', { authorization: `Bearer ${lost.key}` })).status).toBe(401)
    expect(await trail('what=key.revoke')).toMatchObject([
      { who: 'administrator', target: lost.id, after: { reason: 'the laptop is lost' } },
    ])
    await page.getByLabel('Which keys').selectOption('all')
    await page.getByRole('row').filter({ hasText: 'lost' }).getByText('Revoked').waitFor()
    expect(new URL(page.url()).search).toBe('?show=all')
    await page.getByRole('link', { name: 'Audit' }).click()
    await page.getByText('the laptop is lost').waitFor()
  })

  it('has every filter of the trail in the address, goes back, and pages', async () => {
    const { api, base, keyWith } = await world(TOKEN)
    for (let n = 1; n <= 55; n += 1) {
      api.clock.time += 1000
      await keyWith(`key ${n}`, ['observe'])
    }
    const { key } = await keyWith('administrator', ['administer'])
    const watcher = await keyWith('watcher', ['observe'])
    await api.get('/v1/systems', { authorization: `Bearer ${watcher.key}` })
    const { page } = await open(base)
    await signIn(page, '/audit', key)
    const rows = page.getByRole('main').getByRole('row')
    await page.getByLabel('Outcome').selectOption('refused')
    await page.getByText('GET /v1/systems').waitFor()
    await rows.filter({ hasText: 'key.create' }).first().waitFor({ state: 'detached' })
    expect(new URL(page.url()).search).toBe('?outcome=refused')
    await page.getByRole('link', { name: 'watcher' }).first().click()
    await page.waitForURL('**/audit?who=watcher&outcome=refused')
    expect(await page.getByLabel('Who').inputValue()).toBe('watcher')
    await page.goBack()
    await page.waitForURL('**/audit?outcome=refused')
    expect(await page.getByLabel('Who').inputValue()).toBe('')
    await page.getByRole('link', { name: 'Clear filters' }).click()
    await page.getByLabel('What').fill('key')
    await page.getByLabel('What').press('Enter')
    await page.waitForURL('**/audit?what=key')
    await page.getByRole('button', { name: 'Older' }).click()
    await page.waitForURL('**/audit?what=key&cursor=*')
    await page.getByRole('button', { name: 'Newest' }).waitFor()
    expect(await rows.count()).toBe(1 + 57 - 50)
    await page.reload()
    await page.getByRole('button', { name: 'Newest' }).click()
    await page.waitForURL('**/audit?what=key')
    await page.getByRole('button', { name: 'Older' }).waitFor()
    expect(await rows.count()).toBe(51)
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'CSV' }).click()
    expect((await saved).suggestedFilename()).toBe('audit.csv')
    await page.getByLabel('From').fill('2030-01-01T00:00')
    await page.getByText('No entry matches these filters').waitFor()
    expect(new URL(page.url()).searchParams.get('since')).toMatch(/^20(29|30)-\d\d-\d\dT\d\d:\d\d:00\.000Z$/)
  })

  it('is for administrators: others read so, and are asked for nothing that would be refused', async () => {
    const { base, keyWith, trail } = await world(TOKEN)
    const { page } = await open(base)
    await signIn(page, '/keys', (await keyWith('watcher', ['observe'])).key)
    await page.getByText('Your key lacks the scope administer').waitFor()
    expect(
      await page
        .getByRole('navigation')
        .getByRole('link', { name: /Keys|Audit/ })
        .count(),
    ).toBe(0)
    await page.goto('/audit')
    await page.getByText('Your key lacks the scope administer').waitFor()
    // Besides what the page asked for before it had a key.
    expect(await trail('outcome=refused&who=watcher')).toEqual([])
  })
})
