import { inject, onTestFinished } from 'vitest'
import { magentoCredentials } from '../../../simulators/magento2/authorization.ts'
import { startMagentoSimulator } from '../../../simulators/magento2/start-magento-simulator.ts'
import { NETSUITE_CREDENTIALS } from '../../../simulators/netsuite/credentials.ts'
import { startNetSuiteSimulator } from '../../../simulators/netsuite/start.ts'
import { applyConfiguration } from '../../../src/configuration/apply-configuration.ts'
import type { RunningProcess } from '../../worlds/processes.ts'
import { installFiles, loadFiles, RUNNING, startRole } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'
import { catalogFile } from '../../worlds/sources.ts'

/** The catalog's vendors: whose lines and SKUs each connection has. */
export const PATTERNS = { 'a-1': /^WLD-/, 'a-2': /^ACM-/, 'b-1': /^WLD-/ } as const
export type ConnectionId = keyof typeof PATTERNS
export const SHOPS = { 'a-1': 'shop-a', 'a-2': 'shop-a', 'b-1': 'shop-b' } as const
export const VENDORS = { 'a-1': 'erp-1', 'a-2': 'erp-2', 'b-1': 'erp-1' } as const
const ids = Object.keys(PATTERNS) as ConnectionId[]

export interface ShopOrder {
  readonly increment_id: string
  readonly state: string
  readonly items: readonly { readonly item_id: number; readonly parent_item_id?: number; readonly sku: string }[]
}

export interface ErpState {
  readonly items: readonly { readonly itemId: string }[]
  readonly salesOrders: readonly {
    readonly externalId: string
    readonly item: { readonly items: readonly { readonly custcol_waldstream_line: string }[] }
  }[]
}

type Urls = Readonly<Record<'shop-a' | 'shop-b' | 'erp-1' | 'erp-2', string>>

/** Two shops and two ERP accounts; shop A sells of both vendors, shop B of one. */
export async function startSystems(orders: number): Promise<Urls> {
  const shared = { dataFile: ':memory:', catalogFile }
  const shop = (seed: number, vendorPattern: RegExp) =>
    startMagentoSimulator({ ...shared, seed, vendorPattern, orders, mixedStates: false })
  const erp = (seed: number, vendorPattern: RegExp) => startNetSuiteSimulator({ ...shared, seed, vendorPattern })
  const [shopA, shopB, erp1, erp2] = await Promise.all([
    shop(11, /^(WLD|ACM)-/),
    shop(12, /^WLD-/),
    erp(1, PATTERNS['a-1']),
    erp(2, PATTERNS['a-2']),
  ])
  onTestFinished(async () => void (await Promise.all([shopA, shopB, erp1, erp2].map((one) => one.close()))))
  return { 'shop-a': shopA.url, 'shop-b': shopB.url, 'erp-1': erp1.url, 'erp-2': erp2.url }
}

const window = 'settleSeconds: 1, overlapSeconds: 10'

/** A read that the right configuration alone has: a run of it tells that a process has taken it up. */
const TELLING_READ = 'erp-1.inventory.again'

/** `right`: connection a-1 is mapped from what the vendor's products have. */
function configuration(urls: Urls, right: boolean): Readonly<Record<string, string>> {
  const shop = (id: 'shop-a' | 'shop-b') => `
kind: system
id: ${id}
type: magento2
address: ${urls[id]}
secrets: { consumerKey: env:SHOP_KEY, consumerSecret: env:SHOP_SECRET, accessToken: env:SHOP_TOKEN, accessTokenSecret: env:SHOP_TOKEN_SECRET }
reads: [{ entity: orders, schedule: "*/2 * * * * *", startFrom: 2026-01-01T00:00:00Z, ${window} }]
`
  const erp = (id: 'erp-1' | 'erp-2') => `
kind: system
id: ${id}
type: netsuite
address: ${urls[id]}
zone: America/Los_Angeles
secrets: { consumerKey: env:ERP_KEY, consumerSecret: env:ERP_SECRET, tokenId: env:ERP_TOKEN, tokenSecret: env:ERP_TOKEN_SECRET }
settings: { account: ${NETSUITE_CREDENTIALS.account}, currency: USD }
limits: { concurrency: 4 }
reads:
  - { entity: products, schedule: "*/2 * * * * *", ${window} }
  - { entity: inventory, schedule: "*/2 * * * * *", ${window} }
${right && id === 'erp-1' ? `  - { entity: inventory, scope: again, schedule: "* * * * * *", ${window} }\n` : ''}`
  const connection = (id: ConnectionId) => `
kind: connection
id: ${id}
shop: ${SHOPS[id]}
vendor: ${VENDORS[id]}
reads: [${SHOPS[id]}.orders.all, ${VENDORS[id]}.products.all, ${VENDORS[id]}.inventory.all]
ownership: { skuPattern: "${PATTERNS[id].source}" }
orderMap: { shipMethods: { flatrate_flatrate: "1" } }
---
kind: product-metadata
connection: ${id}
attributes:
  - { attribute: name, from: ${id === 'a-1' && !right ? 'attributes.nothing' : 'name'}, required: true }
  - { attribute: sold_by, constant: ${id} }
`
  const documents = [shop('shop-a'), shop('shop-b'), erp('erp-1'), erp('erp-2'), ...ids.map(connection)]
  return { 'all.yaml': documents.join('---') }
}

/** Everything in one process over these systems; connection a-1 is mapped wrongly until it is told otherwise. */
export async function startWorld(urls: Urls) {
  const { consumerKey, consumerSecret, token, tokenSecret } = magentoCredentials
  const erp = NETSUITE_CREDENTIALS
  const secrets = {
    SHOP_KEY: consumerKey,
    SHOP_SECRET: consumerSecret,
    SHOP_TOKEN: token,
    SHOP_TOKEN_SECRET: tokenSecret,
    ERP_KEY: erp.consumerKey,
    ERP_SECRET: erp.consumerSecret,
    ERP_TOKEN: erp.token,
    ERP_TOKEN_SECRET: erp.tokenSecret,
  }
  const more = { ...secrets, API_PORT: '0', FEED_SETTLE_MS: '200' }
  const installed = await installFiles('conn', inject('services'), more, configuration(urls, false))
  onTestFinished(installed.close)
  const worker = await startRole('all', installed.env)
  onTestFinished(async () => {
    worker.signal('SIGTERM')
    await worker.exited
  })
  const api = await addressOf(worker)
  const get = async <T>(path: string) => (await (await fetch(`${api}${path}`)).json()) as T
  return {
    get,
    async post<T>(path: string, body?: object): Promise<T> {
      const headers = { 'x-actor': 'tests', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
      const answer = await fetch(`${api}${path}`, { method: 'POST', headers, body: JSON.stringify(body) ?? null })
      if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`)
      return (await answer.json()) as T
    },
    /** Resolves when the process works by it. */
    async mapRightly() {
      const { platform, env } = installed
      await applyConfiguration(platform.tables, await loadFiles(env, configuration(urls, true)))
      await until('the process has taken it up', async () => {
        return (await get<{ readonly items: readonly unknown[] }>(`/v1/tasks?read=${TELLING_READ}`)).items.length > 0
      })
    },
  }
}

async function addressOf(worker: RunningProcess): Promise<string> {
  return (JSON.parse(await worker.line(RUNNING)) as { readonly api: string }).api
}
