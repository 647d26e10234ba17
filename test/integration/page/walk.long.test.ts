import { randomUUID } from 'node:crypto'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { browserFor, hasBrowser } from '../../worlds/browser.ts'
import { ownDemoData } from '../../worlds/demo-data.ts'
import { startProgram } from '../../worlds/processes.ts'
import { smallCatalogFile } from '../../worlds/sources.ts'

/** A dataset that nobody else uses, so its folder is this test's alone. */
const DATASET = ['--catalog', smallCatalogFile, '--orders', '10', '--seed', '736455463']
const prefix = `walk-${randomUUID().slice(0, 8)}.`
ownDemoData(DATASET)

/** How long a condition may take on a machine that has much else to do; a good one is there in seconds. */
const WITHIN_MS = 600_000

const open = browserFor()

/** `npm start` as a new user has it, and its address. */
async function startDemo(): Promise<{ readonly base: string; end(): Promise<void> }> {
  const env = {
    ...inject('services'),
    TOPIC_PREFIX: prefix,
    TABLE_PREFIX: prefix,
    FEED_SETTLE_MS: '200',
    API_PORT: '0',
  }
  const program = await startProgram({ name: 'start', args: ['scripts/bootstrap.mjs', 'start', ...DATASET], env })
  const line = await program.line(/^ +control tower +http/)
  const [base] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? []
  if (base === undefined) throw new Error(`no address in: ${line}`)
  const end = async () => {
    program.signal('SIGINT')
    await program.exited
  }
  return { base, end }
}

/** What a person does with the page, and sees there. */
function visitor(page: Page) {
  const pages = page.getByRole('navigation', { name: 'Pages' })
  const dialog = page.getByRole('dialog')
  const go = (name: string) => pages.getByRole('link', { name }).click()
  const panel = async () => {
    await page.getByRole('link', { name: 'Break something' }).click()
    await page.getByRole('heading', { level: 1, name: 'Break something' }).waitFor()
  }
  const scenario = (name: string) =>
    page.getByRole('article').filter({ has: page.getByRole('heading', { level: 2, name }) })
  const press = async (name: string, action: 'Break it' | 'Repair it') => {
    await panel()
    const button = scenario(name).getByRole('button', { name: `${action}: ${name}` })
    await button.click()
    await button.waitFor({ state: 'detached' })
  }
  return {
    go,
    dialog,
    breaks: (name: string) => press(name, 'Break it'),
    repairs: (name: string) => press(name, 'Repair it'),
    /** The number of the order that is made for what is broken. */
    async orderOf(name: string): Promise<string> {
      const order = scenario(name).getByRole('link', { name: /^Order \d+/ })
      return ((await order.textContent()) ?? '').replace(/\D/g, '')
    },
    /** The panel offers to break it (again). */
    async isRepaired(name: string): Promise<void> {
      await panel()
      await scenario(name)
        .getByRole('button', { name: `Break it: ${name}` })
        .waitFor()
    },
    /** What the overview says that it needs attention. */
    async attention(text: string | RegExp): Promise<Locator> {
      await go('Overview')
      const item = page.getByRole('region', { name: 'Needs attention' }).getByRole('listitem').filter({ hasText: text })
      await item.first().waitFor()
      return item.first()
    },
    /** Opens the order from the panel, and sees it at the vendor. */
    async seesArrived(name: string): Promise<void> {
      await panel()
      await scenario(name)
        .getByRole('link', { name: /^Order \d+/ })
        .click()
      await page.getByRole('heading', { level: 1, name: /^Order \d+/ }).waitFor()
      const part = page.getByRole('region', { name: 'Vendors’ parts' }).getByRole('article')
      await part.getByText('Accepted', { exact: true }).waitFor()
    },
    async seesAllWell(): Promise<void> {
      await go('Overview')
      await page.getByText('Everything flows').waitFor()
    },
  }
}

const faults = ['erp_down', 'unknown_sku', 'wrong_credentials', 'bad_mapping', 'slow_vendor', 'poison_order']

const opens = (item: Locator) => item.getByRole('link', { name: /^Open/ }).click()

