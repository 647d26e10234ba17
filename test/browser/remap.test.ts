import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { browserFor, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { refusedOrders, rightMap } from '../worlds/refused-orders.ts'

const open = browserFor()

describe.skipIf(!hasBrowser)('orders that a vendor refused', () => {
  it('are mapped anew by a retry, which shows what that changes before it sends them', async () => {
    const api = await refusedOrders({ page: await readPageFiles(inject('builtPage')) })
    const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
    onTestFinished(() => api.app.close())
    await api.mapBy(rightMap)
    const { group } = (await api.get('/v1/dead-letters/r1')).json
    const { page, complaints } = await open(base)
    await page.goto(`/problems/${group}/r1`)
    await page.getByRole('button', { name: 'Retry' }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByLabel('Send it as it was mapped').isChecked()).toBe(true)
    await dialog.getByLabel('Map it again, then send it').check()
    const preview = dialog.getByRole('region', { name: 'What is mapped differently' })
    await preview.getByText('changes one field').waitFor()
    expect(await preview.locator('dt, del, ins').allTextContents()).toEqual(['fields.custbody_ship', '"X"', '"G-1"'])
    await expectOpenToAll(page, 'map anew')
    await dialog.getByRole('button', { name: 'Retry' }).click()
    await page.getByText('1 of 1 retried').waitFor()
    expect((await api.sent()).map(({ event }) => event.fields)).toEqual([{ custbody_ship: '"G-1"' }])
    // All of the group: the same choice, and what can't be mapped anew is left with the reason.
    await page.goto(`/problems/${group}`)
    await page.getByRole('button', { name: /^Retry all/ }).click()
    await dialog.getByLabel('Map it again, then send it').check()
    await dialog.getByRole('button', { name: /^Retry/ }).click()
    await page.getByText(/1 skipped/).waitFor()
    const resolved = { kind: 'resolved', by: null, reason: null } as const
    await api.letters.project({ ...api.letterOf('2'), retry: 1, change: resolved })
    await page.getByText('it does not name its source order').waitFor()
    expect((await api.sent()).map(({ key }) => key)).toEqual(['alder|1', 'alder|2'])
    expect(complaints).toEqual([])
  })
})
