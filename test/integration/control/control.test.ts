import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { magentoCredentials } from '../../../simulators/magento2/authorization.ts'
import { startMagentoSimulator } from '../../../simulators/magento2/start-magento-simulator.ts'
import { NETSUITE_CREDENTIALS } from '../../../simulators/netsuite/credentials.ts'
import { startNetSuiteSimulator } from '../../../simulators/netsuite/start.ts'
import { type RunningRoles, roles, startRoles } from '../../../src/cli/roles.ts'
import { toPlainEvent } from '../../../src/platform/registry/plain-event.ts'
import { lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'
import { startProgram } from '../../worlds/processes.ts'
import { type Installation, install } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'
import { smallCatalogFile } from '../../worlds/sources.ts'

const ORDERS = 'magento.orders.all'
const shared = { dataFile: ':memory:', catalogFile: smallCatalogFile, seed: 7 }

let simulators: readonly { readonly url: string; close(): Promise<void> }[]
let installation: Installation
let running: RunningRoles
beforeAll(async () => {
  simulators = await Promise.all([
    startMagentoSimulator({ ...shared, vendorPattern: /^WLD-/, orders: 10 }),
    startNetSuiteSimulator({ ...shared, vendorPattern: /^WLD-/ }),
    startNetSuiteSimulator({ ...shared, vendorPattern: /^NRD-/ }),
  ])
  const [shop, erp] = simulators
  const { consumerKey, consumerSecret, token, tokenSecret } = magentoCredentials
  installation = await install('control', inject('services'), {
    API_PORT: '0',
    DEMO_MAGENTO_URL: shop?.url ?? '',
    DEMO_MAGENTO_CONSUMER_KEY: consumerKey,
    DEMO_MAGENTO_CONSUMER_SECRET: consumerSecret,
    DEMO_MAGENTO_ACCESS_TOKEN: token,
    DEMO_MAGENTO_ACCESS_TOKEN_SECRET: tokenSecret,
    DEMO_NETSUITE_URL: erp?.url ?? '',
    DEMO_NETSUITE_CONSUMER_KEY: NETSUITE_CREDENTIALS.consumerKey,
    DEMO_NETSUITE_CONSUMER_SECRET: NETSUITE_CREDENTIALS.consumerSecret,
    DEMO_NETSUITE_TOKEN_ID: NETSUITE_CREDENTIALS.token,
    DEMO_NETSUITE_TOKEN_SECRET: NETSUITE_CREDENTIALS.tokenSecret,
  })
  running = await startRoles(installation.platform, roles, { schedules: false })
})
afterAll(async () => {
  await running?.close()
  await installation?.close()
  await Promise.all((simulators ?? []).map((simulator) => simulator.close()))
})

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at, field by field
type Json = any

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await fetch(`${running.api?.url}${path}`, { method, ...sent, headers: { ...type, ...headers } })
  return { status: answer.status, etag: answer.headers.get('etag'), json: (await answer.json()) as Json }
}

async function cli(...args: readonly string[]): Promise<Json> {
  const program = { name: 'waldstream', args: ['src/cli/main.ts', ...args, '--json'] }
  const { exited, printed, output } = await startProgram({
    ...program,
    env: { ...installation.env, LOG_LEVEL: 'silent' },
  })
  expect((await exited).code, output()).toBe(0)
  return JSON.parse(printed())
}

const secondErp = async () => (await (await fetch(`${simulators[2]?.url}/_sim/state`)).json()) as Json

