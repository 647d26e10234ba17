import { expect, it } from 'vitest'
import { decimal8 } from '../../../src/events/decimal.ts'
import { createParking } from '../../../src/platform/runtime/parking.ts'
import { createDeliveries } from '../../../src/processors/delivery/deliveries.ts'
import { orderFulfilmentsStage } from '../../../src/projections/order-steps.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { fulfilmentChanged, lineOf, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { readableTopics } from '../../worlds/problem-orders.ts'
import { batchContext, decoded } from '../../worlds/stage-context.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const CANCEL = '/v1/orders/shop-alder/7/cancel'
const RESEND = '/v1/orders/shop-alder/7/resend'
const asked = { connection: 'alder', reason: 'no stock' }
const KEY = 'vendor-orders|7'

/** Order 7, of which the vendor has taken two lines as 45. */
async function world() {
  const topics = readableTopics()
  const api = await twoSellers(['alder', 'birch'], { staged: topics.staged, topicPrefix: 't.' })
  const order = orderOf([lineOf('1', 'A-1'), lineOf('2', 'A-2')], { orderNumber: '7' })
  const event = { ...vendorOrder('alder', '7', order), source: 'shop-alder' }
  const sendInstead = (of: typeof event) =>
    topics.put('t.vendor-orders.erp', 3, topics.codec.encode('vendor-orders', of))
  const mapped = sendInstead(event)
  const result = entityResult({
    source: 'shop-alder',
    connection: 'alder',
    key: '7',
    status: 'succeeded',
    targetId: '45',
  })
  const places = { source: null, mapped }
  await stagedStage(api).handle([statusRecord('deliver-erp', 5, [result], 't', [places])], batchContext().context)
  const deliveries = createDeliveries(api.tables)
  const none = {
    until: 0,
    unsettledUntil: 0,
    unsettledDigest: '',
    parked: false,
    heldUntil: 0,
    cancellation: null,
    decisions: 0,
  }
  const row = (digest: string, fence: number) => {
    const origin = { topic: 't.vendor-orders.erp', partition: 0, offset: '3' }
    const taken = { connection: 'alder', key: KEY, rank: '1', digest, contentId: null, origin, fence, targetId: '45' }
    return { ...taken, ...none, state: 'delivered' } as const
  }
  await deliveries.begin(row(event.contentDigest, 1))
  const asks = () => createParking(api.tables, 'deliver-erp', 0).due(api.clock.time, 10)
  const decisions = async () => (await deliveries.find('alder', KEY))?.decisions ?? 0
  return { ...api, event, sendInstead, deliveries, row, decisions, asks }
}

it('says first what a cancellation would do at the vendor, and asks for a confirmation', async () => {
  const api = await world()
  const { status, json } = await api.post(CANCEL, { ...asked, dryRun: true })
  expect(status).toBe(200)
  expect(json).toMatchObject({
    dry_run: true,
    sent: 'sent',
    target_id: '45',
    effect: 'its order 45 is canceled at the vendor; anything shipped or billed meanwhile stays',
    lines: [
      { sku: 'A-1', shipped: '0' },
      { sku: 'A-2', shipped: '0' },
    ],
  })
  expect((await api.post(CANCEL, asked)).json).toMatchObject({ status: 409, code: 'confirmation_needed' })
  expect(await api.asks()).toEqual([])
  expect(await api.deliveries.find('alder', KEY)).toMatchObject({ cancellation: null })
})

it('cancels it, is audited, shows it, and refuses it again once it is done', async () => {
  const api = await world()
  expect((await api.post(CANCEL, { ...asked, confirm: true })).status).toBe(200)
  const cancellation = { by: 'api', reason: 'no stock', at: '2026-01-31T08:00:00.000Z' }
  expect(await api.deliveries.find('alder', KEY)).toMatchObject({ cancellation })
  expect(await api.asks()).toMatchObject([{ what: 'check', key: KEY, told: true }])
  // What was cut off before the vendor was asked is asked for again.
  expect((await api.post(CANCEL, { ...asked, confirm: true })).status).toBe(200)
  const { parts } = (await api.get('/v1/orders/shop-alder/7')).json
  expect(parts).toMatchObject([{ connection: 'alder', canceled: true, cancellation }])
  expect((await api.get('/v1/audit')).json.items[0]).toMatchObject({ what: 'order.cancel', target: '7 of shop-alder' })
  const canceled = { ...api.row('canceled', 2), cancellation, decisions: await api.decisions() }
  await api.deliveries.begin(canceled)
  const again = (await api.post(CANCEL, { ...asked, dryRun: true })).json
  expect(again).toMatchObject({ code: 'state_conflict', detail: expect.stringContaining('send it again') })
  const taken = (await api.post(RESEND, { ...asked, confirm: true })).json
  expect(taken.effect).toBe(
    'api canceled it at 2026-01-31T08:00:00.000Z: this is undone, and the vendor receives the order as it is in the shop',
  )
  expect(await api.deliveries.find('alder', KEY)).toMatchObject({ cancellation: null })
})

