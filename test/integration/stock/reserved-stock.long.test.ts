/*
 * Stock that may be sold, over the real servers: an order reserves the vendor's stock as soon as it is routed, and the
 * reservation ends with the first stock that the vendor shows after it has the order.
 */
import { expect, inject, it, onTestFinished } from 'vitest'
import { magentoCredentials } from '../../../simulators/magento2/authorization.ts'
import { startMagentoSimulator } from '../../../simulators/magento2/start-magento-simulator.ts'
import { NETSUITE_CREDENTIALS } from '../../../simulators/netsuite/credentials.ts'
import { startNetSuiteSimulator } from '../../../simulators/netsuite/start.ts'
import { install, RUNNING, startRole } from '../../worlds/processes-roles.ts'
import type { ErpState } from '../../worlds/processes-simulators.ts'
import { until } from '../../worlds/processes-until.ts'
import { smallCatalogFile } from '../../worlds/sources.ts'
import { syncsOf } from '../../worlds/sync-now.ts'

const CONNECTION = 'magento-netsuite'
const PIECES = 100

interface Row {
  readonly sku: string
  readonly data: {
    readonly total: string
    readonly parts: { readonly available: string; readonly reserved: string }
  }
}

interface ErpItem {
  readonly itemId: string
  readonly locations: { readonly items: readonly { readonly locationId: string }[] }
}

async function open() {
  const shared = { dataFile: ':memory:', catalogFile: smallCatalogFile, seed: 11, vendorPattern: /^WLD-/ }
  const shop = await startMagentoSimulator({ ...shared, orders: 3 })
  const erp = await startNetSuiteSimulator(shared)
  onTestFinished(async () => {
    await Promise.all([shop.close(), erp.close()])
  })
  const { consumerKey, consumerSecret, token, tokenSecret } = magentoCredentials
  const environment = {
    API_PORT: '0',
    METRICS_PORT: '0',
    DEMO_MAGENTO_URL: shop.url,
    DEMO_MAGENTO_CONSUMER_KEY: consumerKey,
    DEMO_MAGENTO_CONSUMER_SECRET: consumerSecret,
    DEMO_MAGENTO_ACCESS_TOKEN: token,
    DEMO_MAGENTO_ACCESS_TOKEN_SECRET: tokenSecret,
    DEMO_NETSUITE_URL: erp.url,
    DEMO_NETSUITE_CONSUMER_KEY: NETSUITE_CREDENTIALS.consumerKey,
    DEMO_NETSUITE_CONSUMER_SECRET: NETSUITE_CREDENTIALS.consumerSecret,
    DEMO_NETSUITE_TOKEN_ID: NETSUITE_CREDENTIALS.token,
    DEMO_NETSUITE_TOKEN_SECRET: NETSUITE_CREDENTIALS.tokenSecret,
  }
  const reserving = (text: string) => text.replace('orderMap:\n', 'sellableStock: { reserve: true }\norderMap:\n')
  const { env, platform, close } = await install('stock', inject('services'), environment, reserving)
  onTestFinished(close)
  const role = await startRole('all', env)
  onTestFinished(() => role.signal('SIGKILL'))
  const { api } = JSON.parse(await role.line(RUNNING)) as { readonly api: string }
  const send = async (method: string, url: string, body: object) => {
    const answer = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`)
  }
  return { sync: syncsOf(platform), erpUrl: erp.url, api, send }
}

it('an order reserves stock until the vendor shows stock that includes it', async () => {
  const { sync, erpUrl, api, send } = await open()
  const erpState = async () => (await (await fetch(`${erpUrl}/_sim/state`)).json()) as ErpState
  const rowOf = async (sku: string): Promise<Row | undefined> => {
    const answer = await fetch(`${api}/v1/feeds/inventory/items/${sku}?connection=${CONNECTION}`)
    const { items } = (await answer.json()) as { readonly items?: readonly Row[] }
    return items?.find(({ data }) => data.parts !== undefined)
  }
  const partsWhen = async (what: string, sku: string, is: (parts: Row['data']['parts']) => boolean) =>
    await until(what, async () => {
      const row = await rowOf(sku)
      return row !== undefined && is(row.data.parts) ? row.data : undefined
    })
  /** All pieces are at one location, at which the ERP commits its orders. */
  const setStock = async (sku: string) => {
    const items = (await erpState()).items as unknown as readonly ErpItem[]
    const locations = items.find(({ itemId }) => itemId === sku)?.locations.items ?? []
    await send('PUT', `${erpUrl}/_sim/rules`, { defaultLocation: locations[0]?.locationId ?? null })
    for (const [index, { locationId }] of locations.entries()) {
      const stock = { quantityonhand: PIECES, quantityavailable: index === 0 ? PIECES : 0 }
      await send('PUT', `${erpUrl}/_sim/items/${sku}/locations/${locationId}`, stock)
    }
    await sync('netsuite.inventory.all')
  }

  await send('PUT', `${api}/v1/pauses/deliver-netsuite/${CONNECTION}`, { reason: 'the vendor gets nothing yet' })
  await sync('netsuite.inventory.all')
  await sync('magento.orders.all')
  const reserved = await until('an order has reserved stock', async () => {
    const answer = await fetch(`${api}/v1/feeds/inventory?connection=${CONNECTION}&limit=1000`)
    const { items } = (await answer.json()) as { readonly items: readonly Row[] }
    return items.find(({ data }) => data.parts !== undefined && data.parts.reserved !== '0')
  })
  const { sku } = reserved
  await setStock(sku)
  const before = await partsWhen('the stock is in the feed', sku, ({ available }) => available === String(PIECES))
  const pieces = Number(before.parts.reserved)
  expect(pieces).toBeGreaterThan(0)
  expect(before.total).toBe(String(PIECES - pieces))

  await send('POST', `${api}/v1/pauses/deliver-netsuite/${CONNECTION}/resume`, {})
  await until('the ERP has the orders', async () => {
    const orders = (await erpState()).salesOrders as unknown as readonly { readonly items?: unknown }[]
    return orders.length > 0 && JSON.stringify(orders).includes(sku)
  })
  await until('no order waits', async () => {
    const { items } = (await (await fetch(`${api}/v1/parked`)).json()) as { readonly items: readonly unknown[] }
    return items.length === 0
  })
  // The ERP has committed the order: reading its change is enough.
  await sync('netsuite.inventory.all')
  const after = await partsWhen('the reservation ends', sku, (parts) => parts.reserved === '0')
  expect(after).toMatchObject({ total: String(PIECES - pieces), parts: { available: String(PIECES - pieces) } })
})
