import { expect, it } from 'vitest'
import { startHeartbeat } from '../../../src/control/processes.ts'
import { createKey } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { silentLogger } from '../../worlds/stage-context.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })

it('shows the processes that run, and which was not heard of', async () => {
  const api = await twoSellers([])
  const start = api.clock.time
  const process = { roles: ['processor'], version: '1.0.0', node: 'v24.1.0' }
  const deps = { tables: api.tables, clock: manualClock(start), logger: silentLogger }
  await startHeartbeat(deps, process, () => ({ circuits: [], accounts: [] }))
  expect((await api.get('/v1/system/processes')).json.items).toMatchObject([
    { ...process, state: 'running', started_at: '2026-01-31T08:00:00.000Z' },
  ])
  api.clock.time = start + 180_000
  expect((await api.get('/v1/system/processes')).json.items).toMatchObject([{ state: 'silent' }])
})

it('answers consumers, topics, tables and versions, each by itself', async () => {
  const api = await twoSellers(['alder'], {})
  const { json } = await api.get('/v1/system/consumers')
  expect(json.items.map(({ group, lag }: { group: string; lag: number }) => [group, lag])).toContainEqual([
    'deliver-trailworks',
    1204,
  ])
  expect((await api.get('/v1/system/topics')).json.items).toContainEqual(
    expect.objectContaining({ topic: 'orders', retention_ms: '-1', problems: [] }),
  )
  expect((await api.get('/v1/system/tables')).json.items[0]).toMatchObject({ status: 'ACTIVE', billing: 'on demand' })
  expect((await api.get('/v1/system/versions')).json).toMatchObject({ product: '1.0.0', kafka: '4.0 or newer' })
})

it('runs the checks when asked, and notes who asked', async () => {
  const api = await twoSellers([])
  const { status, json } = await api.post('/v1/system/test')
  expect([status, json.failed, json.findings.length]).toEqual([200, 0, 3])
  expect((await api.get('/v1/audit?what=system.examine')).json.items).toMatchObject([{ who: 'api', outcome: 'done' }])
})

it('is for those who see everything', async () => {
  const api = await twoSellers(['alder'])
  const wanted = { connections: ['alder'], systems: undefined, expiresAt: null }
  const { key } = await createKey(api.operations, boss, { name: 'seller', scopes: ['operate'], ...wanted })
  const headers = { authorization: `Bearer ${key}` }
  for (const part of ['processes', 'consumers', 'topics', 'tables', 'versions']) {
    expect([part, (await api.get(`/v1/system/${part}`, headers)).status]).toEqual([part, 404])
  }
})
