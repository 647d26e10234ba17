import type { Page } from 'playwright-core'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { createKey, type keyScopes } from '../../src/operations/keys.ts'
import { everything } from '../../src/operations/principal.ts'
import { browserFor, hasBrowser } from '../worlds/browser.ts'
import { orderHoldMinutes } from '../worlds/connection-form.ts'
import { openAddress, pageAddresses } from '../worlds/sample/addresses.ts'
import { drawPictures } from '../worlds/sample/pictures.ts'
import { sampleInstallation } from '../worlds/sample/sample.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const open = browserFor()
const TOKEN = 'the-token'

type Scopes = (typeof keyScopes)[number]

async function sellers(over: Parameters<typeof twoSellers>[1] = {}) {
  const api = await twoSellers(['alder', 'birch'], { page: await readPageFiles(inject('builtPage')), ...over })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  return { api, base }
}

async function sample() {
  const api = await sampleInstallation({ page: await readPageFiles(inject('builtPage')) })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  return { api, base }
}

async function keyOf(
  { operations }: Awaited<ReturnType<typeof sellers>>['api'],
  scopes: readonly Scopes[],
  over: Partial<Parameters<typeof createKey>[2]> = {},
) {
  const all = { connections: 'all', systems: 'all', expiresAt: null } as const
  return await createKey(operations, boss, { name: scopes.join(' '), scopes, ...all, ...over })
}

/** The page of a browser that is signed in with the key. */
async function signedIn(base: string, key: string) {
  const opened = await open(base)
  await opened.page.goto('/docs')
  await opened.page.evaluate(`sessionStorage.setItem('waldstream.key', '${key}')`)
  return opened
}

/** A page asks again within this, also where the API says what changes. */
const LONGEST_MS = 35_000

/** What the page says, line by line. */
const textOf = async (page: Page) => String(await page.evaluate('document.querySelector("main").innerText'))

const outage = (page: Page) => page.getByText('This page shows old data')

describe.skipIf(!hasBrowser)('when the API is gone', () => {
  it('every page keeps what it has, says so, and comes back by itself', async () => {
    const { api, base } = await sample()
    const { page, complaints } = await open(base)
    await drawPictures(page)
    await page.clock.install()
    for (const address of await pageAddresses(api)) {
      await openAddress(page, address)
      const shown = await textOf(page)
      await page.route('**/v1/**', (route) => route.abort())
      await page.clock.runFor(LONGEST_MS)
      await outage(page).waitFor()
      const kept = withoutTimes(await textOf(page))
      const lost = linesOf(withoutTimes(shown)).filter((line) => !kept.includes(line))
      expect([address.path, lost]).toEqual([address.path, []])
      await page.unroute('**/v1/**')
      await page.clock.runFor(LONGEST_MS)
      await outage(page).waitFor({ state: 'detached' })
    }
    expect(complaints).toEqual([])
  })

  it('a page that was opened meanwhile is there as soon as the API is', async () => {
    const { base } = await sellers()
    const { page } = await open(base)
    await page.route('**/v1/**', (route) => route.abort())
    await page.goto('/connections/alder')
    await page.getByText('The API does not answer').first().waitFor()
    await page.unroute('**/v1/**')
    await orderHoldMinutes(page).waitFor()
    await page.getByText('The API does not answer').first().waitFor({ state: 'detached' })
  })

  it('what is refused is said at once, whatever was known before', async () => {
    const { base } = await sellers()
    const { page } = await open(base)
    await page.goto('/tasks/t-alder')
    await page.getByRole('heading', { level: 2, name: 'Entities' }).waitFor()
    const gone = { type: 'about:blank', title: 'x', status: 404, code: 'not_found', detail: 'there is no such run' }
    await page.route('**/v1/tasks/**', (route) =>
      route.fulfill({ status: 404, contentType: 'application/problem+json', body: JSON.stringify(gone) }),
    )
    await page.getByText('there is no such run').first().waitFor()
  })
})

/** Lines that say the same later. */
const linesOf = (text: string) => text.split('\n').filter((line) => line.trim().length > 3)

/** Ages and times to come grow and fall while one looks. */
function withoutTimes(text: string): string {
  return text
    .replaceAll(/(?:in )?\d+ (?:s|min|h|d)(?: \d+ (?:min|h))?(?: ago)?/g, '~')
    .replaceAll(/Live|Updated ~|now/g, '')
}