it('takes up a second connection, a cut date, a request and a pushed order without a restart', async () => {
  const by = { 'x-actor': 'ann' }
  const references = {
    consumerKey: 'CONSUMER_KEY',
    consumerSecret: 'CONSUMER_SECRET',
    tokenId: 'TOKEN_ID',
    tokenSecret: 'TOKEN_SECRET',
  }
  const secrets = Object.fromEntries(
    Object.entries(references).map(([name, end]) => [name, `env:DEMO_NETSUITE_${end}`]),
  )
  const system = {
    type: 'netsuite',
    address: simulators[2]?.url,
    zone: 'America/Los_Angeles',
    secrets,
    settings: { account: 'TSTDRV1234567' },
    reads: [{ entity: 'products' }],
  }
  const connection = { shop: 'magento', vendor: 'second', reads: [ORDERS], ownership: { skuPattern: '^NRD-' } }

  const refused = await call('PUT', '/v1/connections/magento-second', connection, by)
  expect(refused.json).toMatchObject({ status: 400, errors: [{ field: 'vendor' }] })
  expect((await call('PUT', '/v1/systems/second', system, by)).status).toBe(201)
  expect((await call('PUT', '/v1/connections/magento-second', connection, by)).etag).toBe('"1"')

  const before = (await call('GET', `/v1/reads/${ORDERS}`)).json
  const cut_date = new Date(Date.now() - 3_600_000).toISOString()
  const wanted = { cut_date, revision: before.revision, reason: 'the shop was restored' }
  expect((await call('PUT', `/v1/reads/${ORDERS}/cut-date`, wanted, by)).json).toMatchObject({ cut_date, revision: 1 })

  // A run has the connections that its worker knew when it began: within seconds, the new one.
  const asked = await until('a run with both connections', async () => {
    const { json } = await call('POST', '/v1/sync-requests', { read: ORDERS, reason: 'to see it' }, by)
    const done = await until(`task ${json.task}`, async () => {
      const task = (await call('GET', `/v1/tasks/${json.merged_into ?? json.task}`)).json
      return task.ended_at === null ? null : task
    })
    return 'magento-second' in done.connections ? done : null
  })
  expect(asked).toMatchObject({ trigger: 'api', run_state: 'ended' })
  const { windows, revision } = (await call('GET', `/v1/reads/${ORDERS}`)).json
  expect(revision).toBe(1 + windows.length)
  expect(windows.at(-1).from).toBe(new Date(Date.parse(cut_date) - 30_000).toISOString())
  expect(windows[0].digest).toMatch(/^[0-9a-f]{64}$/)

  const sku = (await secondErp()).items.find(({ itemId }: Json) => itemId.startsWith('NRD-')).itemId
  const order = orderOf([lineOf('1', sku), lineOf('2', 'OWN-1')], { orderNumber: 'P-1', placedAt: Date.now() })
  const { data } = toPlainEvent('orders', orderChanged({ ...order, grandTotal: order.subtotal })) as Json
  const key = { 'idempotency-key': 'push-1' }
  const pushed = await call('POST', '/v1/orders/magento', data, key)
  expect(pushed).toMatchObject({ status: 202, json: { source: 'magento', key: 'P-1', published: true } })
  expect((await call('POST', '/v1/orders/magento', data, key)).json).toEqual(pushed.json)
  const delivered = await until('the pushed order is delivered', async () => (await secondErp()).salesOrders[0])
  expect(delivered.externalId).toContain('P-1')
  expect(delivered.item.items.map(({ item }: Json) => item.refName)).toEqual([sku])
  expect((await secondErp()).salesOrders).toHaveLength(1)

  // Its sink is made anew with what changed, and goes on.
  const changed = { ...system, limits: { concurrency: 3 } }
  expect((await call('PUT', '/v1/systems/second', changed, { ...by, 'if-match': '"1"' })).etag).toBe('"2"')
  expect((await call('POST', '/v1/orders/magento', { ...data, orderNumber: 'P-2' })).status).toBe(202)
  await until('the next order is delivered', async () => (await secondErp()).salesOrders.length === 2)

  const changes = (await cli('changes', '--by', 'ann')).items
  expect(changes.map(({ kind, id }: Json) => `${kind} ${id}`)).toEqual([
    'system second',
    `cut-date ${ORDERS}`,
    'connection magento-second',
    'system second',
  ])
  expect((await cli('tasks', 'list', '--read', ORDERS)).items[0].id).toBe(asked.id)
  const begun = asked.id.slice(0, -3)
  expect((await cli('tasks', 'show', begun)).connections).toHaveProperty('magento-second')
  expect((await cli('reads', 'list')).items.map(({ id }: Json) => id)).toContain('second.products.all')
})
