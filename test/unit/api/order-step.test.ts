import { expect, it } from 'vitest'
import { createKey } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { keepOrderSteps } from '../../../src/projections/order-steps.ts'
import { lineOf, orderChanged, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { entityResult } from '../../data/sync-status.ts'
import { readableTopics } from '../../worlds/problem-orders.ts'
import { batchContext } from '../../worlds/stage-context.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })

/** An order of alder's shop whose event was mapped for the connection `alder`. */
async function fixture() {
  const topics = readableTopics()
  const api = await twoSellers(['alder', 'birch'], { staged: topics.staged, token: 'the-token' })
  const order = orderOf([lineOf('1', 'A-1'), lineOf('2', 'SELLERS-OWN')], { orderNumber: '7' })
  const read = topics.codec.encode('orders', { ...orderChanged(order), source: 'shop-alder' })
  const own = orderOf([lineOf('1', 'A-1')], { orderNumber: '7' })
  const mapped = topics.codec.encode('vendor-orders', vendorOrder('alder', '7', own))
  const places = { source: topics.put('t.orders', 1, read), mapped: topics.put('t.vendor-orders.erp', 2, mapped) }
  const result = entityResult({ source: 'shop-alder', connection: 'alder', key: '7', status: 'succeeded' })
  const report = { stage: 'deliver-erp', at: 5, task: null, result, places }
  await keepOrderSteps(api.tables, [report], batchContext().context)
  const admin = { authorization: 'Bearer the-token' }
  const { steps } = (await api.get('/v1/orders/shop-alder/7', admin)).json
  const path = `/v1/orders/shop-alder/7/steps/${encodeURIComponent(steps[0].step)}`
  const asKey = async (scopes: Parameters<typeof createKey>[2]['scopes'], reach: object) => {
    const all = { name: JSON.stringify(reach), scopes, connections: 'all', systems: 'all', expiresAt: null } as const
    const { key } = await createKey(api.operations, boss, { ...all, ...reach })
    return await api.get(path, { authorization: `Bearer ${key}` })
  }
  return { ...api, admin, path, asKey }
}

it('shows the events behind a step, persons to who may see them', async () => {
  const { get, path, admin, asKey } = await fixture()
  const { json } = await get(path, admin)
  expect(json).toMatchObject({
    as_read: { topic: 't.orders', offset: 1, event: { data: { lines: [{ sku: 'A-1' }, { sku: 'SELLERS-OWN' }] } } },
    as_mapped: { topic: 't.vendor-orders.erp', offset: 2, event: { data: { lines: [{ sku: 'A-1' }] } } },
  })
  expect(json.as_read.event.data.customerEmail).toBe('Zoe@Example.com')
  const masked = await asKey(['observe'], {})
  expect([masked.json.as_read, masked.json.as_mapped]).toMatchObject([
    { event: { data: { customerEmail: '[personal]' } } },
    { event: { data: { customerEmail: '[personal]' } } },
  ])
})

it("shows a vendor's own part and nothing of the rest", async () => {
  const { asKey } = await fixture()
  const vendor = await asKey(['observe'], { connections: ['alder'], systems: ['erp'] })
  expect(vendor.json).toMatchObject({ as_read: null, as_mapped: { event: { connection: 'alder' } } })
  expect(JSON.stringify(vendor.json)).not.toContain('SELLERS-OWN')
  const stranger = await asKey(['observe'], { connections: ['birch'], systems: ['shop-birch'] })
  expect(stranger.json).toMatchObject({ status: 404, code: 'not_found', field: 'step' })
})
