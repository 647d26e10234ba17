import type { Page } from 'playwright-core'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { memoryResync } from '../memory/resync.ts'
import { memoryTables } from '../memory/tables.ts'
import { apiTestTables } from '../worlds/api-fixture.ts'
import { browserFor, hasBrowser } from '../worlds/browser.ts'
import { sharedOrder } from '../worlds/shared-order.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()

async function world() {
  const tables = memoryTables(apiTestTables)
  const { replays } = await memoryResync(tables)
  const api = await twoSellers(['alder'], { page: await readPageFiles(inject('builtPage')), replays }, tables)
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  return { api, base }
}

/** A form, how it is come to, and the button that is not to do anything yet. */
interface Asked {
  readonly name: string
  readonly path: string
  readonly opens?: RegExp
  readonly submits: RegExp
}

const reasons: readonly Asked[] = [
  { name: 'discard', path: '/problems/GROUP/d-alder', opens: /^Discard/, submits: /^Discard/ },
  { name: 'pause a read', path: '/tasks?read=shop-alder.orders.all', opens: /^Pause/, submits: /^Pause/ },
  { name: 'cut date', path: '/tasks?read=shop-alder.orders.all', opens: /^Set cut date/, submits: /^Set cut date/ },
  { name: 'replay', path: '/resync', opens: /^Replay events/, submits: /^Preview/ },
  { name: 'create a key', path: '/keys', opens: /^Create key/, submits: /^Continue/ },
  { name: 'hold a stage', path: '/', opens: /^Hold: alder/, submits: /^Hold$/ },
  { name: 'hold a system', path: '/systems/erp', opens: /^Hold…/, submits: /^Hold$/ },
  { name: 'rebuild', path: '/resync', opens: /^Rebuild a feed/, submits: /^Rebuild$/ },
]

const takesReasonAlone = (name: string) => !['replay', 'create a key', 'cut date'].includes(name)

/** The characters of a reason, and one more. */
const TOO_LONG = 'why '.repeat(251).trim()

/** The page with the form before it. */
async function asked({ path, opens }: { readonly path: string; readonly opens: RegExp | undefined }) {
  const { api, base } = await world()
  const { groups } = (await api.get('/v1/dead-letters?group=true')).json
  const { page, complaints } = await open(base)
  await page.goto(path.replace('GROUP', groups[0].group))
  if (opens !== undefined) await page.getByRole('button', { name: opens }).first().click()
  return { api, page, complaints }
}

const invalid = async (page: Page) => await page.locator('input:invalid, textarea:invalid, select:invalid').count()

