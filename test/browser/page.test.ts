import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { createKey, type keyScopes } from '../../src/operations/keys.ts'
import { everything } from '../../src/operations/principal.ts'
import { browserFor, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { openAddress, pageAddresses } from '../worlds/sample/addresses.ts'
import { drawPictures } from '../worlds/sample/pictures.ts'
import { sampleInstallation } from '../worlds/sample/sample.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const open = browserFor()

/** The page as it is served, over the API with a seller's connection on which something is paused, failed and waiting. */
async function world(over: Parameters<typeof twoSellers>[1] = {}) {
  const api = await twoSellers(['alder', 'birch'], { page: await readPageFiles(inject('builtPage')), ...over })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  return { api, base }
}

type Scopes = (typeof keyScopes)[number]

async function keyWith(api: Awaited<ReturnType<typeof world>>['api'], scopes: readonly Scopes[]): Promise<string> {
  const { key } = await createKey(api.operations, boss, {
    name: scopes.join(' '),
    scopes,
    connections: 'all',
    systems: 'all',
    expiresAt: null,
  })
  return key
}

describe.skipIf(!hasBrowser)('the control tower', () => {
  it('keeps nobody out, wide and light, on a phone and dark: every address, reloaded', async () => {
    const api = await sampleInstallation({ page: await readPageFiles(inject('builtPage')) })
    const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
    onTestFinished(() => api.app.close())
    const { page, complaints } = await open(base)
    await drawPictures(page)
    for (const address of await pageAddresses(api)) {
      await openAddress(page, address)
      await expectOpenToAll(page, address.path)
    }
    expect(complaints).toEqual([])
  })

  it('asks for a key where the API does, and leads to where one wanted to be', async () => {
    const { api, base } = await world({ token: 'the-token' })
    const { page } = await open(base)
    await page.goto('/problems?connection=alder')
    const key = page.getByLabel('API key')
    await key.fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('This key is not accepted').waitFor()
    await key.fill(await keyWith(api, ['feeds:read']))
    await key.press('Enter')
    await page.getByText('lacks the scope observe').waitFor()
    await key.fill('the-token')
    await key.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Problems' }).waitFor()
    expect(new URL(page.url()).search).toBe('?connection=alder')
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Problems' }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await key.waitFor()
    expect(await page.evaluate('[localStorage.length, sessionStorage.length]')).toEqual([0, 0])
  })

  it('shows what is paused at once, and resumes it', async () => {
    const { api, base } = await world()
    const { page } = await open(base)
    await page.goto('/')
    await page.getByRole('button', { name: 'Resume: map-products alder' }).click()
    await page.getByText('alder is resumed').waitFor()
    await page.getByRole('button', { name: 'Resume: map-products alder' }).waitFor({ state: 'detached' })
    const { items } = (await api.get('/v1/pauses')).json
    expect(items.map(({ connection }: { connection: string }) => connection)).toEqual(['birch'])
  })

  it('leads from what is wrong to its cause, and discards with a reason', async () => {
    const { api, base } = await world()
    const { page } = await open(base)
    await page.goto('/')
    await page.getByRole('listitem').filter({ hasText: 'alder' }).getByRole('link', { name: /^Open/ }).click()
    await page.getByRole('link', { name: 'k-alder' }).click()
    await page.getByRole('button', { name: 'Discard' }).click()
    await page.keyboard.press('Escape')
    expect((await api.get('/v1/dead-letters/d-alder')).json.state).toBe('open')
    await page.getByRole('button', { name: 'Discard' }).click()
    const discard = page.getByRole('dialog').getByRole('button', { name: 'Discard' })
    expect(await discard.isDisabled()).toBe(true)
    await page.getByLabel('Reason').fill('the shop canceled it')
    await discard.click()
    await page.getByText('1 record discarded').waitFor()
    // The projector's part; the page sees it without being asked to.
    await api.letters.deliver()
    await page.getByRole('main').getByText('the shop canceled it').waitFor()
    const { state, history } = (await api.get('/v1/dead-letters/d-alder')).json
    expect([state, history.at(-1).reason]).toEqual(['discarded', 'the shop canceled it'])
    await page.goBack()
    await page.getByText('This problem is solved').waitFor()
  })

  it('offers nothing that the key may not do', async () => {
    const { api, base } = await world({ token: 'the-token' })
    const { page } = await open(base)
    await page.goto('/')
    await page.getByLabel('API key').fill(await keyWith(api, ['observe']))
    await page.getByLabel('API key').press('Enter')
    const resume = page.getByRole('button', { name: 'Resume: map-products alder' })
    await resume.waitFor()
    expect(await resume.isDisabled()).toBe(true)
    expect(await page.getByRole('link', { name: 'Connections' }).count()).toBe(0)
    await page.goto('/connections')
    await page.getByRole('alert').filter({ hasText: 'configure' }).first().waitFor()
    expect(await page.getByText('Your key may not see this').count()).toBe(2)
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0)
  })

  it('says that the API does not answer, and is up to date again when it does', async () => {
    const { base } = await world()
    const { page } = await open(base)
    // The page asks again by itself every few seconds: the API is back only for what is asked after the click.
    await page.addInitScript("addEventListener('click', () => { window.wasClicked = true }, true)")
    await page.route('**/v1/**', async (route) => {
      if (await page.evaluate('window.wasClicked === true')) await route.continue()
      else await route.abort()
    })
    await page.goto('/problems')
    await page.getByText('The API does not answer').waitFor()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('link', { name: 'The system refuses' }).first().waitFor()
  })

  it('waits for a part of its program that can not be loaded, and reloads when the API is back', async () => {
    const api = await sampleInstallation({ page: await readPageFiles(inject('builtPage')) })
    const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
    onTestFinished(() => api.app.close())
    for (const part of ['main', 'chart']) {
      // So high that charts need no scrolling.
      const { page, complaints } = await open(base, { viewport: { width: 1440, height: 4000 } })
      let isAway = true
      let missed = 0
      await page.route(new RegExp(`/assets/${part}-|/health/live`), async (route) => {
        if (!isAway) return await route.continue()
        missed += 1
        await route.abort()
      })
      await page.goto('/')
      await expect.poll(() => missed).toBeGreaterThan(1)
      isAway = false
      await page.locator('.chart canvas').first().waitFor()
      expect(complaints).toEqual([])
    }
  })

  it('runs a read when it is asked to', async () => {
    const { api, base } = await world()
    const { page } = await open(base)
    await page.goto('/tasks')
    await page.getByRole('button', { name: 'Run now: shop-birch.orders.all' }).click()
    await page.getByText('shop-birch.orders.all is requested').waitFor()
    expect(api.control.requested.map(({ read }) => read)).toEqual(['shop-birch.orders.all'])
  })

  it('keeps what is typed, and where, while the list of orders is still being loaded', async () => {
    const { base } = await world()
    const { page } = await open(base)
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    await page.route('**/v1/status', async (route) => {
      await released
      await route.continue()
    })
    await page.goto('/orders')
    const field = page.getByPlaceholder('Order number')
    await field.pressSequentially('40')
    release()
    await page.getByRole('link', { name: 'k-alder' }).waitFor()
    await page.keyboard.press('4')
    expect(await field.inputValue()).toBe('404')
    await page.keyboard.press('Enter')
    await page.getByText('No shop you can see has an order 404').waitFor()
  })

  it('says of an order that no shop has what to do', async () => {
    const { base } = await world()
    const { page } = await open(base)
    await page.goto('/orders')
    await page.getByPlaceholder('Order number').fill('404')
    await page.keyboard.press('Enter')
    await page.getByText('No shop you can see has an order 404').waitFor()
    expect(new URL(page.url()).search).toBe('?number=404')
  })
})
