import { expect, it } from 'vitest'
import { failedReadText } from '../../../src/cli/status.ts'
import { runningProcesses, type StageCircuit } from '../../../src/control/processes.ts'
import { changeRun, createRun, type Run } from '../../../src/control/runs.ts'
import { applyConfiguration } from '../../../src/operations/configuration.ts'
import { everything } from '../../../src/operations/principal.ts'
import { status } from '../../../src/operations/status.ts'
import { createCallSlots } from '../../../src/platform/governor/call-slots.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { batchContext } from '../../worlds/stage-context.ts'
import { configurationOf, twoSellers } from '../../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })

it('says of each connection when it was read, what waits, what failed, what is paused, and what to do', async () => {
  const api = await twoSellers(['alder', 'birch'])
  const waiting = entityResult({
    source: 'shop-alder',
    key: 'k-2',
    connection: 'alder',
    status: 'waiting',
    code: 'item_missing',
    message: 'no item',
  })
  await stagedStage(api).handle([statusRecord('deliver-erp', 2000, [waiting])], batchContext().context)
  const found = await status(api.operations, boss)
  expect(found).toMatchObject({ healthy: false, complete: true })
  const [alder] = found.connections
  expect(alder).toMatchObject({ connection: 'alder', shop: 'shop-alder', vendor: 'erp', healthy: false })
  expect(alder?.flows).toMatchObject([
    {
      entity: 'orders',
      reads: [{ read: 'shop-alder.orders.all' }],
      processing: { count: 0, since: null },
      waiting: { count: 1, more: false, since: '1970-01-01T00:00:02.000Z' },
      waits: [
        { stage: 'deliver-erp', code: 'item_missing', message: 'no item', count: 1, since: '1970-01-01T00:00:02.000Z' },
      ],
      failed: { count: 1 },
    },
  ])
  expect(alder?.paused).toMatchObject([
    {
      stage: 'map-products',
      connection: 'alder',
      code: 'mapping_failed',
      fix: expect.stringMatching(/waldstream pauses resume map-products alder$/),
    },
  ])
  expect(alder?.failures).toMatchObject([
    {
      group: expect.stringMatching(/^[\da-f]{16}$/),
      count: 1,
      fix: expect.stringMatching(/^waldstream dead-letters show d-alder;/),
    },
  ])
})

it('says of a read that fails how often, when last, why, and what to do', async () => {
  const api = await twoSellers(['alder', 'birch'])
  const read = 'shop-alder.orders.all'
  const add = async (minute: number, set: Partial<Run>) => {
    const at = `2026-01-31T08:0${minute}:00.000Z`
    const { backfill_from = null, queue_url = null } = set
    const request = {
      id: `r${minute}`,
      read,
      trigger: 'schedule',
      reason: null,
      requested_at: at,
      backfill_from,
      queue_url,
    }
    await createRun(api.tables, request)
    await changeRun(api.tables, { id: request.id, fence: 1 }, { set: { ended_at: at, ...set } })
  }
  const readOf = async (by = boss) => (await status(api.operations, by)).connections[0]?.flows[0]?.reads[0]
  expect(await readOf()).toMatchObject({ problem: null, failed: null })
  const error = { code: 'target_unavailable', message: 'GET /orders answered 503' }
  await add(1, { state: 'failed', error })
  await add(2, { state: 'failed', error })
  const fix =
    'waldstream tasks show r2; after the fix, at the next scheduled run or at once: waldstream sync shop-alder.orders.all'
  const found = await readOf()
  const failed = { count: 2, more: false, last_at: '2026-01-31T08:02:00.000Z', task: 'r2', ...error, fix }
  expect(found).toMatchObject({ last_good: null, problem: 'target_unavailable: GET /orders answered 503', failed })
  expect(found && failedReadText(found)).toEqual([
    '    shop-alder.orders.all failed 2 times, last at 2026-01-31T08:02:00.000Z: target_unavailable: GET /orders answered 503',
    `      ${fix}`,
  ])
  const { json } = await api.get('/v1/status')
  expect(json.connections[0].flows[0].reads[0]).toMatchObject({ failed })
  // Who sees only the connection does not see what its system answered.
  const scope = { connections: new Set(['alder']), systems: new Set<string>() }
  expect(await readOf({ ...boss, scope })).toMatchObject({ problem: error.code, failed: { message: null } })
  await add(3, { state: 'ended' })
  expect(await readOf()).toMatchObject({ problem: null, failed: null })
  await add(4, { state: 'incomplete', missing: ['k-1', 'k-2'] })
  expect(await readOf()).toMatchObject({
    failed: {
      count: 1,
      more: false,
      code: 'incomplete',
      message: 'the source lists 2 entities that it did not return',
    },
  })
  // No scheduled run reads these again.
  await add(5, { state: 'failed', error, backfill_from: '2026-01-01T00:00:00.000Z' })
  expect((await readOf())?.failed?.fix).toBe(
    'waldstream tasks show r5; after the fix: waldstream sync shop-alder.orders.all --from 2026-01-01T00:00:00.000Z',
  )
  await add(6, { state: 'failed', error, queue_url: 'https://shop-alder.example/queue-of-others' })
  expect((await readOf())?.failed?.fix).toBe(
    'waldstream tasks show r6; after the fix, with the queue that it names: waldstream sync shop-alder.orders.all --queue-url URL',
  )
})

