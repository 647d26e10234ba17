import { expect, it } from 'vitest'
import { decimal4 } from '../../../src/events/decimal.ts'
import { everything, type Principal } from '../../../src/operations/principal.ts'
import { previewReplay, type WantedReplay } from '../../../src/operations/replays.ts'
import { lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'
import { memoryResync } from '../../memory/resync.ts'
import { memoryTables } from '../../memory/tables.ts'
import { apiTestTables } from '../../worlds/api-fixture.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const boss = everything({ kind: 'api', name: 'boss' })
const wanted: WantedReplay = {
  topic: 'orders',
  processor: 'route-orders',
  connection: 'alder',
  source: null,
  key: null,
  from: null,
  to: null,
  offsets: null,
  allVersions: false,
  reason: null,
  rate: 100,
}

async function world() {
  const tables = memoryTables(apiTestTables)
  const { replays, append } = await memoryResync(tables)
  const { operations } = await twoSellers(['alder'], { replays }, tables)
  const order = (orderNumber: string, occurredAt: number, total: string, currency = 'USD') =>
    orderChanged(orderOf([lineOf('1', 'A-1')], { orderNumber, currency, grandTotal: decimal4(total, 'total') }), {
      source: 'shop-alder',
      occurredAt,
    })
  await append('orders', order('1', 1, '99.99'), order('1', 2, '0.1'), order('2', 3, '0.2'), order('3', 4, '7', 'EUR'))
  return (by: Principal, over: Partial<WantedReplay> = {}) => previewReplay(operations, by, { ...wanted, ...over })
}

it('adds up what the orders come to, exactly and each by its newest version, and shows the newest', async () => {
  const preview = await world()
  const amounts = [
    { currency: 'EUR', total: '7' },
    { currency: 'USD', total: '0.3' },
  ]
  expect(await preview(boss)).toMatchObject({ to_send: 3, amounts })
  // An order of several versions is one order.
  expect(await preview(boss, { allVersions: true })).toMatchObject({ to_send: 4, amounts })
  const { samples } = await preview(boss)
  expect(samples.map(({ key, amount }) => [key, amount?.total])).toEqual([
    ['3', '7'],
    ['2', '0.2'],
    ['1', '0.1'],
  ])
  expect(samples[0]).toMatchObject({ source: 'shop-alder', connection: null, occurred_at: '1970-01-01T00:00:00.004Z' })
})

it("shows neither orders nor money of a shop to who sees one vendor's part of it", async () => {
  const preview = await world()
  const vendor: Principal = { ...boss, scope: { connections: new Set(['alder']), systems: new Set() } }
  const seller: Principal = { ...boss, scope: { connections: new Set(['alder']), systems: new Set(['shop-alder']) } }
  expect(await preview(vendor)).toMatchObject({ to_send: 3, amounts: [], samples: [] })
  expect((await preview(seller)).samples).toHaveLength(3)
})
