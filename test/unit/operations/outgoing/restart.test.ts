/*
 * A replay or a resume gave the row away after 20 s, but the process that held it may send the rest of its page for 80 s:
 * two processes sent events of the same key, in two orders. Then it waited for the whole lease of two minutes, also when
 * that process had ended its page long before.
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

const deeds = [
  ['resume', {}],
  ['replay', { from: '2026-01-31T08:00:00Z' }],
] as const

it.each(deeds)(
  'after a %s, no process sends until the one that held the row has ended its page',
  async (deed, body) => {
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
  },
)

it.each(deeds)(
  'after a %s, the process that held the row hands it over once its attempts have ended',
  async (deed, body) => {
    const hooks = await startWebhookReceiver()
    closers.push(hooks.close)
    const { deps, accepted, settle, look, send, signal, clock } = await outgoingWorld([
      subscriptionWith('seller', { webhook: hooks.url, events: ['order.accepted'] }),
    ])
    for (let number = 1; number <= 20; number += 1) await accepted('alder', String(number))
    await settle()
    const answers: (() => void)[] = []
    const sendWebhook: typeof deps.sendWebhook = async () => {
      await new Promise<void>((resolve) => answers.push(resolve))
    }
    const old = createEventSender({ ...deps, sendWebhook }, signal)
    await old.begin()
    await expect.poll(() => answers.length).toBe(4)
    clock.time += 2_000
    // A second request comes while the row waits for the handover.
    for (let times = 0; times < 2; times += 1) await send('POST', `/v1/subscriptions/seller/${deed}`, body)
    await look()
    expect(hooks.received).toHaveLength(0)
    for (const answer of answers) answer()
    await old.idle()
    expect(answers).toHaveLength(4)
    await look()
    expect(hooks.received).toHaveLength(20)
  },
)

it('a process that lost the row does not end the lease of the one that has it now', async () => {
  const { deps, clock } = await outgoingWorld([subscriptionWith('seller', { webhook: 'https://hooks.example/x' })])
  const { store } = deps
  const nothing = () => ({ due_at: 0 })
  clock.time += 60_000
  const first = await store.take('seller', clock.time, EVENTS_LEASE_MS)
  await store.intervene('seller', nothing)
  clock.time += EVENTS_LEASE_MS
  const second = await store.take('seller', clock.time, EVENTS_LEASE_MS)
  if (first === null || second === null) throw new Error('both take the row')
  await store.handOver(first)
  expect(await store.isHeld(second)).toBe(true)
  expect(await store.take('seller', clock.time + 1, EVENTS_LEASE_MS)).toBeNull()
  await store.intervene('seller', nothing)
  await store.handOver(first)
  expect(await store.take('seller', clock.time + 1, EVENTS_LEASE_MS)).toBeNull()
  await store.handOver(second)
  expect(await store.take('seller', clock.time + 1, EVENTS_LEASE_MS)).not.toBeNull()
})
