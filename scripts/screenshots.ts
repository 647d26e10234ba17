/**
 * Writes a screenshot of each page into docs/images: light and dark, wide and on a phone, over the sample installation.
 * With names as arguments: only those pages.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { chromiumPath, howToGetChromium } from '../test/worlds/chromium.ts'
import { openAddress, type PageAddress, pageAddresses } from '../test/worlds/sample/addresses.ts'
import { guardedAddresses, picturedAddresses } from '../test/worlds/sample/pictured.ts'
import { drawPictures } from '../test/worlds/sample/pictures.ts'
import { SAMPLE_NOW } from '../test/worlds/sample/sample.ts'
import { servedSample } from '../test/worlds/sample/served-sample.ts'
import { palettePng } from './palette-png.ts'

const FOLDER = join(import.meta.dirname, '../docs/images')
const viewports = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const

if (chromiumPath === undefined) {
  process.stderr.write(`no Chromium: ${howToGetChromium}\n`)
  process.exit(3)
}
const { api, base, guarded, close } = await servedSample()
const wanted = process.argv.slice(2)
const visits: readonly Visit[] = [
  { base, key: null, addresses: [...(await pageAddresses(api)), ...(await picturedAddresses(api))] },
  { base: guarded.base, key: guarded.keys.administrator, addresses: guardedAddresses.administrator },
  { base: guarded.base, key: guarded.keys.vendor, addresses: guardedAddresses.vendor },
  { base: guarded.base, key: null, addresses: guardedAddresses.nobody },
]
const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
try {
  await mkdir(FOLDER, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const size of ['wide', 'phone'] as const) {
      for (const visit of visits) await shoot(colorScheme, size, visit)
    }
  }
} finally {
  await browser.close()
  await close()
}

interface Visit {
  readonly base: string
  /** Key of the signed-in caller. */
  readonly key: string | null
  readonly addresses: readonly PageAddress[]
}

/** Shoots all pages in one theme; the page sees the sample's time. */
async function shoot(colorScheme: 'light' | 'dark', size: keyof typeof viewports, visit: Visit): Promise<void> {
  const looks = { colorScheme, viewport: viewports[size], timezoneId: 'Europe/Berlin', locale: 'en-GB' }
  const context = await browser.newContext({ baseURL: visit.base, reducedMotion: 'reduce', ...looks })
  if (visit.key !== null) await context.addInitScript(`sessionStorage.setItem('waldstream.key', '${visit.key}')`)
  const page = await context.newPage()
  await page.clock.setFixedTime(SAMPLE_NOW)
  await drawPictures(page)
  for (const address of visit.addresses) {
    if (address.name === null || (wanted.length > 0 && !wanted.includes(address.name))) continue
    await openAddress(page, address)
    if (address.seen !== undefined) await page.evaluate(`document.querySelector('${address.seen}').scrollIntoView()`)
    await page.evaluate('document.fonts.ready.then(() => undefined)')
    await writeFile(join(FOLDER, `${address.name}-${colorScheme}-${size}.png`), palettePng(await page.screenshot()))
  }
  await context.close()
}