describe.skipIf(!hasBrowser)('a first visit, by the page alone', () => {
  let demo: Awaited<ReturnType<typeof startDemo>> | undefined
  beforeAll(async () => {
    demo = await startDemo()
  }, WITHIN_MS)
  afterAll(() => demo?.end())
  // One walk that ends early leaves the next ones what they begin with.
  afterEach(async () => {
    for (const id of faults) {
      const body = JSON.stringify({ broken: false })
      const headers = { 'content-type': 'application/json' }
      await fetch(`${demo?.base}/v1/demo/${id}`, { method: 'PUT', headers, body })
    }
  })

  /** A newcomer before the overview, who tells how long it took until something was seen. */
  async function arrives() {
    const { page, complaints } = await open(demo?.base ?? '')
    page.setDefaultTimeout(WITHIN_MS)
    await page.goto('/')
    await page.getByText('Everything flows').waitFor()
    const began = performance.now()
    const told = (what: string) => console.log(`${what}: ${Math.round((performance.now() - began) / 1000)} s`)
    return { page, complaints, told, ...visitor(page) }
  }

  it('finds the overview alive', async () => {
    const { page, complaints } = await arrives()
    await page.getByText('Live', { exact: true }).waitFor()
    const lane = page.getByRole('article', { name: 'magento-netsuite' })
    await lane
      .getByRole('row', { name: /^Orders/ })
      .getByText(/ago$/)
      .waitFor()
    expect(complaints).toEqual([])
  })

  it('breaks the ERP, finds its cause one click away, repairs it, and sees the order arrive', async () => {
    const { page, complaints, told, ...visit } = await arrives()
    await visit.breaks('The ERP is down')
    await opens(await visit.attention(/^Read netsuite.*503/))
    await page.getByRole('alert').filter({ hasText: 'answered 503' }).waitFor()
    told('the ERP is down, and the page says why')
    await visit.repairs('The ERP is down')
    await visit.seesArrived('The ERP is down')
    await visit.seesAllWell()
    told('all is well')
    expect(complaints).toEqual([])
  })

  it('orders an SKU that the ERP does not know, reads its name, and sees the order go on when it has it back', async () => {
    const { page, complaints, told, ...visit } = await arrives()
    const name = 'An SKU that the ERP does not know'
    await visit.breaks(name)
    const order = await visit.orderOf(name)
    await opens(await visit.attention(/^Waiting orders \(\d+\): the target does not know an item/))
    const row = page.getByRole('row').filter({ hasText: order })
    await row.getByText('Waiting records continue by themselves').waitFor()
    told('the order waits, and the page says for what')
    await row.getByRole('link', { name: order }).click()
    await page.getByRole('heading', { level: 1, name: `Order ${order}` }).waitFor()
    await visit.repairs(name)
    await visit.seesArrived(name)
    await visit.seesAllWell()
    told('all is well')
    expect(complaints).toEqual([])
  })

  it('has the credentials refused, renews them, presses Resume, and sees the order arrive', async () => {
    const { complaints, told, ...visit } = await arrives()
    await visit.breaks('Wrong credentials')
    const paused = /^Paused at deliver-netsuite: the credentials are refused/
    await (await visit.attention(paused)).getByText('Invalid login attempt').waitFor()
    told('the connection is paused, and the page says why')
    await visit.repairs('Wrong credentials')
    await (await visit.attention(paused)).getByRole('button', { name: /^Resume/ }).click()
    await visit.seesArrived('Wrong credentials')
    await visit.seesAllWell()
    told('all is well')
    expect(complaints).toEqual([])
  })

  it('has a mapping that is wrong, corrects it on the problem’s page, and sees its records pass', async () => {
    const { page, complaints, told, ...visit } = await arrives()
    await visit.breaks('A wrong mapping')
    await opens(await visit.attention('A mapping rule can’t be applied (price): 5 records'))
    await page.getByText('attributes.custitem_price').first().waitFor()
    told('five products fail, and the page says why')
    await page.getByRole('link', { name: 'Edit the mapping' }).click()
    const rules = page.getByLabel(/^Rules/)
    const written = await rules.inputValue()
    await rules.fill(written.replace('from: attributes.custitem_price', 'from: price'))
    await page.getByText('5 of 5 would now pass').waitFor()
    await page.getByRole('button', { name: 'Save…' }).click()
    await visit.dialog.getByLabel('Reason').fill('the field that the ERP has')
    await visit.dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('This problem is solved').waitFor()
    await visit.seesAllWell()
    await visit.isRepaired('A wrong mapping')
    told('all is well')
    expect(complaints).toEqual([])
  })

  it('waits for a slow vendor: finds the order in progress from its lane, and sees it arrive', async () => {
    const { page, complaints, told, ...visit } = await arrives()
    await visit.breaks('A slow vendor')
    const order = await visit.orderOf('A slow vendor')
    await visit.go('Overview')
    const lane = page.getByRole('article', { name: 'magento-netsuite' })
    await lane
      .getByRole('row', { name: /^Orders/ })
      .getByRole('link')
      .first()
      .click()
    await page.getByRole('link', { name: order }).click()
    await page.getByRole('heading', { level: 1, name: `Order ${order}` }).waitFor()
    told('the order is in progress')
    await visit.seesArrived('A slow vendor')
    await visit.repairs('A slow vendor')
    await visit.seesAllWell()
    told('all is well')
    expect(complaints).toEqual([])
  })

  it('has an order that does not add up, sees it corrected and delivered, and its problem closed by itself', async () => {
    const { complaints, told, ...visit } = await arrives()
    const name = 'An order that does not add up'
    const problem = 'Amounts do not add up (grandTotal): 1 record'
    await visit.breaks(name)
    await (await visit.attention(problem)).getByText(/its amounts add up to .* \(difference/).waitFor()
    told('the order is a problem, and the page says why')
    await visit.repairs(name)
    await visit.seesArrived(name)
    await visit.seesAllWell()
    told('all is well')
    expect(complaints).toEqual([])
  })
})