describe.skipIf(!hasBrowser)('wrong input', () => {
  it.each(reasons)('$name: without what it needs nothing is done', async ({ path, opens, submits }) => {
    const { page, complaints } = await asked({ path, opens })
    const dialog = page.getByRole('dialog')
    for (const text of await dialog.getByRole('textbox').all()) await text.fill('   ')
    expect(await dialog.getByRole('button', { name: submits }).isDisabled()).toBe(true)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })

  it.each(reasons.filter(({ name }) => takesReasonAlone(name)))(
    '$name: a reason that is too long is said to be, cut off nowhere, and sent when it is shortened',
    async ({ path, opens, submits }) => {
      const { page, complaints } = await asked({ path, opens })
      const dialog = page.getByRole('dialog')
      const reason = dialog.getByLabel('Reason')
      await reason.fill(TOO_LONG)
      await dialog.getByText('1,003 characters; at most 1,000').waitFor()
      expect(await dialog.getByRole('button', { name: submits }).isDisabled()).toBe(true)
      expect(await reason.inputValue()).toBe(TOO_LONG)
      await reason.fill(TOO_LONG.slice(0, 1_000))
      await dialog.getByRole('button', { name: submits }).click()
      await dialog.waitFor({ state: 'detached' })
      expect(complaints).toEqual([])
    },
  )

  it('a key is not revoked without a reason, nor with one that is too long', async () => {
    const token = 'the-token'
    const api = await twoSellers(['alder'], { page: await readPageFiles(inject('builtPage')), token })
    onTestFinished(() => api.app.close())
    const headers = { authorization: `Bearer ${token}`, 'x-actor': 'ann' }
    const { key } = (await api.send('POST', '/v1/keys', { name: 'watcher', scopes: ['observe'] }, headers)).json
    const { page, complaints } = await open(await api.app.listen({ host: '127.0.0.1', port: 0 }))
    await page.goto('/keys')
    await page.getByLabel('API key').fill(token)
    await page.getByLabel('API key').press('Enter')
    await page.getByRole('button', { name: 'Revoke: watcher' }).click()
    const dialog = page.getByRole('dialog')
    const revoke = dialog.getByRole('button', { name: 'Revoke' })
    for (const reason of ['', '   ', TOO_LONG]) {
      await dialog.getByLabel('Reason').fill(reason)
      expect([reason, await revoke.isDisabled()]).toEqual([reason, true])
    }
    await dialog.getByText('1,003 characters; at most 1,000').waitFor()
    const isTaken = async () => (await api.get('/v1/status', { authorization: `Bearer ${key}` })).status
    expect(await isTaken()).toBe(200)
    await dialog.getByLabel('Reason').fill('the laptop is lost')
    await revoke.click()
    await dialog.waitFor({ state: 'detached' })
    expect(await isTaken()).toBe(401)
    expect(complaints).toEqual([])
  })

  it.each([
    ['/', /^Hold: alder/],
    ['/systems/erp', /^Hold…/],
  ] as const)('%s: a hold that would have ended already is refused, and what was typed stays', async (path, opens) => {
    const { api, page } = await asked({ path, opens })
    const before = (await api.get('/v1/pauses')).json.items
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('they take stock')
    await dialog.getByLabel('Until').fill('2020-01-01T00:00:00')
    await dialog.getByRole('button', { name: 'Hold' }).click()
    await dialog.getByRole('alert').filter({ hasText: 'is in the past' }).waitFor()
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('they take stock')
    expect((await api.get('/v1/pauses')).json.items).toEqual(before)
    await dialog.getByLabel('Until').fill('')
    await dialog.getByRole('button', { name: 'Hold' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect((await api.get('/v1/pauses')).json.items).toHaveLength(before.length + 1)
  })

  it('a mapping that is no YAML, no list or no rule is not saved, and says at which line', async () => {
    const { api, base } = await world()
    await api.put('/v1/connections/alder/metadata', { attributes: [{ attribute: 'name', from: 'name' }] })
    const { page, complaints } = await open(base)
    await page.goto('/connections/alder/mapping')
    const rules = page.getByLabel(/^Rules/)
    const save = page.getByRole('button', { name: 'Save…' })
    for (const [written, says] of [
      ['attributes: [', /Flow sequence|flow collection|expected/i],
      ['name: x\n', /attributes is missing/],
      ['attributes:\n  - attribute: name\n    from: nmae\n', /did you mean name/],
      ['attributes:\n  - attribute: name\n    expression: "$sum("\n', /expression/],
    ] as const) {
      await rules.fill(written)
      await page.getByRole('status').filter({ hasText: says }).waitFor()
      expect([written, await save.isDisabled()]).toEqual([written, true])
    }
    expect((await api.get('/v1/connections/alder/metadata')).json.document.attributes).toMatchObject([
      { attribute: 'name', from: 'name' },
    ])
    expect(complaints).toEqual([])
  })

  it('a link that was taken back in another window is shown as that', async () => {
    const token = 'the-token'
    const api = await sharedOrder({ page: await readPageFiles(inject('builtPage')), token })
    onTestFinished(() => api.app.close())
    const headers = { authorization: `Bearer ${token}`, 'x-actor': 'ann' }
    const shares = '/v1/orders/shop/7/shares'
    const made = await api.send('POST', '/v1/orders/shop/7/share', { connection: 'alder', days: 3 }, headers)
    expect(made.status).toBe(201)
    const { page, complaints } = await open(await api.app.listen({ host: '127.0.0.1', port: 0 }))
    await page.goto('/orders/shop/7')
    await page.getByLabel('API key').fill(token)
    await page.getByLabel('API key').press('Enter')
    await page.getByRole('button', { name: 'Revoke' }).click()
    expect((await api.send('POST', `${shares}/${made.json.id}/revoke`, {}, headers)).status).toBe(200)
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('listitem').filter({ hasText: 'Revoked' }).waitFor()
    expect(await page.getByRole('button', { name: 'Revoke' }).count()).toBe(0)
    expect(complaints).toEqual([])
  })

  it.each(['/orders', '/products'])('%s: nothing is searched for nothing', async (path) => {
    const { base } = await world()
    const { page } = await open(base)
    await page.goto(path)
    await page.getByRole('button', { name: 'Find' }).click()
    expect(await invalid(page)).toBe(1)
    expect(new URL(page.url()).search).toBe('')
  })

  it('a cut date that is still to come is refused, with the reason, and what was typed stays', async () => {
    const { base } = await world()
    const { page } = await open(base)
    await page.goto('/tasks?read=shop-alder.orders.all')
    await page.getByRole('button', { name: 'Set cut date' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Cut date').fill('2039-01-01T00:00:00')
    await dialog.getByLabel('Reason').fill('to skip it all')
    await dialog.getByRole('button', { name: 'Set cut date' }).click()
    await dialog.getByRole('alert').filter({ hasText: 'cut_date' }).waitFor()
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('to skip it all')
  })

  it('a replay at no rate is not counted, and one from after its end finds nothing', async () => {
    const { api, base } = await world()
    const { page } = await open(base)
    await page.goto('/resync')
    await page.getByRole('button', { name: 'Replay events' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What').selectOption({ label: 'orders → route-orders' })
    const rate = dialog.getByRole('spinbutton')
    await rate.fill('0')
    await dialog.getByRole('button', { name: 'Preview' }).click()
    expect(await invalid(page)).toBe(1)
    await rate.fill('100')
    const [from, to] = [dialog.getByLabel('Stored at or after'), dialog.getByLabel('Stored before')]
    await from.fill('2026-01-02T00:00:00')
    await to.fill('2026-01-01T00:00:00')
    await dialog.getByRole('button', { name: 'Preview' }).click()
    await dialog.getByText('No event matches').waitFor()
    expect(await dialog.getByRole('button', { name: 'Replay 0' }).isDisabled()).toBe(true)
    expect((await api.get('/v1/replays')).json.items).toEqual([])
  })

  it.each([
    ['/tasks?read=shop-alder.orders.all', 'Set cut date', '**/v1/tasks?**'],
    ['/resync', 'Replay events', '**/v1/replays?**'],
    ['/resync', 'Replay events', '**/v1/replay-targets'],
  ])('on %s "%s" stays before the page when answers come late', async (path, name, late) => {
    const { base } = await world()
    const { page } = await open(base)
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    await page.route(late, async (route) => {
      await released
      await route.continue()
    })
    await page.goto(path)
    await page.getByRole('button', { name }).click()
    await page.getByRole('dialog').waitFor()
    const answered = page.waitForResponse(late)
    release()
    await (await answered).finished()
    await page
      .getByRole('main')
      .filter({ hasNot: page.locator('[aria-busy]') })
      .waitFor({ state: 'attached' })
    expect(await page.evaluate('document.querySelector("dialog").matches(":modal")')).toBe(true)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('an address that is nobody’s filter is read as what it means, or as nothing', async () => {
    const { base } = await world()
    const { page, complaints } = await open(base)
    for (const path of [
      '/problems?part=-3',
      '/problems?part=x&state=nonsense',
      '/?part=1e9',
      '/orders?connection=nobody',
      '/tasks?cursor=x',
      '/audit?since=yesterday',
    ]) {
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page
        .getByRole('main')
        .filter({ hasNot: page.locator('[aria-busy]:visible') })
        .waitFor()
      expect([path, await page.getByRole('main').getByRole('heading').count()]).not.toEqual([path, 0])
    }
    expect(complaints).toEqual([])
  })
})
