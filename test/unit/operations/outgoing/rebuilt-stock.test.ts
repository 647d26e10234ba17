/*
 * Places in the stock feed did not say which generation they are of: a rebuild that corrected rows without moving them was
 * not sent, and would have had the ids of the wrong rows.
 */
import { afterEach, expect, it } from 'vitest'
import { metaKey, partitionOf, readMeta, watermarkNames } from '../../../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../../../src/projections/inventory-feed.ts'
import { subscriptionWith } from '../../../data/subscriptions.ts'
import { outgoingWorld } from '../../../worlds/outgoing-world.ts'
import { startWebhookReceiver } from '../../../worlds/webhook-receiver.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

it('after a switch to a rebuilt feed, all stock is sent again, under the same ids where it is the same', async () => {
  const hooks = await startWebhookReceiver()
  closers.push(hooks.close)
  const { tables, stock, sendDue } = await outgoingWorld([
    subscriptionWith('seller', { webhook: hooks.url, connections: ['alder'], events: ['stock.changed'] }),
  ])
  for (const sku of ['A-1', 'A-2']) await stock('alder', sku, '5')
  await sendDue()
  const before = new Map(hooks.received.map(({ body, headers }) => [JSON.parse(body).data.sku, headers['webhook-id']]))
  expect([...before.keys()].toSorted()).toEqual(['A-1', 'A-2'])

  // The rebuild corrects a row without moving it.
  const { generation, watermark } = await readMeta(tables, inventoryFeed)
  const shards = Array.from({ length: 16 }, (_, index) => index)
  for (const shard of shards.map((index) => ({ connection: 'alder', source: 'erp', shard: index }))) {
    const rebuilt = partitionOf({ ...shard, generation: generation + 1 })
    for (const row of await tables.query(inventoryFeed.table, { partition: partitionOf({ ...shard, generation }) })) {
      const corrected =
        row['sku'] === 'A-1' ? { data: { ...(row['data'] as object), total: '7' }, digest: 'other' } : {}
      await tables.put(inventoryFeed.table, { ...row, ...corrected, pk: rebuilt })
    }
  }
  const watermarks = shards.flatMap((index) => {
    const names = watermarkNames(generation, index)
    const next = watermarkNames(generation + 1, index)
    return watermark(generation, index) === undefined
      ? []
      : ([
          [names.position, next.position],
          [names.caughtUpTo, next.caughtUpTo],
        ] as const)
  })
  const meta = (await tables.get(inventoryFeed.table, metaKey(inventoryFeed))) ?? {}
  const copied = Object.fromEntries(
    watermarks.flatMap(([from, to]) => (meta[from] === undefined ? [] : [[to, meta[from]]])),
  )
  await tables.update(inventoryFeed.table, metaKey(inventoryFeed), { set: { generation: generation + 1, ...copied } })

  const sent = hooks.received.length
  await sendDue()
  const again = new Map(
    hooks.received
      .slice(sent)
      .map(({ body, headers }) => [
        JSON.parse(body).data.sku,
        [JSON.parse(body).data.available, headers['webhook-id']],
      ]),
  )
  expect(again.get('A-1')?.[0]).toBe('7')
  expect(again.get('A-1')?.[1]).not.toBe(before.get('A-1'))
  expect(again.get('A-2')).toEqual(['5', before.get('A-2')])
  const all = hooks.received.length
  await sendDue()
  expect(hooks.received).toHaveLength(all)
})