it('shows a key the connections that it reaches', async () => {
  const api = await twoSellers(['alder', 'birch'])
  const scope = { connections: new Set(['birch']), systems: new Set<string>() }
  const found = await status(api.operations, { ...boss, scope })
  expect(found.connections.map(({ connection }) => connection)).toEqual(['birch'])
})

it('health names the connections that are paused: ready is not all well', async () => {
  const api = await twoSellers(['alder', 'birch'])
  const { json } = await api.get('/health/ready')
  expect(json).toMatchObject({
    status: 'ready',
    held_back: ['alder is paused at map-products: mapping_failed', 'birch is paused at map-products: mapping_failed'],
  })
})

it('says what is switched off by a document, and does not call for anybody', async () => {
  const api = await twoSellers(['alder', 'birch'])
  const { connections, ...rest } = configurationOf(['alder', 'birch'])
  const off = connections.map((connection) =>
    connection.id === 'alder' ? { ...connection, enabled: false } : connection,
  )
  await applyConfiguration(api.operations, boss, { configuration: { ...rest, connections: off }, reason: null })
  const found = await status(api.operations, boss)
  expect(found.connections.map(({ connection, enabled }) => [connection, enabled])).toEqual([
    ['alder', false],
    ['birch', true],
  ])
})

it('a hold of all connections of a stage, or of a system, is one of each of them', async () => {
  const api = await twoSellers(['alder', 'birch'])
  expect((await api.send('PUT', '/v1/pauses/route-orders/*', { reason: 'a new mapping' })).status).toBe(200)
  expect((await api.send('PUT', '/v1/pauses/reads/erp', { reason: 'it moves' })).status).toBe(200)
  const found = await status(api.operations, boss)
  for (const { paused } of found.connections) {
    const fixes = paused.map(({ stage, fix }) => [stage, fix.replace(/.*: /, '')]).toSorted()
    expect(fixes).toEqual([
      ['map-products', expect.stringMatching(/^waldstream pauses resume map-products (alder|birch)$/)],
      ['reads', 'waldstream pauses resume reads erp'],
      ['route-orders', "waldstream pauses resume route-orders '*'"],
    ])
  }
})

it.each(['deliver-erp/alder', 'route-orders/*', 'reads/erp'])(
  '%s is not held after the end of its hold',
  async (path) => {
    const api = await twoSellers(['alder'])
    await api.post('/v1/pauses/map-products/alder/resume')
    const halted = async () => [
      (await status(api.operations, boss)).connections.flatMap(({ paused }) => paused).length,
      (await api.get('/v1/pauses')).json.items.length,
      (await api.get('/health/ready')).json.held_back?.length ?? 0,
    ]
    const hold = { reason: 'stock take', until: '2026-02-02T08:00:00Z' }
    expect((await api.send('PUT', `/v1/pauses/${path}`, hold)).status).toBe(200)
    expect(await halted()).toEqual([1, 1, 1])
    api.clock.time = Date.parse(hold.until)
    expect(await halted()).toEqual([0, 0, 0])
    expect((await api.send('PUT', `/v1/pauses/${path}`, { reason: 'again' })).json).toMatchObject({ until: null })
  },
)

const account = { system: 'erp', account: 'netsuite 1', part: null, concurrency: 4, per_minute: null }

/** Processes that call systems, and were heard of just now. */
async function called(circuits: readonly (readonly Partial<StageCircuit>[])[], beatAgoMs = 0) {
  const api = await twoSellers(['alder', 'birch'])
  const now = api.clock.time
  const down = { stage: 'deliver-erp', system: 'erp', code: 'target_unavailable', message: 'POST /b-7 answered 503' }
  const times = { since: now - 60_000, next_try: now + 5_000 }
  for (const [index, own] of circuits.entries()) {
    await runningProcesses(api.tables).put({
      id: `p${index}`,
      roles: ['processor'],
      version: '1.0.0',
      node: 'v24.1.0',
      started_at: now - 3_600_000,
      beat_at: now - beatAgoMs,
      circuits: own.map((one) => ({ ...down, ...times, ...one })),
      accounts: [account],
    })
  }
  const ends = async (by = boss) => {
    const [alder] = (await status(api.operations, by)).connections.filter(({ connection }) => connection === 'alder')
    return alder
  }
  return { ...api, now, ends }
}