describe.skipIf(!hasBrowser)('a key', () => {
  it.each(['expired', 'revoked'])('that is %s while the page is open leads to the sign-in, and back', async (how) => {
    const { api, base } = await sellers({ token: TOKEN })
    const expiresAt = api.clock.time + 3_600_000
    const { id, key } = await keyOf(api, ['observe'], { expiresAt })
    const { page } = await signedIn(base, key)
    await page.goto('/problems?connection=alder')
    await page.getByRole('link', { name: 'The system refuses' }).waitFor()
    if (how === 'revoked') await api.operations.keys.revoke(id, 'boss')
    // The API keeps what it knows of a key for a few seconds.
    api.clock.time += 3_700_000
    await page.getByRole('link', { name: 'Waiting' }).click()
    await page.getByText('is no longer accepted').waitFor()
    await page.getByLabel('API key').fill(TOKEN)
    await page.getByLabel('API key').press('Enter')
    await page.getByRole('link', { name: 'Waiting' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/problems/waiting')
  })

  it('of another seller finds nothing of this one, and says so', async () => {
    const { api, base } = await sellers({ token: TOKEN })
    const { key } = await keyOf(api, ['observe', 'operate'], { connections: ['birch'], systems: ['shop-birch'] })
    const { page } = await signedIn(base, key)
    const groups = (await api.get('/v1/dead-letters?group=true', { authorization: `Bearer ${TOKEN}` })).json.groups
    const group = groups.find(({ connection }: { readonly connection: string }) => connection === 'alder').group
    // As of an order that nobody has.
    await page.goto('/orders/shop-alder/k-alder')
    await page.getByText('Waldstream does not have this order yet').waitFor()
    for (const path of ['/tasks/t-alder', `/problems/${group}/d-alder`, '/connections/alder', '/systems/shop-alder']) {
      await page.goto(path)
      await page.getByRole('main').getByRole('alert').first().waitFor()
      expect([path, (await page.getByRole('link').count()) > 3]).toEqual([path, true])
    }
    await page.goto('/')
    await page.getByRole('article', { name: 'birch' }).waitFor()
    expect(await page.getByText('alder').count()).toBe(0)
  })
})

describe.skipIf(!hasBrowser)('the address', () => {
  it('has every filter, and the back button goes through them', async () => {
    const { base } = await sellers()
    const { page } = await open(base)
    const search = () => new URL(page.url()).search
    await page.goto('/problems')
    const connection = page.getByRole('combobox', { name: 'Connection' })
    await connection.selectOption('alder')
    await page.getByRole('row').filter({ hasText: 'birch' }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Discarded' }).click()
    await page.getByText('Nothing').first().waitFor()
    expect(search()).toContain('state=discarded')
    await page.goBack()
    await page.getByRole('row').filter({ hasText: 'alder' }).waitFor()
    expect([search(), await connection.inputValue()]).toEqual(['?connection=alder', 'alder'])
    await page.goBack()
    await page.getByRole('row').filter({ hasText: 'birch' }).waitFor()
    expect([search(), await connection.inputValue()]).toEqual(['', ''])
    await page.goForward()
    await page.getByRole('row').filter({ hasText: 'birch' }).waitFor({ state: 'detached' })
    expect(await connection.inputValue()).toBe('alder')
    await page.goto('/')
    const only = page.getByRole('checkbox', { name: 'Only' })
    await only.check()
    expect(search()).toBe('?only=problems')
    await page.goBack()
    await expect.poll(() => only.isChecked()).toBe(false)
    await page.goto('/orders?connection=alder')
    const state = page.getByRole('combobox', { name: 'State' })
    await state.selectOption('succeeded')
    await page.getByRole('link', { name: 'k-alder' }).waitFor({ state: 'detached' })
    await page.goBack()
    await page.getByRole('link', { name: 'k-alder' }).waitFor()
    expect(await state.inputValue()).toBe('')
  })
})

describe.skipIf(!hasBrowser)('two windows', () => {
  it('show the same: what is done in one is seen in the other', async () => {
    const { api, base } = await sellers()
    const { page: one } = await open(base)
    const { page: other } = await open(base)
    await other.clock.install()
    await other.goto('/')
    await other.getByRole('button', { name: 'Resume: map-products alder' }).waitFor()
    await one.goto('/')
    await one.getByRole('button', { name: 'Resume: map-products alder' }).click()
    await one.getByText('alder is resumed').waitFor()
    await other.clock.runFor(LONGEST_MS)
    await other.getByRole('button', { name: 'Resume: map-products alder' }).waitFor({ state: 'detached' })
    await other.goto('/problems')
    await other.getByRole('row').filter({ hasText: 'alder' }).waitFor()
    await api.post('/v1/dead-letters/d-alder/discard', { reason: 'done elsewhere', confirm: true })
    await api.letters.deliver()
    await other.clock.runFor(LONGEST_MS)
    await other.getByRole('row').filter({ hasText: 'alder' }).waitFor({ state: 'detached' })
  })

  it('refuse what is done twice, and say what is so now', async () => {
    const { api, base } = await sellers()
    const { page } = await open(base)
    await page.goto('/problems')
    const row = page.getByRole('row').filter({ hasText: 'alder' })
    await row.getByRole('link').click()
    await page.getByRole('link', { name: 'k-alder' }).click()
    await page.getByRole('button', { name: 'Discard' }).click()
    await page.getByLabel('Reason').fill('mine')
    await api.post('/v1/dead-letters/d-alder/discard', { reason: 'theirs', confirm: true })
    await api.letters.deliver()
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
    await page.getByRole('dialog').getByRole('alert').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('theirs').waitFor()
  })
})
