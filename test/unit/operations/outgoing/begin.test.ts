/*
 * A subscription that was removed and created again continued at the old cursor, and one that was disabled from the start
 * began when it was enabled. Both begin when their document was created.
 */
import { afterEach, expect, it } from 'vitest'
import type { Subscription } from '../../../../src/configuration/model.ts'
import { readConfiguration } from '../../../../src/configuration/read-configuration.ts'
import { putDocument, removeDocument } from '../../../../src/operations/configuration.ts'
import { createEventSender } from '../../../../src/operations/outgoing/run-subscriptions.ts'
import { listSubscriptions } from '../../../../src/operations/outgoing/subscription-status.ts'
import { everything } from '../../../../src/operations/principal.ts'
import { subscriptionWith } from '../../../data/subscriptions.ts'
import { outgoingWorld } from '../../../worlds/outgoing-world.ts'
import { startWebhookReceiver } from '../../../worlds/webhook-receiver.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function world(more: Partial<Subscription>) {
  const hooks = await startWebhookReceiver()
  closers.push(hooks.close)
  const named = (one: Partial<Subscription>) => subscriptionWith('seller', { webhook: hooks.url, ...one })
  const all = await outgoingWorld([named(more)])
  const { tables, operations, deps, settle, look, signal } = all
  return {
    ...all,
    orders: () => hooks.received.flatMap(({ body }) => JSON.parse(body).data.order ?? []),
    async put(one: Partial<Subscription>) {
      const { id, webhook, secrets } = named(one)
      const body = { kind: 'subscription', id, webhook, secrets, ...one }
      await putDocument(operations, boss, { kind: 'subscription', id, body, revision: undefined })
    },
    remove: () => removeDocument(operations, boss, { kind: 'subscription', id: 'seller', revision: 'any' }),
    async send() {
      const configuration = await readConfiguration(tables)
      await settle()
      await look(createEventSender({ ...deps, configuration: () => configuration }, signal))
    },
    replay: (from: string) => all.send('POST', '/v1/subscriptions/seller/replay', { from }),
    listed: async () => (await listSubscriptions(operations, boss))[0],
  }
}

it('one that is created again begins at its creation, and is not paused', async () => {
  const { orders, put, remove, send, listed, accepted, deps, clock } = await world({})
  await accepted('alder', '1')
  await send()
  await remove()
  await accepted('alder', '2')
  await deps.store.intervene('seller', () => ({ paused_at: clock.time, failing_since: clock.time }))
  clock.time += 86_400_000
  await put({})
  expect(await listed()).toMatchObject({ state: 'ok', cursor: null })
  clock.time += 1
  await accepted('alder', '3')
  await send()
  await send()
  expect(orders()).toEqual(['1', '3'])
  expect(await listed()).toMatchObject({ state: 'ok', cursor: expect.any(String) })
})

it('one that is disabled from the start has its events waiting since then', async () => {
  const { orders, put, send, accepted, clock } = await world({ enabled: false })
  await accepted('alder', '1')
  await send()
  clock.time += 86_400_000
  await put({ enabled: true })
  await accepted('alder', '2')
  await send()
  expect(orders()).toEqual(['1', '2'])
})

it('a replay of one that was just created again begins where the replay says', async () => {
  const { orders, put, remove, send, accepted, clock, replay } = await world({})
  const from = new Date(clock.time).toISOString()
  await accepted('alder', '1')
  await send()
  await remove()
  clock.time += 60_000
  await put({})
  await replay(from)
  await send()
  expect(orders()).toEqual(['1', '1'])
})
