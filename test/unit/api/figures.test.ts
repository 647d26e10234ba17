import { expect, it } from 'vitest'
import { createKey } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { batchContext } from '../../worlds/stage-context.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })

async function world() {
  const api = await twoSellers(['alder', 'birch'], { token: 'the-token' })
  const at = api.clock.time - 600_000
  const report = async (connection: string, key: string, took: number) => {
    const times = { occurredAt: at - took, readAt: at - took / 2 }
    const result = entityResult({ connection, source: `shop-${connection}`, key, status: 'succeeded', ...times })
    await stagedStage(api).handle([statusRecord('deliver-erp', at, [result])], batchContext(key.length).context)
  }
  await report('alder', '1', 4_000)
  await report('alder', '22', 4_000)
  await report('birch', '1', 400_000)
  const { key } = await createKey(api.operations, boss, {
    name: 'alder',
    scopes: ['observe'],
    connections: ['alder'],
    systems: ['shop-alder'],
    expiresAt: null,
  })
  const as = (bearer: string) => (query: string) =>
    api.get(`/v1/figures${query}`, { authorization: `Bearer ${bearer}` })
  return { boss: as('the-token'), alder: as(key) }
}

it('adds up what the key reaches, in parts of so many minutes', async () => {
  const { boss: all, alder } = await world()
  const { json } = await all('')
  expect(json).toMatchObject({ from: '2026-01-30T08:00:00.000Z', to: '2026-01-31T08:00:00.000Z', complete: true })
  expect(json.parts).toEqual([
    {
      from: '2026-01-31T07:45:00.000Z',
      done: { orders: 3 },
      failed: {},
      end_to_end: { count: 3, p50: 4.25, p95: expect.closeTo(555) },
      freshness: { count: 3, p50: 1.75, p95: expect.closeTo(273) },
    },
  ])
  expect((await alder('')).json.whole.done).toEqual({ orders: 2 })
  expect((await all('?minutes=5&connection=birch')).json.parts.map(({ from }: { from: string }) => from)).toEqual([
    '2026-01-31T07:50:00.000Z',
  ])
})

it('refuses times that are none, and connections that are not reached', async () => {
  const { boss: all, alder } = await world()
  for (const query of ['?minutes=7', '?from=yesterday', '?from=2026-01-28T00:00:00Z', '?to=2026-01-31T08:00:00']) {
    expect([query, (await all(query)).status]).toEqual([query, 400])
  }
  expect((await all('?from=2026-02-01T00:00:00Z')).json.field).toBe('from')
  expect((await alder('?connection=birch')).status).toBe(404)
  expect((await all('?from=2026-01-29T08:00:00Z')).json.parts.length).toBe(1)
})
