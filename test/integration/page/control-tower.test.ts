import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserFor, hasBrowser } from '../../worlds/browser.ts'
import { orderHoldMinutes } from '../../worlds/connection-form.ts'
import { until } from '../../worlds/processes-until.ts'
import { openAddress, type PageAddress } from '../../worlds/sample/addresses.ts'
import { CONNECTION, type PageWorld, pageWorld, signIn } from './world.ts'

const open = browserFor()
const STOCK = 'netsuite.inventory.all'
const PRODUCTS = 'netsuite.products.all'

describe.skipIf(!hasBrowser)('the control tower over real servers', () => {
  let world: PageWorld
  beforeAll(async () => {
    world = await pageWorld('page-tower')
  })
  afterAll(() => world?.close())

  async function opened() {
    const { page, complaints } = await open(world.base())
    await signIn(page)
    return { page, complaints, dialog: page.getByRole('dialog') }
  }

  const feedRow = async (feed: string) =>
    (await world.get(`/v1/feeds/${feed}/items/${encodeURIComponent(world.sku)}?connection=${CONNECTION}`)).items?.[0]
      ?.data

  /** What shows most of what brokers, tables and systems have. */
  async function addresses(): Promise<readonly PageAddress[]> {
    const { groups } = await world.get('/v1/dead-letters?group=true&state=open')
    const [{ group, example }] = groups
    const [task] = (await world.get(`/v1/tasks?read=${STOCK}`)).items
    const [number = ''] = world.orders.delivered
    const at = (path: string, title: string): PageAddress => ({ name: null, path, title })
    return [
      at('/', 'Overview'),
      at(`/orders?sku=${world.sku}`, 'Orders'),
      at(`/orders/magento/${number}`, `Order ${number}`),
      at(`/problems/${group}/${example}`, 'Record'),
      at('/problems/waiting', 'Problems'),
      at(`/products/${CONNECTION}/${world.sku}`, world.sku),
      at(`/tasks/${task.id}`, STOCK),
      at(`/connections/${CONNECTION}`, CONNECTION),
      at(`/connections/${CONNECTION}/mapping?sku=${world.sku}`, `Mapping of ${CONNECTION}`),
      at('/systems/netsuite', 'netsuite'),
      at('/system?view=consumers', 'System'),
      at('/system?view=topics', 'System'),
      at('/system?view=tables', 'System'),
    ]
  }

  // Every page, on a phone, in both themes, to everybody (axe) and after a reload is opened by test/browser/page.test.ts.
  it('shows what brokers, tables and systems have', async () => {
    const { page, complaints } = await opened()
    for (const address of await addresses()) {
      await openAddress(page, address)
      expect([address.path, complaints]).toEqual([address.path, []])
    }
    // Nothing is broken here by a button.
    await page.goto('/demo')
    await page.getByRole('heading', { name: 'This page does not exist' }).waitFor()
  })

  it('runs a read now, and shows the stock that the ERP has since', async () => {
    const { page, complaints } = await opened()
    await world.simulators.changeStock(world.sku, world.location, 4321)
    await page.goto('/tasks')
    await page.getByRole('button', { name: `Run now: ${STOCK}` }).click()
    await page.getByText(`${STOCK} is requested`).waitFor()
    await until('the feed to have the stock', async () => JSON.stringify(await feedRow('inventory')).includes('4321'))
    await page.goto(`/products/${CONNECTION}/${world.sku}`)
    await page.getByText('4,321').first().waitFor()
    expect(complaints).toEqual([])
  })

  it('cancels a run that its source holds up', async () => {
    await world.simulators.erpFaults([{ path: '/suiteql', kind: 'slow', delayMs: 8_000 }])
    const { page, dialog, complaints } = await opened()
    await page.goto('/tasks')
    await page.getByRole('button', { name: `Run now: ${PRODUCTS}` }).click()
    const task = await until('the run', async () => {
      const [last] = (await world.get(`/v1/tasks?read=${PRODUCTS}`)).items
      return last.run_state === 'running' && last
    })
    await page.goto(`/tasks/${task.id}`)
    await page.getByRole('button', { name: 'Cancel run' }).click()
    await dialog.getByLabel('Reason').fill('asked for by mistake')
    await dialog.getByRole('button', { name: 'Cancel run' }).click()
    await page.getByText('The run is being canceled').waitFor()
    await page
      .getByText(/asked for by mistake/)
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Cancel run' }).waitFor({ state: 'detached' })
    await world.simulators.erpFaults([])
    expect((await world.get(`/v1/tasks/${task.id}`)).state).toBe('failed')
    expect(complaints).toEqual([])
  })

  it('pauses a read, which another window shows, resumes it, and sets its cut date', async () => {
    const { page, dialog, complaints } = await opened()
    const { page: other, complaints: others } = await opened()
    await other.goto('/tasks')
    await other.getByRole('button', { name: `Run now: ${STOCK}` }).waitFor()
    await page.goto(`/tasks?read=${STOCK}`)
    await page.getByRole('button', { name: 'Pause' }).click()
    await dialog.getByLabel('Reason').fill('stocktaking')
    await dialog.getByRole('button', { name: 'Pause' }).click()
    await other.getByText('Held', { exact: true }).waitFor()
    expect((await world.get(`/v1/reads/${STOCK}`)).held.reason).toContain('stocktaking')
    await page.getByRole('button', { name: 'Resume' }).click()
    await other.getByText('Held', { exact: true }).waitFor({ state: 'detached' })
    expect((await world.get(`/v1/reads/${STOCK}`)).held).toBeNull()
    await page.getByRole('button', { name: 'Set cut date' }).click()
    await dialog.getByLabel('Reason').fill('something was missed')
    await dialog.getByLabel('Cut date').fill('2026-01-15T10:30:00')
    await dialog.getByRole('button', { name: 'Set cut date' }).click()
    await page.getByText(`The cut date of ${STOCK} is set`).waitFor()
    const chosen = await page.evaluate('new Date("2026-01-15T10:30:00").toISOString()')
    expect((await world.get(`/v1/reads/${STOCK}`)).cut_date).toBe(chosen)
    expect([complaints, others]).toEqual([[], []])
  })

  it('changes a mapping that is tried before, replays the product, and the feed has it as it is mapped now', async () => {
    const { page, dialog, complaints } = await opened()
    const { name } = await feedRow('products')
    await page.goto(`/connections/${CONNECTION}/mapping?sku=${world.sku}`)
    const rules = page.getByLabel(/^Rules/)
    await page.getByText('nothing changes').waitFor()
    await rules.fill((await rules.inputValue()).replace('from: name', 'expression: $uppercase(name)'))
    await page.getByText('1 rule differs').waitFor()
    await page.getByText(name.toUpperCase(), { exact: true }).first().waitFor()
    await page.getByRole('button', { name: 'Save…' }).click()
    await dialog.getByLabel('Reason').fill('as the shop shows it')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect((await feedRow('products')).name).toBe(name)

    await page.goto('/resync')
    await page.getByRole('button', { name: 'Replay events' }).click()
    await dialog.getByLabel('What').selectOption({ label: 'products → map-products' })
    await dialog.getByLabel('SKU or order number').fill(world.sku)
    await dialog.getByRole('button', { name: 'Preview' }).click()
    await dialog.getByLabel('Reason').fill('the mapping was changed')
    await dialog.getByRole('button', { name: 'Replay 1', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'products → map-products' }).waitFor()
    await page.getByText('Complete', { exact: true }).waitFor()
    await page.reload()
    await page.getByRole('region', { name: 'Outcome' }).getByText('Delivered').waitFor()
    await until('the feed to have the name', async () => (await feedRow('products')).name === name.toUpperCase())
    await page.goto(`/products/${CONNECTION}/${world.sku}`)
    await page.getByText(name.toUpperCase(), { exact: true }).first().waitFor()
    expect(complaints).toEqual([])
  })

  it('changes a connection, goes back to what it was, and tests it', async () => {
    const { page, dialog, complaints } = await opened()
    const minutes = async () => (await world.get(`/v1/connections/${CONNECTION}`)).document.holdMinutes
    const apply = async (reason: string) => {
      await page.getByText('Valid', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Preview change' }).click()
      await dialog.getByLabel('Reason').fill(reason)
      await dialog.getByRole('button', { name: 'Apply' }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    await page.goto(`/connections/${CONNECTION}`)
    await orderHoldMinutes(page).fill('50000')
    await page.getByText('must be a whole number from 0 to 43200').waitFor()
    await orderHoldMinutes(page).fill('30')
    await apply('they pick at noon')
    expect(await minutes()).toBe(30)
    await page.getByRole('link', { name: 'History' }).click()
    const change = page.getByRole('listitem').filter({ hasText: 'they pick at noon' })
    await change.getByText('What changed').click()
    await change.getByRole('button', { name: /^Go back to revision/ }).click()
    await apply('not any more')
    expect(await minutes()).toBeUndefined()
    await page.getByRole('button', { name: 'Test connection' }).click()
    const panel = page.getByRole('region', { name: 'Test' })
    await panel.getByText(/netsuite accepts the credentials/).waitFor()
    await panel.getByText(/magento2 accepts the credentials/).waitFor()
    expect(complaints).toEqual([])
  })

  it('rebuilds a feed beside the live one, switches to it, and goes back', async () => {
    const { page, dialog, complaints } = await opened()
    await page.goto('/resync')
    await page.getByRole('button', { name: 'Rebuild a feed' }).click()
    await dialog.getByLabel('Feed').selectOption('inventory')
    await dialog.getByLabel('Reason').fill('in doubt')
    await dialog.getByRole('button', { name: 'Rebuild' }).click()
    await page.getByRole('heading', { level: 1, name: 'universal_products-inventory' }).waitFor()
    const state = async () => (await world.get(`/v1/rebuilds/${new URL(page.url()).pathname.split('/').at(-1)}`)).state
    await page.getByRole('button', { name: 'Switch', exact: true }).click()
    await dialog.getByRole('button', { name: 'Switch' }).click()
    await page.getByRole('button', { name: 'Undo the switch' }).waitFor()
    expect(await state()).toBe('switched')
    expect(JSON.stringify(await feedRow('inventory'))).toContain('4321')
    await page.getByRole('button', { name: 'Undo the switch' }).click()
    await dialog.getByRole('button', { name: 'Undo the switch' }).click()
    await page.getByRole('button', { name: 'Switch', exact: true }).waitFor()
    expect(await state()).toBe('ready')
    await page.getByRole('button', { name: 'Drop' }).click()
    await dialog.getByRole('button', { name: 'Drop' }).click()
    // Its rows are deleted once no reader can still be reading them, a minute later.
    await until('the rebuild to be given up', async () => (await state()) === 'dropping')
    expect(complaints).toEqual([])
  })

  it('offers nothing to a key that may only look, and asks for another once it has expired', async () => {
    const { id, key } = (await world.ask('POST', '/v1/keys', { name: 'a guest', scopes: ['observe'] })).json
    const { page, complaints } = await open(world.base())
    await signIn(page, key)
    await page.goto('/tasks')
    const run = page.getByRole('button', { name: `Run now: ${STOCK}` })
    await run.waitFor()
    expect(await run.isDisabled()).toBe(true)
    expect((await world.ask('POST', '/v1/sync-requests', { read: STOCK }, key)).status).toBe(403)
    await world.expire(id)
    await page.getByText('is no longer accepted').waitFor()
    expect((await world.ask('GET', '/v1/status', undefined, key)).status).toBe(401)
    expect(complaints).toEqual([])
  })

  it('keeps what it shows while the API is away, opens other pages, and goes on by itself', async () => {
    const { page, complaints } = await opened()
    await page.goto('/')
    const lane = page.getByRole('article', { name: CONNECTION })
    await lane.waitFor()
    await world.endApi()
    await page.getByText('This page shows old data').waitFor()
    await lane.waitFor()
    await page.getByRole('link', { name: 'Resync' }).click()
    await lane.waitFor()
    await world.startApi()
    await page.getByRole('heading', { level: 1, name: 'Resync' }).waitFor()
    await page.getByRole('button', { name: 'Replay events' }).waitFor()
    await page.getByText('This page shows old data').waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })
})
