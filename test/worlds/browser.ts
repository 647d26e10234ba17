import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, expect, inject, onTestFinished } from 'vitest'
import { chromiumPath, howToGetChromium } from './chromium.ts'

/** Whether there is a browser to test in. In CI there has to be one; elsewhere its tests count as skipped without it. */
export const hasBrowser = chromiumPath !== undefined
if (!hasBrowser) {
  const way = `no Chromium: ${howToGetChromium}`
  if (process.env['CI']) throw new Error(way)
  console.warn(`${way}; tests of the page are skipped`)
}

/** What a page shows, it shows in a blink where it is alone; a machine may have ten times as much to do. */
const WITHIN_MS = 240_000

/** Windows in the browser of the run, and what a page of theirs has complained of. */
export function browserFor() {
  let connected: Promise<Browser> | undefined
  afterAll(async () => await (await connected)?.close())
  return async (base: string, options: BrowserContextOptions = {}) => {
    connected ??= chromium.connect(inject('browserAddress') ?? '')
    const context = await (await connected).newContext({ baseURL: base, ...options })
    onTestFinished(() => context.close())
    context.setDefaultTimeout(WITHIN_MS)
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      // What the API refuses the browser tells, too; the page has to cope with it.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        complaints.push(message.text())
      }
    })
    return { page, complaints }
  }
}

interface Violation {
  readonly id: string
  readonly impact: string | null
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[]
}

/** What axe finds on a page that keeps people from using it. */
export async function barriersOf(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page)
  // By the debugger: the page's Content-Security-Policy runs no script that is put into it.
  const evaluate = async (expression: string) =>
    (await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })).result.value
  if ((await evaluate('typeof axe')) === 'undefined') await evaluate(`${axe.source}; undefined`)
  const run = 'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => JSON.stringify(violations))'
  const violations = JSON.parse(String(await evaluate(run))) as readonly Violation[]
  await session.detach()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`))
}

/** A phone's page must not move sideways. A chart is drawn anew a moment after the window has another width. */
export async function expectNoOverflow(page: Page, what = page.url()): Promise<void> {
  await expect.poll(async () => [what, await page.evaluate(TOO_WIDE)], { timeout: FITS_WITHIN_MS }).toEqual([what, []])
}

const FITS_WITHIN_MS = 20_000

/** What is wider than the screen, where the page moves sideways for it. */
const TOO_WIDE = `(() => {
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth <= clientWidth) return []
  const wide = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > clientWidth)
  return ['the page', ...wide.map((one) => one.tagName + '.' + one.className + ' ' + one.textContent.slice(0, 40))].slice(0, 12)
})()`

const WIDE = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844 }

interface Look {
  readonly viewport: typeof WIDE
  readonly colorScheme: 'light' | 'dark'
}

const usual: Readonly<Record<string, Look>> = {
  'wide and light': { viewport: WIDE, colorScheme: 'light' },
  'on a phone and dark': { viewport: PHONE, colorScheme: 'dark' },
}
const otherwise: Readonly<Record<string, Look>> = {
  'wide and dark': { viewport: WIDE, colorScheme: 'dark' },
  'on a phone and light': { viewport: PHONE, colorScheme: 'light' },
}

/** The page as it stands keeps nobody out: wide and light, on a phone and dark. */
export async function expectOpenToAll(page: Page, what: string): Promise<void> {
  await expectOpenIn(page, what, usual)
}

/** The same the other way round: wide and dark, on a phone and light. */
export async function expectOpenOtherwise(page: Page, what: string): Promise<void> {
  await expectOpenIn(page, what, otherwise)
}

async function expectOpenIn(page: Page, what: string, looks: typeof usual): Promise<void> {
  for (const [look, { viewport, colorScheme }] of Object.entries(looks)) {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme })
    expect([what, look, await barriersOf(page)]).toEqual([what, look, []])
    await expectNoOverflow(page, `${what}, ${look}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(WIDE)
}