it('says which system does not answer, since when, why, when it is tried next and in how many processes', async () => {
  const { now, ends } = await called([[{}], [{ since: 0, next_try: 9e12 }], []])
  const alder = await ends()
  expect(alder).toMatchObject({ healthy: false, ends: [{ system: 'shop-alder', circuit: null }, { system: 'erp' }] })
  expect(alder?.ends[1]?.circuit).toEqual({
    since: '1970-01-01T00:00:00.000Z',
    code: 'target_unavailable',
    message: 'POST /b-7 answered 503',
    next_try: new Date(now + 5_000).toISOString(),
    processes: 2,
    stages: ['deliver-erp'],
    fix: expect.stringContaining('make erp answer again'),
  })
})

it('says that a system is being tried now, and nothing of what a process that died has left behind', async () => {
  const trial = await called([[{ next_try: 1 }]])
  expect((await trial.ends())?.ends[1]?.circuit).toMatchObject({ next_try: null, processes: 1 })
  const dead = await called([[{}]], 180_000)
  expect((await dead.ends())?.ends[1]).toEqual({ system: 'erp', circuit: null, calls: [] })
})

it('says no more of a system that is shared than that it does not answer, and how much of it is used', async () => {
  const { ends } = await called([[{}]])
  const scope = { connections: new Set(['alder']), systems: new Set(['shop-alder']) }
  const alder = await ends({ ...boss, scope })
  expect(alder?.ends[1]).toMatchObject({
    circuit: { code: 'target_unavailable', message: null },
    calls: [{ at_once: 4 }],
  })
  expect(JSON.stringify(alder)).not.toMatch(/b-7|birch|netsuite 1/)
})

it('says how many calls of how many are under way, wait and are left, and until when a system is left alone', async () => {
  const { tables, now, ends } = await called([[]])
  const [one, other] = ['a', 'b'].map((owner) => createCallSlots(tables, 'netsuite 1', owner))
  await one?.take('slot#001', now + 10_000, now)
  await other?.take('slot#002', now + 10_000, now)
  await other?.wait({ rank: 0, calls: 3, since: now }, now + 3_000)
  await one?.pauseUntil(now + 240_000)
  const use = { part: null, in_use: 2, at_once: 4, waiting: 3, minute: null }
  expect((await ends())?.ends).toEqual([
    { system: 'shop-alder', circuit: null, calls: [] },
    { system: 'erp', circuit: null, calls: [{ ...use, left_alone_until: new Date(now + 240_000).toISOString() }] },
  ])
})

it('says of each flow how long what was delivered within the last hour took', async () => {
  const api = await twoSellers(['alder', 'birch'])
  const at = api.clock.time - 600_000
  const report = async (ago: number, took: number, offset: number) => {
    const times = { occurredAt: at - ago - took, readAt: at - ago - took / 2 }
    const done = entityResult({
      source: 'shop-alder',
      key: `k${offset}`,
      connection: 'alder',
      status: 'succeeded',
      ...times,
    })
    const { record, event } = statusRecord('deliver-erp', at - ago, [done])
    await stagedStage(api).handle([{ record: { ...record, offset: BigInt(offset) }, event }], batchContext().context)
  }
  await report(0, 8_000, 1)
  await report(0, 8_000, 2)
  await report(7_200_000, 400_000, 3)
  const { connections } = await status(api.operations, boss)
  expect(connections.map(({ flows }) => flows[0]?.times)).toEqual([
    { end_to_end: { count: 2, p50: 7.5, p95: 9.75 }, freshness: { count: 2, p50: 3.5, p95: 4.85 } },
    { end_to_end: { count: 0, p50: null, p95: null }, freshness: { count: 0, p50: null, p95: null } },
  ])
})

it('answers all of it over HTTP', async () => {
  const { get } = await called([[{}]])
  const [alder] = (await get('/v1/status')).json.connections
  expect(alder.ends[1]).toMatchObject({ circuit: { code: 'target_unavailable', stages: ['deliver-erp'] } })
  expect(alder.ends[1].calls).toEqual([
    { part: null, in_use: 0, at_once: 4, waiting: 0, left_alone_until: null, minute: null },
  ])
  expect(alder.flows[0].times.end_to_end).toEqual({ count: 0, p50: null, p95: null })
})
