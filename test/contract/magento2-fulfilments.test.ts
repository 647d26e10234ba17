import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Connection } from '../../src/configuration/model.ts'
import type { ShopFulfilmentRequested } from '../../src/events/generated/events.ts'
import type { Sink } from '../../src/systems/kit/sink.ts'
import { textOf, type Wire, wiresOf } from '../../src/systems/kit/wire.ts'
import { writeMagento2Fulfilments } from '../../src/systems/magento2/write-fulfilments.ts'
import { fulfilmentLine as line, shopFulfilment } from '../data/magento2-events.ts'
import { connectionOf } from '../data/processor-events.ts'
import { startTestShop, type TestShop } from '../worlds/magento2.ts'

const signal = new AbortController().signal
const CLEAR = { targetId: null, unclear: false }
const UNCLEAR = { targetId: null, unclear: true }

let shop: TestShop
let sink: Sink<'shop-fulfilments'>
let order: Wire
let rows: readonly Wire[]

const connection = (more: Partial<Connection> = {}) => connectionOf('con', '^WLD', more)
const number = () => String(order['increment_id'])
const deliver = (event: ShopFulfilmentRequested, to: Connection = connection(), before = CLEAR) =>
  sink.deliver(event, to, signal, before)
const shipments = async () =>
  wiresOf((await shop.state())['shipments']).filter((one) => one['order_id'] === order['entity_id'])
const orderNow = async () =>
  wiresOf((await shop.state())['orders']).find((one) => one['entity_id'] === order['entity_id']) ?? {}
const stockOf = async (sku: unknown, source = 'default') =>
  wiresOf((await shop.state())['sourceItems']).find((item) => item['sku'] === sku && item['source_code'] === source)
const patch = async (changes: object) => void (await shop.control(`/_sim/orders/${number()}`, changes, 'PATCH'))

beforeAll(async () => {
  shop = await startTestShop({ orders: 40 })
})
afterAll(async () => await shop.close())
beforeEach(async () => {
  await shop.reset()
  await shop.sources('east', 'west')
  sink = await shop.sink('shop-fulfilments')
  const isTop = (item: Wire) => item['parent_item_id'] === undefined
  const fits = (one: Wire) => {
    const top = wiresOf(one['items']).filter(isTop)
    return (
      top.length >= 2 && top.some((row) => row['product_type'] === 'configurable' && Number(row['qty_ordered']) > 1)
    )
  }
  order = wiresOf((await shop.state())['orders']).find(fits) ?? {}
  const top = wiresOf(order['items']).filter(isTop)
  rows = top.toSorted((a, b) => Number(b['qty_ordered']) - Number(a['qty_ordered']))
})

