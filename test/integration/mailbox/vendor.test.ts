// The vendor of docs/systems/mailbox.md: an order goes out as an e-mail, and its link takes it to shipped in a real browser.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, it, onTestFinished } from 'vitest'
import { reservePort } from '../../../services/ports.ts'
import { startRoles } from '../../../src/cli/roles.ts'
import { browserFor, hasBrowser } from '../../worlds/browser.ts'
import { startMailServer, textOfMail } from '../../worlds/mail-server.ts'
import { attachmentOf, linkIn } from '../../worlds/mailbox-world.ts'
import { ROOT } from '../../worlds/processes.ts'
import { installFiles } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'
import { shopDocument, shopSecrets, startShop } from '../../worlds/vendors-shop.ts'

interface Shop {
  readonly orders: readonly {
    readonly entity_id: number
    readonly increment_id: string
    readonly state: string
    readonly items: readonly {
      readonly sku: string
      readonly qty_ordered: number
      readonly product_type: string
      readonly parent_item_id?: number
    }[]
    readonly status_histories?: readonly { readonly comment: string | null }[]
  }[]
  readonly shipments: readonly {
    readonly order_id: number
    readonly items: readonly { readonly sku: string; readonly qty: number }[]
    readonly tracks: readonly { readonly track_number: string; readonly carrier_code: string }[]
  }[]
}

const open = browserFor()

function example(): string {
  const page = readFileSync(join(ROOT, 'docs/systems/mailbox.md'), 'utf8')
  return /<!-- example -->\s*```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
}

const documents = (shop: string) => `
${shopDocument(shop)}---
${example()}
---
kind: connection
id: shop-oak
shop: shop
vendor: oak
reads: [shop.orders.all]
ownership: { skuPattern: "^WLD-" }
fulfilments: { carriers: { UPS: ups } }
`

it.skipIf(!hasBrowser)('a vendor with nothing but a mailbox takes an order to shipped', async () => {
  const mail = await startMailServer()
  onTestFinished(() => mail.close())
  const simulator = await startShop({ seed: 11, orders: 6 })
  onTestFinished(async () => void (await simulator.close()))
  const { port, release } = await reservePort()
  onTestFinished(release)
  const base = `http://127.0.0.1:${port}`
  const more = {
    ...shopSecrets,
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: String(mail.port),
    SMTP_TLS: 'off',
    SMTP_FROM: 'shop@maple.example',
    PUBLIC_URL: base,
    API_PORT: String(port),
    FEED_SETTLE_MS: '200',
  }
  const installed = await installFiles('mailbox', inject('services'), more, { 'all.yaml': documents(simulator.url) })
  onTestFinished(installed.close)
  const roles = ['producer', 'processor', 'projector', 'api'] as const
  const running = await startRoles(installed.platform, roles, { schedules: true, page: inject('builtPage') })
  onTestFinished(() => running.close())

  const shop = async () => (await (await fetch(`${simulator.url}/_sim/state`)).json()) as Shop
  const sold = ({ items }: Shop['orders'][number]) =>
    items.filter((item) => item.sku.startsWith('WLD-') && item.parent_item_id === undefined)
  const order = (await shop()).orders.find(
    (one) => one.state === 'processing' && sold(one).some(({ qty_ordered }) => qty_ordered > 1),
  )
  if (order === undefined) throw new Error('the shop has no order for the vendor with several pieces of a line')
  const mailOf = () => mail.mails.find((one) => textOfMail(one).includes(`Order ${order.increment_id} `))
  const received = await until('the e-mail is there', async () => mailOf() ?? null)
  expect(attachmentOf(received)?.subarray(0, 5).toString()).toBe('%PDF-')
  const text = textOfMail(received)
  for (const { sku, qty_ordered } of sold(order)) expect(text).toContain(`${qty_ordered} × ${sku}`)
  const link = linkIn(text)
  // What was sent is known a moment later.
  await until('the page is there', async () => (await fetch(base + link)).status === 200)

  const { page, complaints } = await open(base, { viewport: { width: 390, height: 844 }, javaScriptEnabled: false })
  await page.goto(link)
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('status').filter({ hasText: 'Confirmed.' }).waitFor()

  // In part: all but one piece of the first line of several.
  const [several] = sold(order).filter(({ qty_ordered }) => qty_ordered > 1)
  if (several === undefined) throw new Error('no line has several pieces')
  await page.getByLabel(several.sku).fill(String(several.qty_ordered - 1))
  await page.getByLabel('Carrier').fill('UPS')
  await page.getByRole('textbox', { name: 'Tracking number' }).fill('1Z999AA10123456784')
  await page.getByRole('button', { name: 'Ship' }).click()
  await page.getByRole('status').filter({ hasText: 'Shipped.' }).waitFor()
  await page.getByText('Shipped in part').waitFor()

  // The rest: it is filled in already.
  expect(await page.getByLabel(several.sku).inputValue()).toBe('1')
  await page.getByRole('textbox', { name: 'Tracking number' }).fill('1Z999AA10123456785')
  await page.getByRole('button', { name: 'Ship' }).click()
  await page.getByRole('status').filter({ hasText: 'Shipped.' }).waitFor()
  expect(await page.locator('form').count()).toBe(0)

  const own = async () => (await shop()).shipments.filter(({ order_id }) => order_id === order.entity_id)
  await until('the shop has both shipments', async () => (await own()).length === 2)
  expect((await own()).map(({ tracks }) => tracks.map(({ track_number }) => track_number)).toSorted()).toEqual([
    ['1Z999AA10123456784'],
    ['1Z999AA10123456785'],
  ])
  const pieces = (await own())
    .flatMap(({ items }) => items)
    .filter(({ sku }) => sku === several.sku)
    .reduce((sum, { qty }) => sum + qty, 0)
  expect(pieces).toBe(several.qty_ordered)
  await until('the shop has the confirmation', async () => {
    const now = (await shop()).orders.find(({ entity_id }) => entity_id === order.entity_id)
    return now?.status_histories?.some(({ comment }) => comment?.includes('has confirmed') === true) === true
  })
  expect(complaints).toEqual([])
  // One e-mail, though the shop's order has changed with each shipment.
  const about = mail.mails.filter((one) => textOfMail(one).includes(`Order ${order.increment_id} `))
  expect(about).toHaveLength(1)
})
