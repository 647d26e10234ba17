// Adding a vendor is a folder and a line: the whole program runs with the example's, and nothing else knows of it.

import { expect, it, onTestFinished, vi } from 'vitest'
import { roles, startRoles } from '../../src/cli/roles.ts'
import { applyConfiguration } from '../../src/configuration/apply-configuration.ts'
import { toPlainEvent } from '../../src/platform/registry/plain-event.ts'
import { listSystems } from '../../src/systems/system.ts'
import { systemTypes } from '../../src/systems/systems.ts'
import { anySecrets } from '../data/any-secrets.ts'
import { lineOf, orderChanged, orderOf } from '../data/processor-events.ts'
import { ACME_TOKEN, startAcmeSimulator } from '../examples/acme/simulator.ts'
import { acme } from '../examples/acme/system.ts'
import { memoryPlatform } from '../memory/platform.ts'
import { configurationOf, mistakesIn } from '../worlds/configured.ts'

/** The line. */
const withAcme = listSystems([...systemTypes.values(), acme])

const documents = (address: string, more: object = {}) => [
  {
    kind: 'system',
    id: 'shop',
    type: 'magento2',
    address: 'http://127.0.0.1:9',
    secrets: { bearer: 'env:SHOP' },
    reads: [{ entity: 'orders', startFrom: '2026-01-01T00:00:00Z' }],
  },
  {
    kind: 'system',
    id: 'acme',
    type: 'acme',
    address,
    secrets: { token: 'env:ACME' },
    settings: { shipFrom: 'EAST' },
    reads: [{ entity: 'inventory', settleSeconds: 0, pageSize: 3 }],
    ...more,
  },
  {
    kind: 'connection',
    id: 'con',
    shop: 'shop',
    vendor: 'acme',
    reads: ['shop.orders.all', 'acme.inventory.all'],
    ownership: { skuPattern: '^A-' },
    orderMap: { fields: [{ attribute: 'line.gift', from: 'attributes.gift' }] },
  },
]

it('runs a read into the feed, and delivers an order', async () => {
  const simulator = await startAcmeSimulator(
    Array.from({ length: 5 }, (_, index) => ({
      id: index + 1,
      sku: `A-${index + 1}`,
      changed_at: `2026-03-02T10:00:0${index % 2}.000Z`,
      warehouses: [{ code: 'EAST', on_hand: 5, available: index }],
    })),
  )
  onTestFinished(() => simulator.close())
  const platform = await memoryPlatform(withAcme, { ...anySecrets, ACME: ACME_TOKEN, SHOP: 'none' })
  await applyConfiguration(platform.tables, await configurationOf(documents(simulator.url), withAcme))
  const running = await startRoles(platform, roles, { schedules: false })
  onTestFinished(() => running.close())
  const call = async (method: string, path: string, body?: unknown) => {
    const init =
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await fetch(`${running.api?.url}${path}`, { method, ...init })
    const json = (await answer.json()) as { readonly items: readonly { readonly sku: string }[] }
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(json)}`)
    return json
  }
  const within = { timeout: 240_000, interval: 50 }

  await call('POST', '/v1/sync-requests', { read: 'acme.inventory.all' })
  await vi.waitFor(async () => {
    const { items } = await call('GET', '/v1/feeds/inventory?connection=con')
    expect(items.map(({ sku }) => sku).toSorted()).toEqual(['A-1', 'A-2', 'A-3', 'A-4', 'A-5'])
  }, within)

  const lines = [lineOf('1', 'A-1', { attributes: { gift: '"for you"' } }), lineOf('2', 'B-1')]
  const order = orderOf(lines)
  const pushed = toPlainEvent('orders', orderChanged({ ...order, grandTotal: order.subtotal }))
  await call('POST', '/v1/orders/shop', (pushed as { readonly data: object }).data)
  await vi.waitFor(() => {
    expect([...simulator.orders]).toMatchObject([
      ['con-000000001', { status: 'open', ship_from: 'EAST', lines: [{ sku: 'A-1', gift: 'for you' }] }],
    ])
  }, within)
  await vi.waitFor(async () => {
    const { items } = await call('GET', '/v1/backend/con/orders')
    expect(items).toMatchObject([{ key: '000000001', status: 'succeeded' }])
  }, within)
}, 60_000)

it('has the limits of its type where its document gives none', async () => {
  const { systems } = await configurationOf(documents('http://acme.test'), withAcme)
  expect(systems.map(({ id, limits }) => [id, limits.concurrency])).toEqual([
    ['shop', 4],
    ['acme', 2],
  ])
  const given = await configurationOf(documents('http://acme.test', { limits: { concurrency: 9 } }), withAcme)
  expect(given.systems[1]?.limits).toEqual({ concurrency: 9 })
})

it('is checked by validate like any other', async () => {
  const wrong = { settings: { shipFrom: 'east', shipTo: 'WEST' }, reads: [{ entity: 'products' }] }
  const mistakes = await mistakesIn(documents('http://acme.test', wrong), withAcme)
  expect(mistakes.map(({ field }) => field)).toEqual(
    expect.arrayContaining(['settings.shipFrom', 'settings.shipTo', 'reads[0].entity']),
  )
})
