/*
 * The id of an event contained the id of the version that caused it: a version that changed nothing for the vendor, or an
 * edit of the connection, sent the same event again under another id, which a receiver cannot detect.
 */
import { afterEach, expect, it } from 'vitest'
import { subscriptionWith } from '../../../data/subscriptions.ts'
import { outgoingWorld } from '../../../worlds/outgoing-world.ts'
import { startWebhookReceiver } from '../../../worlds/webhook-receiver.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function world() {
  const hooks = await startWebhookReceiver()
  closers.push(hooks.close)
  const ids = () => hooks.received.map(({ headers }) => String(headers['webhook-id']))
  const bodies = () => hooks.received.map(({ body }) => JSON.parse(body))
  return { ids, bodies, ...(await outgoingWorld([subscriptionWith('seller', { webhook: hooks.url })])) }
}

it('an order that the vendor has as before is accepted under the same id, also when it is sent again', async () => {
  const { ids, accepted, sendDue } = await world()
  await accepted('alder', '7', { eventId: 'e-1', contentId: 'c-1' })
  await sendDue()
  await accepted('alder', '7', { eventId: 'e-2', contentId: 'c-1' })
  await accepted('alder', '7', { eventId: 'e-2', contentId: 'c-1', code: 'sent_again' })
  await sendDue()
  expect(new Set(ids()).size).toBe(1)
  await accepted('alder', '7', { eventId: 'e-3', contentId: 'c-2' })
  await sendDue()
  await accepted('alder', '7', { eventId: 'e-3', contentId: 'c-2', targetId: 'SO-8' })
  await sendDue()
  expect(new Set(ids()).size).toBe(3)
})

it('a shipment is sent once as long as it stays the same, and again when it changes, also back', async () => {
  const { ids, shipped, sendDue } = await world()
  const contents = ['a', 'a', 'b', 'b', 'a', 'a']
  for (const [index, contentDigest] of contents.entries()) {
    await shipped('alder', '7', { eventId: `e-${index}`, contentDigest })
    await sendDue()
  }
  expect(ids()).toHaveLength(3)
  expect(new Set(ids()).size).toBe(3)
})

it('lines that the vendor does not deliver are an event, and so is an order that a person canceled there', async () => {
  const { bodies, accepted, shipped, sendDue, settle } = await world()
  await shipped('alder', '7', { kind: 'closure' })
  await settle(1_000)
  await shipped('alder', '7', { kind: 'confirmation', key: 'C-1' })
  await accepted('alder', '8', { code: 'canceled_by_hand', contentId: 'c-1' })
  await sendDue()
  expect(bodies()).toMatchObject([
    { type: 'order.canceled', data: { order: '7', cancellation: { lines: [{ sku: 'SKU-7', quantity: '1' }] } } },
    { type: 'order.accepted', data: { order: '8', canceled: true, lines: [] } },
  ])
})