it('leaves what was shipped, and refuses what was shipped whole', async () => {
  const api = await world()
  const ship = async (id: string, sku: string) => {
    const line = { sku, lineId: '1', quantity: decimal8('2', 'quantity'), location: null, reason: null }
    const shipment = { orderNumber: '7', fulfilmentId: id, kind: 'shipment', lines: [line] } as const
    const { deleted: _d, raw: _r, ...common } = fulfilmentChanged(shipment, { source: 'erp', key: id })
    const stage = orderFulfilmentsStage('shop-alder', api)
    await stage.handle(
      [decoded<'shop-fulfilments'>({ ...common, connection: 'alder' }, { offset: 1 })],
      batchContext().context,
    )
  }
  await ship('1', 'A-1')
  const { json } = await api.post(CANCEL, { ...asked, dryRun: true })
  expect(json.effect).toBe('the open lines of its order 45 are closed at the vendor; shipped items stay: 2 × A-1')
  await ship('2', 'A-2')
  const whole = (await api.post(CANCEL, { ...asked, dryRun: true })).json
  expect(whole).toMatchObject({ code: 'state_conflict', detail: expect.stringContaining('has shipped all of it') })
})

it('sends it again with a confirmation, and says what is at the vendor', async () => {
  const api = await world()
  const { json } = await api.post(RESEND, { ...asked, dryRun: true })
  expect(json.effect).toBe(
    'the vendor accepted it as 45; an existing order there is kept and not duplicated, a missing one is created again',
  )
  expect((await api.post(RESEND, asked)).json.code).toBe('confirmation_needed')
  expect((await api.post(RESEND, { ...asked, confirm: true })).status).toBe(200)
  expect(await api.asks()).toMatchObject([{ what: 'check', key: KEY, told: true }])
  expect((await api.get('/v1/audit')).json.items[0]).toMatchObject({
    what: 'order.resend',
    after: { source: 'shop-alder', connections: ['alder'], reason: 'no stock' },
  })
})

it('refuses both of what is held, was not sent, or that the shop canceled', async () => {
  const api = await world()
  await api.put('/v1/orders/shop-alder/7/hold', { reason: 'wait' })
  for (const path of [CANCEL, RESEND]) {
    const { json } = await api.post(path, { ...asked, dryRun: true })
    expect(json).toMatchObject({ code: 'state_conflict', detail: expect.stringContaining('release it first') })
  }
  await api.post('/v1/orders/shop-alder/7/release')
  await api.deliveries.begin({
    ...api.row('canceled', 2),
    decisions: await api.decisions(),
    state: 'delivering',
    until: 9,
  })
  expect((await api.post(RESEND, { ...asked, dryRun: true })).json.detail).toContain('being sent right now')
  const result = entityResult({ source: 'shop-alder', connection: 'alder', key: '8', status: 'failed' })
  await stagedStage(api).handle([statusRecord('deliver-erp', 6, [result], 't')], batchContext().context)
  const other = { ...asked, dryRun: true }
  expect((await api.post('/v1/orders/shop-alder/8/resend', other)).json.detail).toContain(
    'it was not sent to the vendor yet',
  )
  expect((await api.post('/v1/orders/shop-alder/8/cancel', other)).json.effect).toBe(
    'it was not sent to the vendor and will not be sent',
  )
  expect((await api.post('/v1/orders/shop-alder/9/cancel', other)).status).toBe(404)
})

it('knows an order that the shop has canceled', async () => {
  const api = await world()
  api.sendInstead({ ...api.event, canceled: true, data: { ...api.event.data, lines: [] } })
  const { json } = await api.post(CANCEL, { ...asked, dryRun: true })
  expect(json).toMatchObject({ code: 'state_conflict', detail: expect.stringContaining('the shop has canceled it') })
  expect((await api.post(RESEND, { ...asked, dryRun: true })).json.effect).toBe(
    "the shop's cancellation is sent to the vendor again",
  )
})
