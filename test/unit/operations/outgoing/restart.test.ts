/*
 * A replay or a resume gave the row away after 20 s, but the process that held it may send the rest of its page for 80 s:
 * two processes sent events of the same key, in two orders.
 */
import { afterEach, expect, it } from 'vitest'
import { createEventSender } from '../../../../src/operations/outgoing/run-subscriptions.ts'
import { EVENTS_LEASE_MS } from '../../../../src/operations/outgoing/send-events.ts'
import { subscriptionWith } from '../../../data/subscriptions.ts'
import { outgoingWorld } from '../../../worlds/outgoing-world.ts'
import { startWebhookReceiver } from '../../../worlds/webhook-receiver.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

it.each([
  ['resume', {}],
  ['replay', { from: '2026-01-31T08:00:00Z' }],
])('after a %s, no process sends until the one that held the row has ended its page', async (deed, body) => {
  const hooks = await startWebhookReceiver()
  closers.push(hooks.close)
  const { deps, accepted, settle, sendDue, send, signal, clock } = await outgoingWorld([
    subscriptionWith('seller', { webhook: hooks.url, events: ['order.accepted'] }),
  ])
  await accepted('alder', '7')
  await settle()
  let asked = 0
  const sendWebhook: typeof deps.sendWebhook = async () => {
    asked += 1
    await new Promise(() => undefined)
  }
  await createEventSender({ ...deps, sendWebhook }, signal).begin()
  await expect.poll(() => asked).toBe(1)
  const begun = clock.time
  // A second request must not give the row away either.
  for (let times = 0; times < 2; times += 1) {
    const { status } = await send('POST', `/v1/subscriptions/seller/${deed}`, body)
    expect(status).toBeLessThan(300)
    await sendDue(79_000 / 2)
    expect(hooks.received).toHaveLength(0)
  }
  await sendDue(begun + EVENTS_LEASE_MS - clock.time)
  expect(hooks.received).toHaveLength(1)
})
