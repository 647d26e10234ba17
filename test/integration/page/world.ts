import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { inject } from 'vitest'
import { type RunningRoles, startRoles } from '../../../src/cli/roles.ts'
import { BOOK, keyRows } from '../../../src/control/keys/api-key.ts'
import { rowsOf } from '../../../src/platform/dynamodb/rows.ts'
import { install } from '../../worlds/processes-roles.ts'
import { type ErpOrder, type ShopOrder, startSimulators, VENDOR } from '../../worlds/processes-simulators.ts'
import { until } from '../../worlds/processes-until.ts'
import { syncsOf } from '../../worlds/sync-now.ts'

export const CONNECTION = 'magento-netsuite'
const TOKEN = 'the-token'
const SEED = 11
const ORDERS = 14

/** What NetSuite says of an order that it does not take. */
export const REFUSAL = 'Please enter a valid sales rep'
const refusal = {
  title: 'Bad Request',
  status: 400,
  'o:errorDetails': [{ detail: REFUSAL, 'o:errorCode': 'USER_ERROR' }],
}

/** SKUs of the order that the vendor has to send. */
export const vendorSkus = ({ items }: ShopOrder): readonly string[] => [
  ...new Set(items.map(({ sku }) => sku).filter((sku) => VENDOR.test(sku))),
]

/**
 * The roles over real servers, with the demo's configuration, reading and delivering to the simulators, but that what is
 * shipped is entered by the vendor's people. Products, stock, images and a handful of orders are read and delivered;
 * NetSuite refuses two orders, and one waits for an item that it does not have.
 */
export async function pageWorld(name: string) {
  const data = await mkdtemp(join(tmpdir(), 'waldstream-page-'))
  const simulators = await startSimulators(data, SEED, ORDERS)
  const env = { ...simulators.env, API_PORT: '0', API_TOKEN: TOKEN, FEED_SETTLE_MS: '200', TOPIC_PARTITIONS: '2' }
  // What is changed is read at once.
  const edit = (text: string) =>
    text.replace('  - netsuite.fulfilments.all\n', '').replaceAll('settleSeconds: 2', 'settleSeconds: 0')
  const { platform, ...installation } = await install(name, inject('services'), env, edit)
  const work = await startRoles(platform, ['producer', 'processor', 'projector'], { schedules: false })
  const sync = syncsOf(platform)
  let api: RunningRoles | undefined
  let base = ''
  /** At the address that it had before. */
  const startApi = async () => {
    const port = base === '' ? 0 : Number(new URL(base).port)
    const config = { ...platform.config, api: { ...platform.config.api, port } }
    api = await startRoles({ ...platform, config }, ['api'], { schedules: false, page: inject('builtPage') })
    base = api.api?.url ?? ''
  }
  const endApi = async () => {
    await api?.close()
    api = undefined
  }
  const ask = async (method: string, path: string, body?: unknown, key = TOKEN) => {
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, json: text === '' ? null : JSON.parse(text) }
  }
  const get = async (path: string) => (await ask('GET', path)).json

  const erpOrder = async (number: string): Promise<ErpOrder | undefined> =>
    (await simulators.erp()).salesOrders.find(({ externalId }) => externalId === `${CONNECTION}-${number}`)
  const shopOrder = async (number: string): Promise<ShopOrder> => {
    const order = (await simulators.shopOrders()).find(({ increment_id }) => increment_id === number)
    if (order === undefined) throw new Error(`the shop has no order ${number}`)
    return order
  }
  /** How the vendor's part stands. */
  const partOf = async (number: string) => (await get(`/v1/orders/magento/${number}`)).parts?.[0]
  const untilPart = (number: string, status: string) =>
    until(`order ${number} is ${status}`, async () => (await partOf(number))?.status === status)

  const refuse = (...numbers: readonly string[]) =>
    simulators.erpFaults(
      numbers.map((number) => ({
        path: `/salesOrder/eid.*-${number}`,
        method: 'PUT',
        kind: 'status',
        status: 400,
        body: refusal,
      })),
    )
  /** An order with goods of the vendor, new in the shop. */
  const newOrder = () =>
    until('an order for the vendor', async () =>
      (await simulators.makeOrders(1)).find((order) => vendorSkus(order).length > 0),
    )

  await startApi()
  const isPlain = (order: ShopOrder) => vendorSkus(order).length > 0
  const [first, second, third, ...plain] = (await simulators.shopOrders()).filter(isPlain)
  if (first === undefined || second === undefined || third === undefined) throw new Error('the shop has too few orders')
  const [missing = ''] = vendorSkus(third)
  const delivered = plain
    .filter((order) => !vendorSkus(order).includes(missing))
    .map(({ increment_id }) => increment_id)
  const orders = {
    refused: [first.increment_id, second.increment_id],
    waiting: third.increment_id,
    delivered,
  } as const
  await refuse(...orders.refused)
  await simulators.renameItem(missing, `RENAMED-${missing}`)
  await Promise.all(
    ['magento.orders', 'netsuite.inventory', 'netsuite.products', 'images.images'].map((read) => sync(`${read}.all`)),
  )
  await Promise.all([
    ...orders.refused.map((number) => untilPart(number, 'failed')),
    untilPart(orders.waiting, 'waiting'),
    ...delivered.map((number) => untilPart(number, 'succeeded')),
  ])
  // A product whose feeds have all that is said of it.
  const stocked = (await simulators.erp()).items.find(
    ({ itemId, locations }) => VENDOR.test(itemId) && itemId !== `RENAMED-${missing}` && locations.items.length > 0,
  )
  const [stock] = stocked?.locations.items ?? []
  if (stocked === undefined || stock === undefined) throw new Error('the ERP has no stock')
  const sku = stocked.itemId
  for (const feed of ['products', 'inventory'])
    await until(`the feed of ${feed}`, async () => {
      const { status } = await ask('GET', `/v1/feeds/${feed}/items/${encodeURIComponent(sku)}?connection=${CONNECTION}`)
      return status === 200
    })
  return {
    simulators,
    sync,
    ask,
    get,
    orders,
    sku,
    /** Where the ERP has stock of it. */
    location: stock.location_display,
    erpOrder,
    shopOrder,
    partOf,
    newOrder,
    /** NetSuite refuses no order any more. */
    takeOrders: () => simulators.erpFaults([]),
    /** It has the item that an order waits for. */
    bringItem: () => simulators.renameItem(`RENAMED-${missing}`, missing),
    /** The time of a key is over. */
    async expire(id: string) {
      await rowsOf(platform.tables, keyRows).update({ book: BOOK, id }, { set: { expires_at: Date.now() } })
    },
    /** Where the API is. */
    base: () => base,
    startApi,
    endApi,
    async close() {
      await endApi()
      await work.close()
      await installation.close()
      await simulators.stop()
      await rm(data, { recursive: true, force: true })
    },
  }
}

export type PageWorld = Awaited<ReturnType<typeof pageWorld>>

/** Whoever opens a page of this browser has the key. */
export async function signIn(page: Page, key = TOKEN): Promise<void> {
  await page.addInitScript(`sessionStorage.setItem('waldstream.key', ${JSON.stringify(key)})`)
}
