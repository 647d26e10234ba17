/*
 * An error while events were read was only logged, a row that could not be read was left out, and a projector that stood
 * still was not noticed: the subscription was shown as ok, without a lag.
 */
import { afterEach, expect, it } from 'vitest'
import { createEventSender } from '../../../../src/operations/outgoing/run-subscriptions.ts'
import { STALLED_AFTER_MS } from '../../../../src/operations/outgoing/subscription-problem.ts'
import { listSubscriptions } from '../../../../src/operations/outgoing/subscription-status.ts'
import { everything } from '../../../../src/operations/principal.ts'
import { status } from '../../../../src/operations/status.ts'
import { OUTGOING_EVENTS } from '../../../../src/projections/tables.ts'
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
  const all = await outgoingWorld([
    subscriptionWith('seller', { webhook: hooks.url }),
    subscriptionWith('pulled', { connections: ['alder'] }),
  ])
  const seller = async () =>
    (await listSubscriptions(all.operations, boss)).find((one) => one.subscription === 'seller')
  return { hooks, seller, ...all }
}

it('a row that cannot be read is reported and not skipped', async () => {
  const { hooks, seller, tables, accepted, sendDue, get, operations } = await world()
  await accepted('alder', '1')
  const owner = 'connection#alder'
  const isFirst = ({ number }: Readonly<Record<string, unknown>>) => number === '1'
  const row = (await tables.query(OUTGOING_EVENTS, { partition: owner })).find(isFirst)
  await tables.put(OUTGOING_EVENTS, { ...row, shop: 7 })
  await accepted('alder', '2')
  await sendDue()
  expect(hooks.received).toEqual([])
  expect(await seller()).toMatchObject({
    state: 'failing',
    failing: {
      code: 'row_unreadable',
      message: expect.stringContaining(OUTGOING_EVENTS),
      fix: expect.stringContaining('waldstream doctor'),
    },
  })
  expect((await status(operations, boss)).healthy).toBe(false)
  expect((await get('/v1/outgoing-events?subscription=pulled')).status).toBe(500)
  await tables.put(OUTGOING_EVENTS, { ...row })
  await sendDue()
  expect(hooks.received).toHaveLength(2)
  expect(await seller()).toMatchObject({ state: 'ok', failing: null })
})

it('an error while events are read is shown, and does not pause the subscription', async () => {
  const { hooks, seller, deps, accepted, sendDue, settle, look, signal, tables } = await world()
  await accepted('alder', '1')
  const broken = { ...tables, query: async () => await Promise.reject(new Error('no connection')) }
  for (let days = 0; days < 7; days += 1) {
    await settle(86_400_000)
    await look(createEventSender({ ...deps, tables: broken }, signal))
  }
  expect(await seller()).toMatchObject({ state: 'failing', paused_at: null, failing: { code: 'unexpected' } })
  await sendDue()
  expect(hooks.received).toHaveLength(1)
  expect(await seller()).toMatchObject({ state: 'ok', failing: null })
})

it('a subscription whose events are no longer written is shown', async () => {
  const { seller, clock, look, settle, get } = await world()
  await settle()
  await look()
  const { visible_until: before } = (await get('/v1/outgoing-events?subscription=pulled')).json
  expect(Date.parse(before)).toBeGreaterThan(clock.time - 60_000)
  expect(await seller()).toMatchObject({ state: 'ok' })
  clock.time += STALLED_AFTER_MS + 60_000
  await look()
  expect(await seller()).toMatchObject({ state: 'failing', failing: { code: 'projector_behind', since: before } })
  expect((await get('/v1/outgoing-events?subscription=pulled')).json.visible_until).toBe(before)
  await settle()
  await look()
  expect(await seller()).toMatchObject({ state: 'ok', failing: null })
})
