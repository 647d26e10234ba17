import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { barriersOf, browserFor, expectNoOverflow, hasBrowser } from '../worlds/browser.ts'
import { problemOrders } from '../worlds/problem-orders.ts'

const open = browserFor()

async function world() {
  const api = await problemOrders({ page: await readPageFiles(inject('builtPage')) })
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  const { groups } = (await api.get('/v1/dead-letters?group=true&code=target_conflict')).json
  return { api, base, group: `/problems/${groups[0].group}` }
}

describe.skipIf(!hasBrowser)('problems', () => {
  it('say what money waits in each, to the cent', async () => {
    const { base, group } = await world()
    const { page, complaints } = await open(base)
    await page.goto('/problems')
    const row = page.getByRole('row').filter({ hasText: 'The target has changed' }).getByRole('cell').nth(3)
    await row.getByText('6,000.75 USD').waitFor()
    await page.goto(group)
    await page.getByRole('definition').filter({ hasText: '6,000.75 USD' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('show a record as read, as mapped and as answered, with the field marked', async () => {
    const { base, group } = await world()
    for (const [colorScheme, width] of [
      ['light', 1440],
      ['dark', 390],
    ] as const) {
      const { page, complaints } = await open(base, { colorScheme, viewport: { width, height: 900 } })
      await page.goto(`${group}/p1`)
      for (const name of ['As read', 'As mapped']) {
        const marked = page.getByRole('article').filter({ hasText: name }).locator('mark')
        await marked.first().waitFor()
        expect([name, await marked.allTextContents()]).toEqual([name, ['"sku": "A-1",']])
      }
      const answer = page.getByRole('article').filter({ hasText: 'As answered' })
      expect(await answer.textContent()).toContain('Invalid value A-1 for the field item')
      await page.locator('[aria-busy]').waitFor({ state: 'detached' })
      expect(await barriersOf(page)).toEqual([])
      await expectNoOverflow(page)
      expect(complaints).toEqual([])
    }
  })

  it('are retried all at once, and followed until none is being retried', async () => {
    const { api, base, group } = await world()
    const { page, complaints } = await open(base)
    await page.goto(group)
    await page.getByRole('button', { name: 'Retry all 3' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Retry 3' }).click()
    const status = page.getByRole('region', { name: 'Retry' }).getByRole('status')
    await status.getByText('3 of 3 retried, 0 resolved, 0 failed again').waitFor()
    await api.conclude('p1', 1, 'resolved')
    await api.conclude('p2', 1, 'resolved')
    await status.getByText('3 of 3 retried, 2 resolved, 0 failed again').waitFor()
    await api.conclude('p3', 1, 'failed')
    await status.getByText('3 of 3 retried, 2 resolved, 1 failed again').waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('link', { name: '1003' }).waitFor()
    expect(await page.getByRole('link', { name: /^100/ }).count()).toBe(1)
    expect(complaints).toEqual([])
  })

  it('are followed on after a reload, at any page', async () => {
    const { api, base, group } = await world()
    const { page, complaints } = await open(base)
    await page.goto(group)
    await page.getByRole('button', { name: 'Retry all 3' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Retry 3' }).click()
    const status = page.getByRole('region', { name: 'Retry' }).getByRole('status')
    await status.getByText('3 of 3 retried, 0 resolved, 0 failed again').waitFor()
    await api.conclude('p1', 1, 'resolved')
    await status.getByText('3 of 3 retried, 1 resolved, 0 failed again').waitFor()
    await page.reload()
    await status.getByText('3 of 3 retried, 1 resolved, 0 failed again').waitFor()
    await page.goto('/')
    await api.conclude('p2', 1, 'resolved')
    await api.conclude('p3', 1, 'failed')
    await page.getByRole('link', { name: 'Problems' }).click()
    await status.getByText('3 of 3 retried, 2 resolved, 1 failed again').waitFor()
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Problems' }).waitFor()
    expect(await page.evaluate('sessionStorage.length')).toBe(0)
    expect(complaints).toEqual([])
  })

  it.each([
    ['had taken', true],
    ['had not taken', false],
  ])('are each retried once where the page is left before the API answered what it %s', async (_, isTaken) => {
    const { api, base, group } = await world()
    const { page, complaints } = await open(base)
    await page.goto(group)
    const asked = Promise.withResolvers<void>()
    let isLost = true
    await page.route('**/v1/dead-letters/retry', async (route) => {
      if (!isLost) return await route.continue()
      if (isTaken) await route.fetch()
      asked.resolve()
    })
    await page.getByRole('button', { name: 'Retry all 3' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Retry 3' }).click()
    await asked.promise
    isLost = false
    await page.reload()
    const status = page.getByRole('region', { name: 'Retry' }).getByRole('status')
    await status.getByText('3 of 3 retried, 0 resolved, 0 failed again').waitFor()
    for (const id of ['p1', 'p2', 'p3']) await api.conclude(id, 1, 'resolved')
    await status.getByText('Retried', { exact: true }).waitFor()
    await status.getByText('3 of 3 retried, 3 resolved, 0 failed again').waitFor()
    const { items } = (await api.get('/v1/dead-letters?ids=p1,p2,p3')).json
    expect(items.map(({ retries }: { retries: number }) => retries)).toEqual([1, 1, 1])
    expect(complaints).toEqual([])
  })

  it('are retried with a reason where a plain retry is refused', async () => {
    const { api, base, group } = await world()
    await api.post('/v1/dead-letters/p1/retry')
    await api.conclude('p1', 1, 'resolved')
    const { page } = await open(base)
    await page.goto(`${group}/p1`)
    await page.getByRole('button', { name: 'Retry anyway' }).click()
    const retry = page.getByRole('dialog').getByRole('button', { name: 'Retry' })
    expect(await retry.isDisabled()).toBe(true)
    await page.getByLabel('Reason').fill('the ERP lost it')
    await retry.click()
    await page.getByText('1 of 1 retried').waitFor()
    await api.letters.deliver()
    const { state, history } = (await api.get('/v1/dead-letters/p1')).json
    expect([state, history.at(-1).reason]).toEqual(['retrying', 'the ERP lost it'])
    // Somebody else was faster: the page says that it is refused, and how to do it all the same.
    await page.goto(`${group}/p2`)
    await page.getByRole('button', { name: 'Retry' }).click()
    await api.post('/v1/dead-letters/p2/retry')
    await page.getByRole('dialog').getByRole('button', { name: 'Retry' }).click()
    await page.getByText('0 of 1 retried, 0 resolved, 0 failed again, 1 skipped').waitFor()
    await page.getByRole('button', { name: 'Retry it anyway' }).click()
    await page.getByLabel('Reason').fill('it hangs')
    await page.getByRole('dialog').getByRole('button', { name: 'Retry' }).click()
    await page.getByText('1 of 1 retried').waitFor()
  })

  it('are solved by a mapping that is tried on their own records while it is written', async () => {
    const { api, base } = await world()
    const { groups } = (await api.get('/v1/dead-letters?group=true&stage=map-products')).json
    const { page, complaints } = await open(base)
    await page.goto(`/problems/${groups[0].group}`)
    await page.getByRole('link', { name: 'Edit the mapping' }).click()
    const rules = page.getByLabel(/^Rules/)
    const status = page.getByRole('region', { name: 'Result for these records' }).getByRole('status')
    await status.getByText('0 of 2 would now pass').waitFor()
    const save = page.getByRole('button', { name: 'Save…' })
    expect(await save.isDisabled()).toBe(true)
    const written = await rules.inputValue()
    await rules.fill(`${written}  - attribute: "colour\n`)
    await page.locator('.line-numbers .bad').waitFor()
    await rules.fill(written.replace('from: price', 'from: prize'))
    await page.getByText('prize, which is not known').waitFor()
    const line = written.split('\n').findIndex((text) => text.includes('from: price')) + 1
    expect(await page.locator('.line-numbers .bad').textContent()).toBe(`${line}`)
    expect(await save.isDisabled()).toBe(true)
    await rules.fill(written.replace('required: true', 'default: no name'))
    await status.getByText('2 of 2 would now pass').waitFor()
    await page.getByText('no name', { exact: true }).first().waitFor()
    expect(await barriersOf(page)).toEqual([])
    await save.click()
    // Somebody else is faster: nothing of theirs is lost.
    const theirs = { attributes: [{ attribute: 'name', from: 'name', required: true }] }
    await api.put('/v1/connections/alder/metadata', theirs)
    await page.getByLabel('Reason').fill('the ERP has no names')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('Somebody else changed it meanwhile').waitFor()
    await dialog.getByRole('button', { name: 'Load the current version' }).click()
    await page.getByText('Not saved yet').waitFor({ state: 'detached' })
    await rules.fill((await rules.inputValue()).replace('required: true', 'default: no name'))
    await save.click()
    await page.getByLabel('Reason').fill('the ERP has no names')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Waiting for the stages').waitFor()
    const changes = (await api.get('/v1/configuration/changes?kind=product-metadata&limit=100')).json.items
    expect(changes.map(({ reason }: { reason: string | null }) => reason)).toContain('the ERP has no names')
    const { document } = (await api.get('/v1/connections/alder/metadata')).json
    expect(document.attributes[0]).toMatchObject({ attribute: 'name', default: 'no name' })
    expect(complaints).toEqual([])
  })
})
