/*
 * A cursor grew with the connections of its subscription, until the API refused its own cursors; each pull read the whole
 * configuration; and an idle subscription cost a read per connection every five seconds.
 */
import { expect, it } from 'vitest'
import { removeDocument } from '../../../../src/operations/configuration.ts'
import { cursorOf } from '../../../../src/operations/outgoing/event-places.ts'
import { keptCursorOf, placesOfKept } from '../../../../src/operations/outgoing/kept-cursor.ts'
import { everything } from '../../../../src/operations/principal.ts'
import { laneIdle } from '../../../../src/projections/outgoing-events.ts'
import { LANES } from '../../../../src/projections/outgoing-lanes.ts'
import { OUTGOING_EVENTS, projectionTables } from '../../../../src/projections/tables.ts'
import { subscriptionWith } from '../../../data/subscriptions.ts'
import { memoryTables } from '../../../memory/tables.ts'
import { outgoingWorld } from '../../../worlds/outgoing-world.ts'

const boss = everything({ kind: 'cli', name: 'boss' })

it('a cursor of thousands of connections is short, and leads to the same places', async () => {
  const { tables, clock, get } = await outgoingWorld([subscriptionWith('pulled')])
  const owners = Array.from(
    { length: 3_000 },
    (_, n) => [`connection#c-${n}`, `00000170000${1000 + n}#s#0-${n}`] as const,
  )
  const places = { since: 0, orders: Object.fromEntries(owners), stock: {}, generation: 1, stockSince: 0 }
  expect(cursorOf(places).length).toBeGreaterThan(12_000)
  const cursor = await keptCursorOf(tables, places, clock.time)
  expect(cursor.length).toBeLessThan(100)
  expect(await keptCursorOf(tables, places, clock.time)).toBe(cursor)
  expect(await placesOfKept(tables, cursor)).toEqual(places)
  const answer = await get(`/v1/outgoing-events?subscription=pulled&cursor=${cursor}`)
  expect(answer.status).toBe(200)
  expect(answer.json.cursor.length).toBeLessThan(100)
  expect((await get(`/v1/outgoing-events?subscription=pulled&cursor=stored.${'0'.repeat(64)}`)).json).toMatchObject({
    code: 'cursor_expired',
  })
})

it('a pull reads the documents only after they changed', async () => {
  const { tables, get, operations } = await outgoingWorld([subscriptionWith('pulled')])
  let scans = 0
  const scan = tables.scan.bind(tables)
  Object.assign(tables, {
    scan: (table: string) => {
      scans += 1
      return scan(table)
    },
  })
  const pull = async () => (await get('/v1/outgoing-events?subscription=pulled')).status
  expect(await pull()).toBe(200)
  scans = 0
  for (let times = 0; times < 5; times += 1) expect(await pull()).toBe(200)
  expect(scans).toBe(0)
  await removeDocument(operations, boss, { kind: 'subscription', id: 'pulled', revision: 'any' })
  expect(await pull()).toBe(404)
})

it('many idle partitions are written less often', async () => {
  const writesIn = async (lanes: number) => {
    const tables = memoryTables(projectionTables)
    let writes = 0
    const update: typeof tables.update = async (...given) => {
      writes += 1
      return await tables.update(...given)
    }
    const idle = laneIdle({ tables: { ...tables, update }, settleMs: 0, lanes: () => lanes }, 'sync-status')
    for (let at = 100_000; at < 160_000; at += 1_000) await idle(0, 'sync-status', at)
    expect(await tables.query(OUTGOING_EVENTS, { partition: LANES })).toHaveLength(1)
    return writes
  }
  expect(await writesIn(12)).toBe(30)
  // 50 writes a second, all together.
  expect(await writesIn(600)).toBe(5)
})
