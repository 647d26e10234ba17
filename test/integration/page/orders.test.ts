import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserFor, hasBrowser } from '../../worlds/browser.ts'
import { until } from '../../worlds/processes-until.ts'
import { CONNECTION, type PageWorld, pageWorld, REFUSAL, signIn, vendorSkus } from './world.ts'

const open = browserFor()

describe.skipIf(!hasBrowser)('orders, from the page to the ERP and the shop', () => {
  let world: PageWorld
  beforeAll(async () => {
    world = await pageWorld('page-orders')
  })
  afterAll(() => world?.close())

  async function opened() {
    const { page, complaints } = await open(world.base())
    await signIn(page)
    const dialog = page.getByRole('dialog')
    const part = page.getByRole('region', { name: 'Vendors’ parts' }).getByRole('article')
    const openOrder = async (number: string) => {
      await page.goto(`/orders/magento/${number}`)
      await part.first().waitFor()
    }
    /** Presses the button of the part, gives a reason, and says yes. */
    const act = async (name: string, reason: string | null) => {
      await part.getByRole('button', { name, exact: true }).click()
      if (reason !== null) await dialog.getByLabel('Reason').fill(reason)
      await dialog.getByRole('button', { name, exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    return { page, complaints, dialog, part, openOrder, act }
  }

  /** One of those that the ERP has, which no other test uses. */
  function anOrder(): string {
    const number = world.orders.delivered.pop()
    if (number === undefined) throw new Error('there are too few orders')
    return number
  }

  /** The problem that the ERP refuses orders. */
  async function toRefused(page: Page) {
    await page.goto('/problems')
    await page.getByRole('row').filter({ hasText: REFUSAL }).getByRole('link').first().click()
    await page.getByRole('heading', { level: 1, name: 'The system refuses' }).waitFor()
  }

  it('one that the ERP refused is retried, followed over a reload, and arrives there', async () => {
    const [number = ''] = world.orders.refused
    await world.takeOrders()
    const { page, complaints } = await opened()
    await toRefused(page)
    await page.getByRole('link', { name: number }).click()
    await page.getByRole('heading', { level: 1, name: `Record ${number}` }).waitFor()
    const letter = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    await page.getByRole('button', { name: 'Retry', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Retry', exact: true }).click()
    await page.getByText('1 of 1 retried').waitFor()
    await page.reload()
    await page.getByText('Resolved', { exact: true }).first().waitFor()
    expect(await until('the order in the ERP', () => world.erpOrder(number))).toMatchObject({ otherRefNum: number })
    expect((await world.get(`/v1/dead-letters/${letter}`)).state).toBe('resolved')
    expect(complaints).toEqual([])
  })

  it('one that is discarded is gone from the problems, and never comes to the ERP', async () => {
    const [, number = ''] = world.orders.refused
    const { page, dialog, complaints } = await opened()
    await toRefused(page)
    await page.getByRole('link', { name: number }).click()
    await page.getByRole('button', { name: 'Discard' }).click()
    await dialog.getByLabel('Reason').fill('the buyer ordered it elsewhere')
    await dialog.getByRole('button', { name: 'Discard' }).click()
    await page.getByText('1 record discarded').waitFor()
    await page.getByRole('main').getByText('the buyer ordered it elsewhere').waitFor()
    await page.goto('/problems?state=discarded')
    await page.getByRole('row').filter({ hasText: REFUSAL }).waitFor()
    expect((await world.get('/v1/dead-letters?state=open')).items).toEqual([])
    expect(await world.erpOrder(number)).toBeUndefined()
    expect(complaints).toEqual([])
  })

  it('one that waits for an item goes on as soon as the vendor has it and somebody says so', async () => {
    const number = world.orders.waiting
    const { page, complaints } = await opened()
    await page.goto('/problems/waiting')
    const row = page.getByRole('row').filter({ hasText: number })
    await row.getByText('The target does not know an item').waitFor()
    await until('it not to be tried again soon', async () => {
      const [{ release_at }] = (await world.get('/v1/parked')).items
      return Date.parse(release_at) - Date.now() > 15_000
    })
    await world.bringItem()
    // It may go on by itself before somebody presses: what counts is that it does. The press alone: test/browser.
    const tryNow = row.getByRole('button', { name: 'Try now' })
    await tryNow.click({ timeout: 20_000 }).catch(() => row.waitFor({ state: 'detached' }))
    await until('the order in the ERP', () => world.erpOrder(number))
    await row.waitFor({ state: 'detached' })
    await page.getByText('Nothing waits').waitFor()
    expect(complaints).toEqual([])
  })

  it('one that is held stays here while others go, until it is released', async () => {
    const pause = `/v1/pauses/deliver-netsuite/${CONNECTION}`
    expect((await world.ask('PUT', pause, { reason: 'stocktaking' })).status).toBe(200)
    // The hold reaches what delivers within seconds: an order that waits shows that it has.
    let other = await world.newOrder()
    await until('an order that the hold keeps', async () => {
      await world.sync('magento.orders.all')
      const part = await world.partOf(other.increment_id)
      if (part?.status === 'succeeded') other = await world.newOrder()
      return part?.status === 'waiting'
    })
    const held = await world.newOrder()
    await until('the order to be read', async () => {
      await world.sync('magento.orders.all')
      return await world.partOf(held.increment_id)
    })
    const { page, part, dialog, act, openOrder, complaints } = await opened()
    await openOrder(held.increment_id)
    await act('Hold order', 'the buyer asks for another address')
    await part.getByText('the buyer asks for another address').waitFor()
    await part.getByRole('button', { name: 'Release deliveries' }).click()
    await dialog.getByRole('button', { name: 'Release deliveries' }).click()
    await until('the other order in the ERP', () => world.erpOrder(other.increment_id))
    expect(await world.erpOrder(held.increment_id)).toBeUndefined()
    await page.goto('/problems/waiting')
    await page.getByRole('region', { name: 'Held orders' }).getByRole('link', { name: held.increment_id }).click()
    await act('Release order', null)
    await until('the order in the ERP', () => world.erpOrder(held.increment_id))
    await part.getByText('Accepted', { exact: true }).waitFor()
    expect(complaints).toEqual([])
  })

  it('one is canceled at the vendor, stays so in the shop, and is sent again', async () => {
    const number = anOrder()
    const isOpen = async () => ((await world.erpOrder(number))?.item.items ?? []).some((line) => !line.isClosed)
    const { part, act, openOrder, complaints } = await opened()
    await openOrder(number)
    await act('Cancel at vendor', 'it is out of stock')
    await until('the order to be closed in the ERP', async () => !(await isOpen()))
    await part.getByText('it is out of stock').waitFor()
    expect((await world.shopOrder(number)).state).toBe('processing')
    await act('Send again', 'it came in')
    await until('the order to be open in the ERP', isOpen)
    await part.getByRole('button', { name: 'Cancel at vendor' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('one is confirmed and shipped by the vendor’s people, and the shop has the shipment', async () => {
    const number = anOrder()
    const { page, part, dialog, openOrder, complaints } = await opened()
    await openOrder(number)
    await part.getByRole('button', { name: 'Confirm' }).click()
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await dialog
      .getByText(/× .* confirmed/)
      .first()
      .waitFor()
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('Sending it to the shop').waitFor()
    await dialog.waitFor({ state: 'detached' })
    await part.getByRole('button', { name: 'Add shipment' }).click()
    await dialog.getByLabel('Carrier').fill('UPS')
    await dialog.getByLabel('Tracking number').fill('1Z999')
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await dialog.getByText('UPS 1Z999').waitFor()
    await dialog.getByRole('button', { name: 'Add shipment' }).click()
    await dialog.waitFor({ state: 'detached' })
    await until('the shipment in the shop', async () => {
      const order = await world.shopOrder(number)
      const lines = order.items.filter(({ sku }) => vendorSkus(order).includes(sku))
      return lines.length > 0 && lines.every((line) => line.qty_shipped === line.qty_ordered)
    })
    await part.getByRole('button', { name: 'Add shipment' }).waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })

  it('one is shared by a link that needs no key, until it is taken back', async () => {
    const number = anOrder()
    const { page, part, dialog, openOrder, complaints } = await opened()
    await openOrder(number)
    await part.getByRole('button', { name: 'Share' }).click()
    await dialog.getByRole('button', { name: 'Create link' }).click()
    const link = (await dialog.getByRole('region', { name: 'Link' }).textContent())?.trim() ?? ''
    await dialog.getByRole('button', { name: 'Done' }).click()
    const { page: stranger } = await open(world.base())
    await stranger.goto(link)
    await stranger.getByRole('heading', { level: 1, name: `Order ${number}` }).waitFor()
    await page.reload()
    await part.getByText(/, opened/).waitFor()
    await part.getByRole('button', { name: 'Revoke' }).click()
    await dialog.getByRole('button', { name: 'Revoke' }).click()
    await part.getByText('Revoked', { exact: true }).waitFor()
    await stranger.reload()
    await stranger.getByRole('heading', { level: 1, name: 'This link was revoked' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('a vendor’s key that was made on the page shows its own part alone, and nothing once it is revoked', async () => {
    const shop = await world.simulators.shopOrders()
    const both = shop.find(({ increment_id, items }) => {
      return world.orders.delivered.includes(increment_id) && items.some(({ sku }) => !sku.startsWith('WLD-'))
    })
    if (both === undefined) throw new Error('no order has goods of others')
    const [own = ''] = vendorSkus(both)
    const foreign = both.items.map(({ sku }) => sku).filter((sku) => !sku.startsWith('WLD-'))
    const { page, dialog } = await opened()
    await page.goto('/keys')
    await page.getByRole('button', { name: 'Create key' }).click()
    await dialog.getByLabel('Name', { exact: true }).fill('the vendor')
    await dialog.getByLabel('Chosen connections and systems').check()
    await dialog.getByLabel(CONNECTION, { exact: true }).check()
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await dialog.getByRole('button', { name: 'Create key' }).click()
    const secret = (await dialog.getByLabel('Secret').textContent())?.trim() ?? ''
    await dialog.getByRole('button', { name: 'Done' }).click()

    const { page: vendor, complaints } = await open(world.base())
    await vendor.goto(`/orders/magento/${both.increment_id}`)
    await vendor.getByLabel('API key').fill(secret)
    await vendor.getByLabel('API key').press('Enter')
    await vendor.getByRole('row').filter({ hasText: own }).first().waitFor()
    const text = await vendor.locator('body').textContent()
    expect(foreign.filter((sku) => text?.includes(sku))).toEqual([])
    const hold = vendor.getByRole('button', { name: 'Hold order' })
    expect(await hold.isDisabled()).toBe(true)
    const place = `/v1/orders/magento/${both.increment_id}/hold`
    const refused = await world.ask('PUT', place, { connection: CONNECTION, reason: 'mine' }, secret)
    expect([refused.status, refused.json.code]).toEqual([403, 'forbidden'])

    await page.getByRole('button', { name: 'Revoke: the vendor' }).click()
    await dialog.getByLabel('Reason').fill('they left')
    await dialog.getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('the vendor is revoked').waitFor()
    await vendor.getByRole('link', { name: 'Problems' }).click()
    await vendor.getByText('is no longer accepted').waitFor()
    expect((await world.ask('GET', '/v1/status', undefined, secret)).status).toBe(401)
    expect(complaints).toEqual([])
  })
})