describe('a shipment', () => {
  const whole = () => rows.map((row) => line(String(row['sku']), String(row['qty_ordered'])))
  const one = (more: object = {}) => [line(String(rows[0]?.['sku']), '1', more)]

  it('is a shipment of the order with its tracks, once, however often it comes', async () => {
    const tracks = [{ number: 'T1', carrier: 'UPS Ground', title: null }]
    const event = shopFulfilment('if-1', number(), whole(), { tracks })
    const policy = { fulfilments: { notifyCustomer: true, carriers: { 'UPS Ground': 'ups' } } }
    const first = await deliver(event, connection(policy))
    expect(first).toEqual({ outcome: 'written', targetId: expect.any(String) })
    expect(await deliver(event, connection(policy))).toEqual({ outcome: 'unchanged', targetId: first.targetId })
    expect(await shipments()).toMatchObject([
      {
        items: rows.map((row) => ({ order_item_id: row['item_id'], qty: row['qty_ordered'] })),
        tracks: [{ track_number: 'T1', carrier_code: 'ups', title: 'UPS Ground' }],
        comments: [{ comment: expect.stringContaining('[waldstream con/if-1]'), is_visible_on_front: 0 }],
      },
    ])
    expect(await orderNow()).toMatchObject({ state: 'complete' })
  })

  it('may be a part, named by a variant’s line, and another follows', async () => {
    const configurable = rows.find((row) => row['product_type'] === 'configurable')
    const child = wiresOf(order['items']).find((item) => item['parent_item_id'] === configurable?.['item_id'])
    const lines = [line('vendor’s own name', '1', { lineId: textOf(child?.['item_id']) })]
    await deliver(shopFulfilment('if-1', number(), lines))
    await deliver(shopFulfilment('if-2', number(), lines))
    const items = (await shipments()).flatMap((shipment) => wiresOf(shipment['items']))
    expect(items).toMatchObject([
      { order_item_id: configurable?.['item_id'], qty: 1 },
      { order_item_id: configurable?.['item_id'], qty: 1 },
    ])
  })

  it.each(['commit-then-close', 'truncate'])('whose answer was lost (%s) is found and not made again', async (kind) => {
    const event = shopFulfilment('if-1', number(), one())
    await shop.faults({ method: 'POST', path: '/ship$', kind, times: 1 })
    await expect(deliver(event)).rejects.toMatchObject({ code: 'target_unavailable' })
    expect(await deliver(event, connection(), UNCLEAR)).toMatchObject({ outcome: 'unchanged' })
    expect(await shipments()).toHaveLength(1)
  })

  it('whose pieces others take just before is given them again, and is no dead letter', async () => {
    const sku = String(rows[0]?.['sku'])
    const sold = { sku, source_code: 'default', quantity: 0, status: 0 }
    const takenBy = (times: number) =>
      writeMagento2Fulfilments({
        ...shop.client,
        async shipOrder(...asked) {
          if (times > 0) await shop.client.saveSourceItems([sold])
          times -= 1
          return await shop.client.shipOrder(...asked)
        },
      })
    const event = (key: string) => shopFulfilment(key, number(), one())
    const deliverBy = (own: Sink<'shop-fulfilments'>, key: string) =>
      own.deliver(event(key), connection(), signal, CLEAR)
    expect(await deliverBy(takenBy(1), 'if-1')).toMatchObject({ outcome: 'written' })
    await expect(deliverBy(takenBy(9), 'if-2')).rejects.toMatchObject({ code: 'target_changed' })
    expect(await shipments()).toHaveLength(1)
  })

  it('of an order of which another shipment comes between is looked at again', async () => {
    const sku = String(rows[0]?.['sku'])
    const all = shopFulfilment('if-1', number(), [line(sku, String(rows[0]?.['qty_ordered']))])
    const other = { items: [{ order_item_id: rows[0]?.['item_id'], qty: 1 }] }
    const late = writeMagento2Fulfilments({
      ...shop.client,
      async shipOrder(orderId, ...asked) {
        await shop.client.shipOrder(orderId, other)
        return await shop.client.shipOrder(orderId, ...asked)
      },
    })
    await expect(late.deliver(all, connection(), signal, CLEAR)).rejects.toMatchObject({ code: 'target_changed' })
    await expect(deliver(all)).rejects.toMatchObject({ code: 'target_rejected', field: 'lines[0].quantity' })
  })

  it('out of several sources is one of each, and is completed after a failure between', async () => {
    const sku = String(rows[0]?.['sku'])
    const lines = [line(sku, '1', { location: 'E' }), line(sku, '1', { location: 'W' })]
    const mapped = connection({ stock: { locations: { E: 'east', W: 'west' } } })
    const event = shopFulfilment('if-1', number(), lines, { tracks: [{ number: 'T', carrier: null, title: null }] })
    await shop.faults(
      { method: 'POST', path: '/ship$', kind: 'slow', delayMs: 1, times: 1 },
      { method: 'POST', path: '/ship$', kind: 'close', times: 1 },
    )
    await expect(deliver(event, mapped)).rejects.toMatchObject({ code: 'target_unavailable' })
    expect(await deliver(event, mapped, UNCLEAR)).toMatchObject({ outcome: 'written' })
    expect(await shipments()).toMatchObject([
      { total_qty: 1, extension_attributes: { source_code: 'east' }, tracks: [{ track_number: 'T' }] },
      { total_qty: 1, extension_attributes: { source_code: 'west' }, tracks: [] },
    ])
    expect(await deliver(event, mapped)).toMatchObject({ outcome: 'unchanged' })
  })

  it('gets tracks that come later, each once', async () => {
    const track = (text: string) => ({ number: text, carrier: 'dhl', title: 'DHL' })
    await deliver(shopFulfilment('if-1', number(), one()))
    const later = shopFulfilment('if-1', number(), one(), { tracks: [track('T1'), track('T2')] })
    expect(await deliver(later)).toMatchObject({ outcome: 'written' })
    expect(await deliver(later)).toMatchObject({ outcome: 'unchanged' })
    const [shipment] = await shipments()
    expect(shipment?.['tracks']).toMatchObject([{ track_number: 'T1' }, { track_number: 'T2' }])
  })

  it('that became less in the ERP is told, not hidden', async () => {
    const sku = String(rows[0]?.['sku'])
    await deliver(shopFulfilment('if-1', number(), [line(sku, '2')]))
    await expect(deliver(shopFulfilment('if-1', number(), [line(sku, '1')]))).rejects.toMatchObject({
      code: 'target_conflict',
    })
    expect(await shipments()).toHaveLength(1)
  })

  it.each(['holded', 'payment_review'])(
    'of an order that is %s waits, and goes on when it is released',
    async (state) => {
      await patch({ state, status: state })
      const event = shopFulfilment('if-1', number(), one())
      await expect(deliver(event)).rejects.toMatchObject({ code: 'order_not_ready', policy: 'wait' })
      await patch({ state: 'processing', status: 'processing' })
      expect(await deliver(event)).toMatchObject({ outcome: 'written' })
    },
  )

  it('of an order that is not invoiced yet is made: Magento ships it', async () => {
    await patch({ state: 'new', status: 'pending' })
    expect(await deliver(shopFulfilment('if-1', number(), one()))).toMatchObject({ outcome: 'written' })
  })

  it.each([
    ['an order the shop does not have', () => shopFulfilment('if-1', '999', one()), /no order 999/],
    ['a SKU the order does not have', () => shopFulfilment('if-1', number(), [line('NONE', '1')]), /of NONE to ship/],
  ])('of %s is refused with the way out', async (_what, event, message) => {
    await expect(deliver(event())).rejects.toMatchObject({
      code: 'target_rejected',
      message: expect.stringMatching(message),
    })
  })

  it('of what the shop has no stock left of is made, and leaves none', async () => {
    const sku = String(rows[0]?.['sku'])
    await shop.client.saveSourceItems([{ sku, source_code: 'default', quantity: 0, status: 0 }])
    expect(await deliver(shopFulfilment('if-1', number(), one()))).toMatchObject({ outcome: 'written' })
    expect(await stockOf(sku)).toMatchObject({ quantity: 0, status: 0 })
  })

  it('takes what the source has, and gives it nothing it does not need', async () => {
    const sku = String(rows[0]?.['sku'])
    await shop.client.saveSourceItems([{ sku, source_code: 'default', quantity: 9, status: 1 }])
    await deliver(shopFulfilment('if-1', number(), one()))
    expect(await stockOf(sku)).toMatchObject({ quantity: 8 })
  })
})

