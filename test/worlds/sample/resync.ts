import { REPLAYS } from '../../../src/control/replays/replay.ts'
import { isoTime } from '../../../src/events/times.ts'
import { REBUILDS } from '../../../src/projections/rebuild/rebuild.ts'
import type { apiFixture } from '../api-fixture.ts'

const MINUTE = 60_000

/** What the live table and the rebuilt one differ in. */
const difference = {
  rows_live: 1_204,
  rows_rebuilt: 1_203,
  only_live: 1,
  only_rebuilt: 0,
  differing: 2,
  fields: { 'data.color': 2, 'data.price': 1 },
  samples: [
    {
      connection: 'outdoor-nordwand',
      source: 'nordwand',
      sku: 'NW-JACKET-ALPINE-M',
      kind: 'differs',
      fields: {
        'data.color': { live: 'Slate', rebuilt: 'Slate grey' },
        'data.price': { live: '199.00', rebuilt: '189.00' },
      },
    },
    {
      connection: 'outdoor-nordwand',
      source: 'nordwand',
      sku: 'NW-TENT-2P',
      kind: 'differs',
      fields: { 'data.color': { live: 'Moss', rebuilt: 'Moss green' } },
    },
    { connection: 'outdoor-nordwand', source: 'nordwand', sku: 'NW-SLING-120', kind: 'only_live', fields: {} },
  ],
}

const replays = [
  { topic: 'orders', processor: 'route-orders', reason: 'lines of the gift wrap were routed wrongly', age: 2_900 },
  { topic: 'products', processor: 'map-products', reason: 'the colour is mapped by a lookup now', age: 190 },
  { topic: 'products', processor: 'map-products', reason: 'weights in kilograms', age: 6 },
] as const

/** Replays that have ended and one that runs; a rebuild that was switched to, and one that waits for a decision. */
export async function addResync(api: ReturnType<typeof apiFixture>, now: number): Promise<void> {
  const change = (table: string, id: string, set: Readonly<Record<string, unknown>>) =>
    api.tables.update(table, { shelf: 'all', id }, { set })
  for (const [index, { age, ...wanted }] of replays.entries()) {
    const at = now - age * MINUTE
    api.clock.time = at
    const { id } = (await api.post('/v1/replays', { ...wanted, rate: 50 })).json
    const isRunning = index === replays.length - 1
    const selected = [4_812, 1_204, 1_204][index] ?? 0
    const sent = isRunning ? 731 : selected
    const ended_at = isRunning ? null : isoTime(at + 90_000)
    await change(REPLAYS, id, {
      state: isRunning ? 'running' : 'ended',
      started_at: isoTime(at + 900),
      ended_at,
      selected,
      sent,
    })
  }
  const rebuilds = [
    { table: 'inventory', reason: 'after the move of the warehouse', age: 4_300, state: 'ended', difference: null },
    { table: 'products', reason: 'two colours are in doubt', age: 34, state: 'ready', difference },
  ] as const
  for (const { age, table, reason, ...state } of rebuilds) {
    const at = now - age * MINUTE
    api.clock.time = at
    const { id } = (await api.post('/v1/rebuilds', { table, reason })).json
    const ended_at = state.state === 'ended' ? isoTime(at + 600_000) : null
    const generations = { generation: 2, live_generation: 1 }
    await change(REBUILDS, id, { ...state, ...generations, ready_at: isoTime(at + 240_000), ended_at, events: 2_417 })
  }
  api.clock.time = now
}
