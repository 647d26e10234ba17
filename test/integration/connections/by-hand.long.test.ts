import { expect, it } from 'vitest'
import { until } from '../../worlds/processes-until.ts'
import { PATTERNS, type ShopOrder, startSystems, startWorld } from './world.ts'

interface Timeline {
  readonly parts: readonly {
    readonly connection: string
    readonly status: string
    readonly lines: readonly { readonly line: string; readonly sku: string; readonly open: string }[]
    readonly fulfilments: readonly { readonly id: string; readonly kind: string; readonly status: string }[]
  }[]
}

interface Shop {
  readonly orders: readonly (ShopOrder & {
    readonly entity_id: number
    readonly status_histories: readonly { readonly comment: string }[]
  })[]
  readonly shipments: readonly {
    readonly order_id: number
    readonly items: readonly { readonly sku: string; readonly qty: number }[]
    readonly tracks: readonly { readonly track_number: string }[]
  }[]
}

const CONNECTION = 'a-2'

it("a vendor's people confirm and ship their part: the shop has it once, and the timeline too", async () => {
  const urls = await startSystems(10)
  const world = await startWorld(urls)
  const shop = async () => (await (await fetch(`${urls['shop-a']}/_sim/state`)).json()) as Shop
  const order = (await shop()).orders.find(
    ({ items, state }) => state === 'processing' && items.some(({ sku }) => PATTERNS[CONNECTION].test(sku)),
  )
  if (order === undefined) throw new Error('the shop has no order for the vendor')
  const path = `/v1/orders/shop-a/${order.increment_id}`
  const part = async () => {
    const { parts = [] } = await world.get<Partial<Timeline>>(path)
    return parts.find(({ connection }) => connection === CONNECTION)
  }
  await until('the vendor has the order', async () => (await part())?.status === 'succeeded', { withinMs: 300_000 })
  const line = (await part())?.lines.find(({ open }) => open !== '0')
  if (line === undefined) throw new Error('nothing of the order is open')
  const tracks = [{ number: '1Z999', carrier: 'ups' }]
  const shipment = { connection: CONNECTION, kind: 'shipment', lines: [{ line: line.line, quantity: '1' }], tracks }
  const send = (body: object) => world.post<{ readonly id: string }>(`${path}/fulfilments`, body)
  const ids = [await send(shipment), await send(shipment), await send({ connection: CONNECTION, kind: 'confirmation' })]
  expect(ids[0]?.id).toBe(ids[1]?.id)
  await until('the shop was told', async () => {
    const { fulfilments = [] } = (await part()) ?? {}
    return fulfilments.length === 2 && fulfilments.every(({ status }) => status === 'succeeded')
  })
  const { shipments, orders } = await shop()
  const own = shipments.filter(({ order_id }) => order_id === order.entity_id)
  expect(
    own.map(({ items, tracks: sent }) => [items.map(({ qty }) => qty), sent.map((one) => one.track_number)]),
  ).toEqual([[[1], ['1Z999']]])
  const comments = orders.find(({ entity_id }) => entity_id === order.entity_id)?.status_histories ?? []
  expect(comments.filter(({ comment }) => comment.includes('The vendor has confirmed'))).toHaveLength(1)
  expect((await part())?.fulfilments.map(({ kind }) => kind).toSorted()).toEqual(['confirmation', 'shipment'])
})