describe.each([
  ['closure', 'The vendor will not deliver'],
  ['cancellation', 'has canceled and will not deliver'],
])('a %s', (kind, words) => {
  const event = (quantity = '2') => shopFulfilment('so-1-x', number(), [line('WLD-1', quantity)], { kind })
  const said = async () => wiresOf((await orderNow())['status_histories']).map(({ comment }) => String(comment))

  it('is said on the order, once, and changes nothing else of it', async () => {
    await patch({ status: 'custom_status' })
    expect(await deliver(event())).toEqual({ outcome: 'written', targetId: String(order['entity_id']) })
    expect(await deliver(event())).toMatchObject({ outcome: 'unchanged' })
    expect(await said()).toEqual([expect.stringContaining(`${words}: 2 × WLD-1.`)])
    expect(await orderNow()).toMatchObject({ state: 'processing', status: 'custom_status' })
  })

  it('says why, where the vendor does', async () => {
    const lines = [line('WLD-1', '2', { reason: 'out of stock' }), line('WLD-2', '1')]
    const told = () => deliver(shopFulfilment('so-1-x', number(), lines, { kind }))
    expect(await told()).toMatchObject({ outcome: 'written' })
    expect(await told()).toMatchObject({ outcome: 'unchanged' })
    expect(await said()).toEqual([expect.stringContaining(`${words}: 2 × WLD-1 (out of stock), 1 × WLD-2.`)])
  })

  it('whose answer was lost is not said again, and what is new is', async () => {
    await shop.faults({ method: 'POST', path: '/comments$', kind: 'commit-then-close', times: 1 })
    await expect(deliver(event())).rejects.toMatchObject({ code: 'target_unavailable' })
    expect(await deliver(event(), connection(), UNCLEAR)).toMatchObject({ outcome: 'unchanged' })
    expect(await deliver(event('3'))).toMatchObject({ outcome: 'written' })
    expect(await said()).toHaveLength(2)
  })
})
