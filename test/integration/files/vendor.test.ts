// The vendor of docs/systems/files.md, on a real SFTP server: stock and prices in, order out, tracking back.

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, it, onTestFinished } from 'vitest'
import { runCommand } from '../../worlds/command.ts'
import { ROOT } from '../../worlds/processes.ts'
import { installFiles, RUNNING, startRole } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'
import { noSftpServer, putFile, type SftpServer, startSftpServer } from '../../worlds/sftp-server.ts'
import { shopDocument, shopSecrets, startShop } from '../../worlds/vendors-shop.ts'

interface Item {
  readonly sku: string
  readonly qty_ordered: number
  readonly product_type: string
  readonly parent_item_id?: number
}

interface Shop {
  readonly orders: readonly {
    readonly entity_id: number
    readonly increment_id: string
    readonly state: string
    readonly items: readonly Item[]
  }[]
  readonly shipments: readonly {
    readonly order_id: number
    readonly items: readonly { readonly sku: string; readonly qty: number }[]
    readonly tracks: readonly { readonly track_number: string; readonly carrier_code: string }[]
  }[]
}

/** The system of the page, at this server, and read every two seconds. */
function exampleOf({ host, port, folder, hostKey }: SftpServer): string {
  const page = readFileSync(join(ROOT, 'docs/systems/files.md'), 'utf8')
  const yaml = /<!-- example -->\s*```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  expect(yaml.split('\n').length).toBeLessThan(45)
  return yaml
    .replace('sftp://sftp.acme.example/', `sftp://${host}:${port}${folder}`)
    .replace(/hostKey: .*/, `hostKey: ${hostKey}`)
    .replace(/env:\w+__USER/, 'env:ACME_USER')
    .replace(/env:\w+__KEY/, 'env:ACME_KEY')
    .replaceAll('"*/10 * * * *"', '"*/2 * * * * *"')
}

const documents = (server: SftpServer, shop: string) => `
${shopDocument(shop)}---
${exampleOf(server)}
---
kind: connection
id: shop-acme
shop: shop
vendor: acme
reads: [shop.orders.all, acme.inventory.all, acme.prices.all, acme.fulfilments.all]
ownership: { skuPattern: "^WLD-" }
fulfilments: { carriers: { UPS: ups } }
`

it.skipIf(noSftpServer !== null)('a vendor with nothing but files is connected from stock to tracking', async () => {
  const server = await startSftpServer()
  const simulator = await startShop({ seed: 11, orders: 6 })
  onTestFinished(async () => void (await simulator.close()))
  const put = (path: string, text: string) => putFile(server, path, text)
  put('out/stock/stock-20261130-0900.csv', 'Item No;Available\nWLD-0012;In Stock\nWLD-2;10+\nWLD-3;7\n')
  put('out/prices/prices.csv', 'sku,price\nWLD-2,12.50\n')
  put('out/tracking/none.txt', '')
  const more = {
    ...shopSecrets,
    ACME_USER: server.username,
    ACME_KEY: server.key,
    API_PORT: '0',
    FEED_SETTLE_MS: '200',
  }
  const configuration = { 'all.yaml': documents(server, simulator.url) }
  const installed = await installFiles('files', inject('services'), more, configuration)
  onTestFinished(installed.close)
  const worker = await startRole('all', installed.env)
  onTestFinished(async () => {
    worker.signal('SIGTERM')
    await worker.exited
  })
  const { api } = JSON.parse(await worker.line(RUNNING)) as { readonly api: string }

  // Stock in: the feed has it, and the file was moved.
  const stock = await until('the stock is in the feed', async () => {
    const answer = await fetch(`${api}/v1/feeds/inventory?connection=shop-acme`)
    const { items } = (await answer.json()) as {
      readonly items?: readonly { sku: string; data: { total: string } }[]
    }
    return items?.length === 3 ? items : null
  })
  expect(Object.fromEntries(stock.map(({ sku, data }) => [sku, data.total]))).toEqual({
    'WLD-0012': '5',
    'WLD-2': '10',
    'WLD-3': '7',
  })
  const prices = await until('the price is in the feed', async () => {
    const answer = await fetch(`${api}/v1/feeds/prices?connection=shop-acme`)
    const { items } = (await answer.json()) as {
      readonly items?: readonly { sku: string; data: { levels: readonly unknown[] } }[]
    }
    return items?.length === 1 ? items : null
  })
  expect(prices).toMatchObject([
    { sku: 'WLD-2', data: { levels: [{ level: 'default', price: '12.5', currency: 'EUR', tiers: [] }] } },
  ])
  await until(
    'the file was moved',
    async () => !readdirSync(join(server.folder, 'out/stock')).includes('stock-20261130-0900.csv'),
  )

  // Orders out: each is one file, with what the shop sold of the vendor's.
  const shop = async () => (await (await fetch(`${simulator.url}/_sim/state`)).json()) as Shop
  const isVendors = ({ sku, product_type }: Item) => sku.startsWith('WLD-') && product_type !== 'bundle'
  const order = (await shop()).orders.find(({ state, items }) => state === 'processing' && items.some(isVendors))
  if (order === undefined) throw new Error('the shop has no order for the vendor')
  // A configurable has the SKU of its variant.
  const sold = order.items.filter((item) => isVendors(item) && item.parent_item_id === undefined)
  const name = `PO-shop-acme-${order.increment_id}.csv`
  const file = join(server.folder, 'in/orders', name)
  await until('the order is at the vendor', async () => existsSync(file))
  const [header, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\r\n')
  expect(header).toBe('PO Number,Item,Qty,Ship To,Street,City,ZIP')
  expect(rows.map((row) => row.split(',').slice(0, 3))).toEqual(
    sold.map(({ sku, qty_ordered }) => [`shop-acme-${order.increment_id}`, sku, String(qty_ordered)]),
  )
  rmSync(file)

  // Tracking back: the shop has the shipment, once, though the file comes twice.
  const shipped = sold.map(
    ({ sku, qty_ordered }) => `shop-acme-${order.increment_id},${sku},${qty_ordered},UPS,1Z999AA10123456784\n`,
  )
  const tracking = `PO Number,sku,quantity,Carrier,tracking\n${shipped.join('')}`
  put('out/tracking/one.csv', tracking)
  const own = async () => (await shop()).shipments.filter(({ order_id }) => order_id === order.entity_id)
  await until('the shop has the shipment', async () => (await own()).length > 0)
  put('out/tracking/two.csv', `${tracking}shop-acme-none,WLD-2,1,UPS,1Z000AA10123456784\n`)
  await until('the second file was read', async () => {
    const answer = await fetch(`${api}/v1/tasks?read=acme.fulfilments.all&limit=50`)
    const { items } = (await answer.json()) as { readonly items: readonly { published: number; unchanged: number }[] }
    return items.some(({ published, unchanged }) => published === 1 && unchanged === 1)
  })
  expect(
    (await own()).map(({ items, tracks }) => [items.length, tracks.map(({ track_number }) => track_number)]),
  ).toEqual([[sold.length, ['1Z999AA10123456784']]])
  expect(existsSync(file)).toBe(false)

  // A person asks for the settings of these files: what is proposed shows no order and no parcel.
  const sampled = await runCommand(['files', 'sample', 'acme', '--entity', 'fulfilments'], installed.env)
  expect(sampled.output).not.toMatch(/1Z999|shop-acme-/)
  expect([sampled.code, sampled.printed]).toEqual([
    0,
    expect.stringContaining('  fulfilments.columns.order: PO Number\n'),
  ])
})
