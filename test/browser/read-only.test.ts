import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { createKey } from '../../src/operations/keys.ts'
import { everything } from '../../src/operations/principal.ts'
import { browserFor, hasBrowser } from '../worlds/browser.ts'
import { pageAddresses } from '../worlds/sample/addresses.ts'
import { drawPictures } from '../worlds/sample/pictures.ts'
import { sampleInstallation } from '../worlds/sample/sample.ts'

const open = browserFor()
const boss = everything({ kind: 'cli', name: 'boss' })

/** What changes something, wherever it stands. */
const ACTIONS =
  /^(Add|Apply|Break it|Cancel|Confirm|Create|Discard|Drop|Hold|Look|Pause|Preview|Release|Remove|Repair|Replay|Rebuild|Resume|Retry|Revoke|Run|Save|Send|Set|Share|Stop|Switch|Test|Try|Undo)\b/

describe.skipIf(!hasBrowser)('a key that may only look', () => {
  it('is offered no action at any address, and nothing breaks', async () => {
    const api = await sampleInstallation({ page: await readPageFiles(inject('builtPage')) })
    const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
    onTestFinished(() => api.app.close())
    const addresses = await pageAddresses(api)
    // From the first key on everybody is asked for one.
    const all = { connections: 'all', systems: 'all', expiresAt: null } as const
    const { key } = await createKey(api.operations, boss, { name: 'a guest', scopes: ['observe'], ...all })
    const { page, complaints } = await open(base)
    await page.addInitScript(`sessionStorage.setItem('waldstream.key', ${JSON.stringify(key)})`)
    await drawPictures(page)
    let offered = 0
    for (const { path } of addresses) {
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      const main = page.getByRole('main').filter({ hasNot: page.locator('[aria-busy]:visible') })
      await main.waitFor()
      const text = (await main.textContent()) ?? ''
      expect([path, text.length > 20, /undefined|\[object/.test(text)]).toEqual([path, true, false])
      for (const button of await main.getByRole('button', { name: ACTIONS }).all()) {
        offered += 1
        expect([path, await button.textContent(), await button.isDisabled()]).toEqual([path, expect.anything(), true])
      }
    }
    expect(offered).toBeGreaterThan(10)
    await page.goto('/keys')
    await page.getByText('This page is for administrators').waitFor()
    expect(complaints).toEqual([])
  })
})
