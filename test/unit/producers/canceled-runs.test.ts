import { expect, it, onTestFinished } from 'vitest'
import type { Configuration } from '../../../src/configuration/model.ts'
import { cancelRun } from '../../../src/control/cancel-run.ts'
import { dispatch } from '../../../src/control/dispatch.ts'
import { pause, resume } from '../../../src/control/pauses.ts'
import { readControl } from '../../../src/control/read-control.ts'
import { READS } from '../../../src/control/read-holds.ts'
import { taskIdOf } from '../../../src/control/request-sync.ts'
import { getRun } from '../../../src/control/runs.ts'
import { createBell } from '../../../src/platform/bell.ts'
import { runWorker } from '../../../src/producers/worker.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { connectionOf } from '../../data/processor-events.ts'
import { countingMeter } from '../../worlds/metric-samples.ts'
import { until } from '../../worlds/processes-until.ts'
import { readOf, uncheckedSystem, wallClock } from '../../worlds/sources.ts'
import { bench, pageOf, stock } from './support.ts'

const READ = 'shop.inventory.all'
const requestOf = (requestId: string) => {
  const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
  return { requestId, read: READ, trigger: 'api', requestedAt: Date.UTC(2026, 2, 2), ...nothing }
}
const asked = { by: 'ann', reason: 'the ERP is being migrated', now: Date.UTC(2026, 2, 3) }

/** A worker over a reader that gives a page and, while it is told so, no end. */
function world() {
  const { meter, counted } = countingMeter()
  const deps = { ...bench(), clock: wallClock, meter }
  const read = readOf('shop', 'inventory', 10)
  const system = { ...uncheckedSystem({ id: 'shop', type: 'sqs', address: 'https://sqs.example.com' }), reads: [read] }
  const connections = [connectionOf('a', '^A', { reads: [READ] })]
  const configuration: Configuration = { revision: 1, systems: [system], connections, metadata: [] }
  const state = { endless: true, begun: 0 }
  const reader = {
    name: 'shop.inventory',
    entity: 'inventory',
    async *read(_window: unknown, _after: unknown, signal: AbortSignal) {
      state.begun += 1
      yield pageOf([stock('A', '1')])
      if (!state.endless) return
      const { promise, reject } = Promise.withResolvers()
      signal.addEventListener('abort', () => reject(signal.reason))
      await promise
    },
    async *list() {
      yield [{ key: 'A', changedAt: '1000' }]
    },
  }
  const worker = {
    ...deps,
    bell: createBell(deps.clock),
    systemTypes,
    configuration: () => configuration,
    createReader: () => reader,
  }
  const start = () => {
    const ending = new AbortController()
    const working = runWorker({ ...worker, workerId: 'w', concurrency: 2, leaseMs: 400 } as never, ending.signal)
    onTestFinished(async () => {
      ending.abort()
      await working
    })
  }
  const run = async (id: string) => await getRun(deps.tables, taskIdOf(requestOf(id)))
  return { tables: deps.tables, state, start, run, counted }
}

it('a run that waits is canceled at once, and is never begun', async () => {
  const { tables, state, start, run } = world()
  await dispatch(tables, requestOf('r'))
  const canceled = await cancelRun(tables, taskIdOf(requestOf('r')), asked)
  const error = { code: 'canceled', message: 'canceled by ann: the ERP is being migrated' }
  expect(canceled).toMatchObject({ state: 'failed', ended_at: '2026-03-03T00:00:00.000Z', error })
  expect((await readControl(tables, READ)).due).toBeNull()
  state.endless = false
  await dispatch(tables, requestOf('next'))
  start()
  await until('the next run has ended', async () => (await run('next'))?.ended_at)
  expect([state.begun, (await run('next'))?.state]).toEqual([1, 'ended'])
})

it('a run under way ends with the next heartbeat; what follows reads its window, for the cut date did not move', async () => {
  const { tables, state, start, run, counted } = world()
  await dispatch(tables, requestOf('r'))
  start()
  await until('a page is published', async () => (await run('r'))?.published === 1)
  await cancelRun(tables, taskIdOf(requestOf('r')), asked)
  await until('it has ended', async () => (await run('r'))?.ended_at)
  expect(await run('r')).toMatchObject({ state: 'failed', error: { code: 'canceled' }, published: 1 })
  await until('the read is free', async () => (await readControl(tables, READ)).current === null)
  expect((await readControl(tables, READ)).cut_date).toBeNull()
  await expect(cancelRun(tables, taskIdOf(requestOf('none')), asked)).rejects.toMatchObject({ code: 'not_found' })
  state.endless = false
  await dispatch(tables, requestOf('next'))
  await until('the next run has ended', async () => (await run('next'))?.ended_at)
  expect(await run('next')).toMatchObject({ state: 'ended', unchanged: 1 })
  await expect(cancelRun(tables, taskIdOf(requestOf('next')), asked)).rejects.toMatchObject({ code: 'state_conflict' })
  expect(await counted()).toMatchObject({
    [`waldstream_runs_total{read="${READ}",end="canceled"}`]: 1,
    [`waldstream_runs_total{read="${READ}",end="ended"}`]: 1,
    [`waldstream_window_proofs_total{read="${READ}",proof="proven"}`]: 1,
  })
})

it.each([READ, 'shop'])('nothing of what is held (%s) is begun before that is over', async (connection) => {
  const { tables, state, start, run } = world()
  state.endless = false
  const hold = { stage: READS, connection, code: 'held', message: 'until Monday (ann)', since: 'now' }
  await pause(tables, { ...hold, probe_at: Date.UTC(9999, 0, 1) })
  await dispatch(tables, requestOf('r'))
  await dispatch(tables, { ...requestOf('other'), read: 'erp.inventory.all' })
  start()
  // It has looked at both: no system has the other read.
  const other = taskIdOf({ ...requestOf('other'), read: 'erp.inventory.all' })
  await until('the other read was taken up', async () => (await getRun(tables, other))?.ended_at)
  expect([(await run('r'))?.state, state.begun]).toEqual(['due', 0])
  await resume(tables, READS, connection)
  await until('the run has ended', async () => (await run('r'))?.ended_at)
  expect((await run('r'))?.state).toBe('ended')
})
