import { afterEach, expect, it } from 'vitest'
import { createKey } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { subscriptionWith } from '../../data/subscriptions.ts'
import { outgoingWorld } from '../../worlds/outgoing-world.ts'
import { startWebhookReceiver } from '../../worlds/webhook-receiver.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const admin = { authorization: 'Bearer the-token' }
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function world() {
  const hooks = await startWebhookReceiver()
  closers.push(hooks.close)
  const all = subscriptionWith('all', { webhook: hooks.url })
  const pulled = subscriptionWith('pulled', { connections: ['alder'] })
  return { hooks, ...(await outgoingWorld([all, pulled], 'the-token')) }
}

interface Event {
  readonly id: string
  readonly data: { readonly order?: string; readonly sku?: string }
}
const namesOf = (items: readonly Event[]) => items.map(({ data }) => data.order ?? data.sku)

it('events are pulled page by page from a cursor, from a time, and all that are kept', async () => {
  const { get, accepted, stock, settle, clock } = await world()
  for (const number of ['1', '2', '3']) await accepted('alder', number)
  await accepted('birch', '9')
  await settle()
  const since = new Date(clock.time).toISOString()
  await accepted('alder', '4')
  await stock('alder', 'A-1', '5')
  await settle()
  const pull = async (query: string) => {
    const { status, json } = await get(`/v1/outgoing-events?subscription=pulled&${query}`, admin)
    expect(status).toBe(200)
    return json
  }
  expect(namesOf((await pull(`from=${since}`)).items)).toEqual(['4', 'A-1'])
  const read: Event[] = []
  let page = await pull('limit=2')
  for (let pages = 0; pages < 20 && !page.complete; pages += 1) {
    read.push(...page.items)
    page = await pull(`limit=2&cursor=${page.cursor}`)
  }
  read.push(...page.items)
  // With the dead letter and the row of stock that the seller had before.
  expect(namesOf(read).toSorted()).toEqual(['1', '2', '3', '4', 'A-1', 'k-alder', 's-alder'])
  expect((await pull(`cursor=${page.cursor}`)).items).toEqual([])
  expect((await get('/v1/outgoing-events?subscription=pulled&cursor=x', admin)).json.code).toBe('cursor_invalid')
  expect((await get('/v1/outgoing-events?subscription=none', admin)).status).toBe(404)
})

it('a replay is counted first, and sends the same events again under the same ids', async () => {
  const { hooks, send, accepted, shipped, settle, sendDue, get } = await world()
  await accepted('alder', '1')
  await sendDue()
  const { cursor } = (await get('/v1/subscription-status', admin)).json.items[0]
  await shipped('alder', '1')
  await sendDue()
  const before = hooks.received.map(({ headers }) => headers['webhook-id'])
  expect(before).toHaveLength(2)
  const from = '2026-01-31T08:00:30Z'
  const preview = await send('POST', '/v1/subscriptions/all/replay', { from, preview: true }, admin)
  expect(preview).toMatchObject({
    status: 200,
    json: { preview: true, events: { 'order.accepted': 1, 'order.shipped': 1 }, complete: true },
  })
  await sendDue()
  expect(hooks.received).toHaveLength(2)
  expect((await send('POST', '/v1/subscriptions/all/replay', { from }, admin)).status).toBe(202)
  await sendDue()
  const ids = hooks.received.map(({ headers }) => headers['webhook-id'])
  expect(ids.slice(2).filter((id) => before.includes(id))).toEqual(before)
  expect((await send('POST', '/v1/subscriptions/all/replay', { cursor }, admin)).status).toBe(202)
  await sendDue()
  expect(hooks.received.slice(-1).map(({ headers }) => headers['webhook-id'])).toEqual(before.slice(1))
  const { items } = (await get('/v1/audit?what=subscription.replay', admin)).json
  expect(items).toHaveLength(2)
  await settle()
})

it.each([
  ['neither a time nor a cursor', {}, 400],
  ['both', { from: '2026-01-31T07:00:00Z', cursor: 'x' }, 400],
  ['a time before what is kept', { from: '2025-01-31T07:00:00Z' }, 400],
  ['no cursor of ours', { cursor: 'bm90aGluZw' }, 400],
])('a replay from %s is refused', async (_what, body, status) => {
  const { send } = await world()
  expect((await send('POST', '/v1/subscriptions/all/replay', body, admin)).status).toBe(status)
})

it('what is pulled is neither replayed nor resumed', async () => {
  const { send } = await world()
  const from = '2026-01-31T07:00:00Z'
  expect((await send('POST', '/v1/subscriptions/pulled/replay', { from }, admin)).status).toBe(409)
  expect((await send('POST', '/v1/subscriptions/pulled/resume', undefined, admin)).status).toBe(409)
})

it('a key sees the subscriptions whose events it may see all, and no others', async () => {
  const { get, send, operations, accepted, settle } = await world()
  await accepted('alder', '1')
  await settle()
  const scopes = ['observe', 'operate', 'configure'] as const
  const keyOf = async (seller: string) => {
    const reach = { connections: [seller], systems: [`shop-${seller}`], expiresAt: null }
    const { key } = await createKey(operations, boss, { name: seller, scopes, ...reach })
    return { authorization: `Bearer ${key}` }
  }
  const [own, other] = [await keyOf('alder'), await keyOf('birch')]
  const listed = async (auth: typeof own) =>
    (await get('/v1/subscription-status', auth)).json.items.map(
      (one: { readonly subscription: string }) => one.subscription,
    )
  expect(await listed(admin)).toEqual(['all', 'pulled'])
  expect([await listed(own), await listed(other)]).toEqual([['pulled'], []])
  expect((await get('/v1/outgoing-events?subscription=pulled', own)).status).toBe(200)
  expect((await get('/v1/outgoing-events?subscription=pulled', other)).status).toBe(404)
  expect((await get('/v1/outgoing-events?subscription=all', own)).status).toBe(404)
  expect((await send('POST', '/v1/subscriptions/all/resume', undefined, own)).status).toBe(404)
  expect((await get('/v1/subscriptions', own)).json.items).toEqual([])
})
