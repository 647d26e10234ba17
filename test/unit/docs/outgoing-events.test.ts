import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { reservePort } from '../../../services/ports.ts'
import { outgoingEventTypes } from '../../../src/configuration/model.ts'
import type { ShopFulfilmentRequested, VendorOrderRequested } from '../../../src/events/generated/events.ts'
import { eventBody } from '../../../src/operations/outgoing/keyed-event.ts'
import { orderEvents, stockEvent } from '../../../src/operations/outgoing/outgoing-event.ts'
import { createGuardedHttp } from '../../../src/platform/guarded-http.ts'
import { createWebhookSender } from '../../../src/platform/signed-webhook.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import type { OutgoingOrder } from '../../../src/projections/outgoing-events.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { localNetwork } from '../../data/loopback.ts'
import { fulfilmentLine, shopFulfilment } from '../../data/magento2-events.ts'
import { lineOf, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { SIGNING_KEY } from '../../data/recipients.ts'
import { readableTopics } from '../../worlds/problem-orders.ts'
import { startProgram } from '../../worlds/processes.ts'

const page = readFileSync(new URL('../../../docs/how-to/outgoing-events.md', import.meta.url), 'utf8')

/** The block of code behind the comment that names it. */
function example(name: string): string {
  const [, block = ''] = new RegExp(`<!-- example: ${name} -->\\n+\`\`\`\\w*\\n([\\s\\S]*?)\\n\`\`\``).exec(page) ?? []
  return block
}

const AT = Date.parse('2026-11-29T08:20:00.000Z')
const CONNECTION = 'magento-netsuite'

async function orderBody(more: Partial<OutgoingOrder>, event: VendorOrderRequested | ShopFulfilmentRequested) {
  const topics = readableTopics()
  const kind = 'fulfilmentId' in event.data ? 'shop-fulfilments' : 'vendor-orders'
  const row = {
    owner: `connection#${CONNECTION}`,
    place: '',
    id: 'evt_1',
    type: 'order.accepted',
    at: new Date(AT).toISOString(),
    connection: CONNECTION,
    shop: 'magento',
    number: '000000007',
    stage: 'deliver-netsuite',
    code: null,
    target_id: null,
    event_place: topics.put('t.events', 1, topics.codec.encode(kind, event as never)),
    expires: 0,
    ...more,
  } as const
  const [found] = await orderEvents(topics.staged, [row])
  if (found === undefined) throw new Error('each row is an event')
  return JSON.parse(eventBody(found.event))
}

const order = vendorOrder(CONNECTION, '000000007', orderOf([lineOf('1', 'A-1')]))

it('the page shows the bodies of events as they are', async () => {
  expect(await orderBody({ target_id: 'SO-1042' }, order)).toEqual(JSON.parse(example('accepted')))
  const failed = { type: 'order.failed', code: 'target_rejected' } as const
  expect(await orderBody(failed, order)).toEqual(JSON.parse(example('failed')))
  const tracks = [{ carrier: 'ups', title: 'UPS', number: '1Z999' }]
  const shipment = shopFulfilment('IF-77', '000000007', [fulfilmentLine('A-1', '1')], { tracks })
  const shippedAt = Date.parse('2026-11-29T08:00:00.000Z')
  const event = { ...shipment, source: 'netsuite', data: { ...shipment.data, shippedAt } }
  expect(await orderBody({ type: 'order.shipped' }, event)).toEqual(JSON.parse(example('shipped')))
  const ending = shopFulfilment('77-closed', '000000007', [fulfilmentLine('A-1', '1', { reason: 'sold out' })], {
    kind: 'closure',
  })
  const closure = { ...ending, source: 'netsuite' }
  expect(await orderBody({ type: 'order.canceled' }, closure)).toEqual(JSON.parse(example('canceled')))
  const byHand = await orderBody({ target_id: 'SO-1042', code: 'canceled_by_hand' }, order)
  expect(byHand.data).toMatchObject({ vendor_order: 'SO-1042', canceled: true, lines: [] })
  const changed = inventoryChanged({ connection: CONNECTION, source: 'netsuite', sku: 'A-1' }, '5')
  const row = inventoryFeed.evolve(undefined, changed, { time: AT, offset: 1n })
  expect(JSON.parse(eventBody(stockEvent(row).event))).toEqual(JSON.parse(example('stock')))
})

it('the page names every type', () => {
  const named = [...page.matchAll(/^\| `((?:order|stock)\.\w+)` /gm)].map(([, type]) => type)
  expect(named).toEqual([...outgoingEventTypes])
})

it('the receiver of the page accepts what is signed with its key, once, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'receiver-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'receiver.ts'), example('receiver'))
  const { port, release } = await reservePort()
  onTestFinished(release)
  const env = { SIGNING_KEY, PORT: String(port) }
  const program = await startProgram({ name: 'receiver', args: [join(folder, 'receiver.ts')], env })
  onTestFinished(async () => {
    program.signal('SIGTERM')
    await program.exited
  })
  const send = createWebhookSender(createGuardedHttp(localNetwork), { now: () => Date.now() })
  const webhook = { url: `http://127.0.0.1:${port}/`, keys: [SIGNING_KEY], id: 'evt_1', body: example('stock') }
  await expect
    .poll(() =>
      send(webhook).then(
        () => 'accepted',
        () => 'refused',
      ),
    )
    .toBe('accepted')
  await send(webhook)
  const other = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
  await expect(send({ ...webhook, keys: [other], id: 'evt_2' })).rejects.toThrow('401')
  await expect.poll(() => program.output().match(/evt_\d stock\.changed/g)).toEqual(['evt_1 stock.changed'])
})
