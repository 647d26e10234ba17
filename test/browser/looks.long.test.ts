import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { browserFor, expectOpenOtherwise, hasBrowser } from '../worlds/browser.ts'
import { openAddress, pageAddresses } from '../worlds/sample/addresses.ts'
import { drawPictures } from '../worlds/sample/pictures.ts'
import { sampleInstallation } from '../worlds/sample/sample.ts'

const open = browserFor()

describe.skipIf(!hasBrowser)('the control tower', () => {
  it('keeps nobody out, wide and dark, on a phone and light: every address', async () => {
    const api = await sampleInstallation({ page: await readPageFiles(inject('builtPage')) })
    const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
    onTestFinished(() => api.app.close())
    const { page, complaints } = await open(base)
    await drawPictures(page)
    for (const address of await pageAddresses(api)) {
      await openAddress(page, address)
      await expectOpenOtherwise(page, address.path)
    }
    expect(complaints).toEqual([])
  })
})
