import { expect, it } from 'vitest'
import { createKey } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import type { RecordedCall } from '../../../src/platform/recorded-calls.ts'
import { putOrderCalls } from '../../../src/processors/delivery/order-calls.ts'
import { keepOrderSteps, orderFulfilmentsStage } from '../../../src/projections/order-steps.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { fulfilmentLine, shopFulfilment } from '../../data/magento2-events.ts'
import { lineOf, orderChanged, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { readableTopics } from '../../worlds/problem-orders.ts'
import { batchContext, decoded } from '../../worlds/stage-context.ts'
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
  const report = { stage: 'deliver-erp', at: 50, task: null, result, places }
  await keepOrderSteps(api.tables, [report], batchContext().context)
  const admin = { authorization: 'Bearer the-token' }
  const { steps } = (await api.get('/v1/orders/shop-alder/7', admin)).json
  const path = `/v1/orders/shop-alder/7/steps/${encodeURIComponent(steps[0].step)}`
  const asKey = async (scopes: Parameters<typeof createKey>[2]['scopes'], reach: object, of = path) => {
    const all = {
      name: JSON.stringify([reach, of === path]),
      scopes,
      connections: 'all',
      systems: 'all',
      expiresAt: null,
    } as const
    const { key } = await createKey(api.operations, boss, { ...all, ...reach })
    return await api.get(of, { authorization: `Bearer ${key}` })
  }
  return { ...api, admin, path, asKey, report }
}

const call: RecordedCall = {
  at: 3,
  method: 'POST',
  address: 'erp.example/orders',
  request: '{"item":"A-1"}',
  answer: '{"title":"no such item"}',
  status: 400,
  ms: 20,
  error: 'target_rejected',
  cut: [],
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

it('has the calls of the attempts since the step before, and no others', async () => {
  const { get, path, admin, tables, report } = await fixture()
  const of = { source: 'shop-alder', number: '7', stage: 'deliver-erp', connection: 'alder' }
  const { eventId } = report.result
  const waiting = { ...report, at: 20, result: { ...report.result, status: 'waiting' } }
  await keepOrderSteps(tables, [waiting], batchContext().context)
  for (const at of [10, 30, 40, 60])
    await putOrderCalls(tables, { ...of, eventId, at }, { calls: [{ ...call, at }], leftOut: 1 })
  await putOrderCalls(tables, { ...of, eventId: 'another', at: 35 }, { calls: [call], leftOut: 0 })
  await putOrderCalls(tables, { ...of, eventId, stage: 'deliver-other', at: 35 }, { calls: [call], leftOut: 0 })
  const { json } = await get(path, admin)
  const at = (ms: number) => `1970-01-01T00:00:00.0${ms}Z`
  expect(json.calls).toEqual([
    { ...call, at: at(30) },
    { ...call, at: at(40) },
  ])
  expect(json.calls_left_out).toBe(2)
})

it("shows a vendor's key the calls to its own ERP, and to the shop only who sees the shop", async () => {
  const { asKey, tables, report, get, admin } = await fixture()
  const { eventId } = report.result
  const of = { source: 'shop-alder', number: '7', connection: 'alder' }
  await putOrderCalls(tables, { ...of, eventId, stage: 'deliver-erp', at: 4 }, { calls: [call], leftOut: 0 })
  const vendor = await asKey(['observe'], { connections: ['alder'], systems: ['erp'] })
  expect(vendor.json.calls).toMatchObject([{ request: '{"item":"A-1"}', answer: '{"title":"no such item"}' }])

  const shipped = { ...shopFulfilment('IF-1', '7', [fulfilmentLine('A-1', '1')]), connection: 'alder', source: 'erp' }
  const event = decoded<'shop-fulfilments'>(shipped, { offset: 1, timestamp: 60 })
  await orderFulfilmentsStage('shop-alder', { tables, settleMs: 0 }).handle([event], batchContext().context)
  const stage = 'deliver-shop-alder:shop-fulfilments'
  const about = { entity: 'fulfilments', source: 'erp', connection: 'alder', key: 'IF-1', eventId: shipped.eventId }
  const told = statusRecord(stage, 80, [entityResult({ ...about, status: 'succeeded' })], null)
  await stagedStage({ tables, settleMs: 0 }).handle([told], batchContext().context)
  await putOrderCalls(tables, { ...of, eventId: shipped.eventId, stage, at: 70 }, { calls: [call], leftOut: 0 })
  const { steps } = (await get('/v1/orders/shop-alder/7', admin)).json
  const answer = `/v1/orders/shop-alder/7/steps/${encodeURIComponent(steps.at(-1).step)}`
  expect((await get(answer, admin)).json.calls).toHaveLength(1)
  const shop = await asKey(['observe'], { connections: ['alder'], systems: ['erp'] }, answer)
  expect(shop.json).toMatchObject({ calls: [], calls_left_out: 0 })
})
