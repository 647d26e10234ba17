/*
 * An event that its receiver refused held up all events of the subscription: places moved by whole pages, and the events
 * that arrived meanwhile reset its back-off.
 */
import { afterEach, expect, it } from 'vitest'
import { GIVEN_UP_AFTER_MS, MOST_WAITING } from '../../../../src/operations/outgoing/refused-keys.ts'
import { listSubscriptions } from '../../../../src/operations/outgoing/subscription-status.ts'
import { everything } from '../../../../src/operations/principal.ts'
import { status } from '../../../../src/operations/status.ts'
import { subscriptionWith } from '../../../data/subscriptions.ts'
import { outgoingWorld } from '../../../worlds/outgoing-world.ts'
import { startWebhookReceiver } from '../../../worlds/webhook-receiver.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function world() {
  const hooks = await startWebhookReceiver()
  closers.push(hooks.close)
  const answered = new Map<string, number>()
  const names: string[] = []
  const refuse = (isRefused: (name: string) => boolean, code = 422) =>
    hooks.answerBy((body) => {
      const { type, data } = JSON.parse(body)
      const name = `${type} ${data.order ?? data.sku}`
      const status = isRefused(name) ? code : 204
      if (status === 204) names.push(name)
      answered.set(name, (answered.get(name) ?? 0) + 1)
      return status
    })
  refuse(() => false)
  const all = await outgoingWorld([subscriptionWith('seller', { webhook: hooks.url })])
  const listed = async () => (await listSubscriptions(all.operations, boss))[0]
  return { hooks, names, answered, refuse, listed, ...all }
}

it.each([400, 401, 404, 409, 422, 500, 503])(
  'an event that is answered %i holds up its own order only',
  async (code) => {
    const { names, refuse, listed, accepted, shipped, stock, settle, sendDue, operations } = await world()
    refuse((name) => name.endsWith(' 1'), code)
    for (const number of ['1', '2']) await accepted('alder', number)
    await settle(1_000)
    await shipped('alder', '1')
    await sendDue()
    expect(names).toEqual(['order.accepted 2'])
    // Others that happen later arrive, again and again.
    for (const number of ['3', '4', '5']) {
      await accepted('birch', number)
      await stock('birch', 'B-1', number)
      await sendDue(5_000)
    }
    await sendDue(5_000)
    expect(names.filter((name) => name.startsWith('order'))).toEqual([2, 3, 4, 5].map((one) => `order.accepted ${one}`))
    expect(names).toContain('stock.changed B-1')
    expect(await listed()).toMatchObject({
      state: 'refusing',
      lag: expect.any(Number),
      refused: [{ about: 'order 1 of shop-alder', type: 'order.accepted', waiting: 2 }],
      failing: { fix: expect.stringContaining('waldstream subscriptions skip seller --event evt_') },
    })
    expect((await status(operations, boss)).subscriptions).toMatchObject([{ state: 'refusing' }])
    refuse(() => false)
    await sendDue(1_800_000)
    expect(names.slice(-2)).toEqual(['order.accepted 1', 'order.shipped 1'])
    expect(await listed()).toMatchObject({ state: 'ok', refused: [], failing: null, lag: 0 })
  },
)

it('the back-off of a refused event grows, whatever arrives meanwhile', async () => {
  const { answered, refuse, listed, accepted, sendDue, clock } = await world()
  refuse((name) => name === 'order.accepted 0')
  await accepted('alder', '0')
  const waits: number[] = []
  for (let number = 1; number <= 400; number += 1) {
    const before = answered.get('order.accepted 0')
    await accepted('alder', String(number))
    await sendDue(6_000)
    const { attempts = 0, next_try } = (await listed())?.refused[0] ?? {}
    if (answered.get('order.accepted 0') === before) continue
    expect(attempts).toBe(answered.get('order.accepted 0'))
    waits.push(Date.parse(next_try ?? '') - clock.time)
  }
  expect(waits.length).toBeGreaterThan(6)
  expect(waits).toEqual(waits.toSorted((a, b) => a - b))
  expect(waits.at(-1)).toBeGreaterThan(300_000)
})

it('a person skips a refused event with a reason, and what waits behind it is sent', async () => {
  const { names, refuse, listed, accepted, shipped, settle, sendDue, send, get } = await world()
  refuse((name) => name === 'order.accepted 1')
  await accepted('alder', '1')
  await settle(1_000)
  await shipped('alder', '1')
  await sendDue()
  const event = (await listed())?.refused[0]?.event
  const skip = (body: object) => send('POST', '/v1/subscriptions/seller/skip', body)
  expect((await skip({ event })).status).toBe(400)
  expect((await skip({ event: 'evt_none', reason: 'gone' })).status).toBe(404)
  expect((await skip({ event, reason: 'the shop deleted the order' })).status).toBe(204)
  await sendDue()
  expect(names).toEqual(['order.shipped 1'])
  expect(await listed()).toMatchObject({ state: 'ok', refused: [] })
  expect((await get('/v1/audit?what=subscription.skip')).json.items).toMatchObject([
    { target: 'seller', after: { event, reason: 'the shop deleted the order' } },
  ])
})

it('an event that is refused for days waits for a person, who has it sent again', async () => {
  const { names, answered, refuse, listed, accepted, sendDue, send } = await world()
  refuse((name) => name === 'order.accepted 1')
  await accepted('alder', '1')
  await accepted('alder', '2')
  await sendDue()
  await accepted('alder', '3')
  await sendDue(GIVEN_UP_AFTER_MS)
  expect(await listed()).toMatchObject({ state: 'refusing', refused: [{ attempts: 2, next_try: null }] })
  await accepted('alder', '4')
  await sendDue(86_400_000)
  expect(answered.get('order.accepted 1')).toBe(2)
  refuse(() => false)
  await send('POST', '/v1/subscriptions/seller/resume', {})
  await sendDue()
  expect(names).toEqual([2, 3, 4, 1].map((number) => `order.accepted ${number}`))
})

it('more refused events than can wait hold up the subscription, and none is lost', async () => {
  const { names, refuse, listed, accepted, sendDue } = await world()
  const numbers = Array.from({ length: MOST_WAITING + 60 }, (_, number) => String(number))
  refuse(() => true)
  for (const number of numbers) await accepted('alder', number)
  for (let times = 0; times < 60; times += 1) await sendDue(1_800_000)
  const waiting = (await listed())?.refused ?? []
  expect(waiting).toHaveLength(MOST_WAITING)
  refuse(() => false)
  for (let times = 0; times < 10; times += 1) await sendDue(1_800_000)
  expect(names.toSorted()).toEqual(numbers.map((number) => `order.accepted ${number}`).toSorted())
  expect(await listed()).toMatchObject({ state: 'ok', refused: [] })
})

it('of refused stock, the latest state is sent', async () => {
  const { hooks, names, refuse, stock, sendDue, listed } = await world()
  refuse(() => true)
  for (const available of ['5', '4', '3']) {
    await stock('alder', 'A-1', available)
    await sendDue(10_000)
  }
  expect(await listed()).toMatchObject({ refused: [{ about: 'stock of A-1 from erp for alder', waiting: 1 }] })
  refuse(() => false)
  await sendDue(1_800_000)
  expect(names).toEqual(['stock.changed A-1'])
  expect(JSON.parse(hooks.received.at(-1)?.body ?? '').data.available).toBe('3')
})
