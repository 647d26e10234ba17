import { expect, it, onTestFinished } from 'vitest'
import type { Configuration } from '../../../src/configuration/model.ts'
import { dispatch } from '../../../src/control/dispatch.ts'
import { taskIdOf } from '../../../src/control/request-sync.ts'
import { getRun } from '../../../src/control/runs.ts'
import { StreamError } from '../../../src/errors.ts'
import { createBell } from '../../../src/platform/bell.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { runWorker } from '../../../src/producers/worker.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { connectionOf } from '../../data/processor-events.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { until } from '../../worlds/processes-until.ts'
import { readOf, uncheckedSystem } from '../../worlds/sources.ts'
import { bench, pageOf, stock } from './support.ts'

// One heartbeat without an answer made a worker give its run up, although its lease lasts for four.

const READ = 'shop.inventory.all'
const START = Date.UTC(2026, 2, 2)
const LEASE_MS = 30_000
const BEAT_MS = LEASE_MS / 4
const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
const request = { requestId: 'r', read: READ, trigger: 'api', requestedAt: START, ...nothing }

/** A worker whose run lasts until `finish`, over tables that do not answer heartbeats while they are `down`. */
async function world() {
  const deps = bench()
  const { tables } = deps
  const clock = manualClock(START)
  const state = { down: false, beats: 0, begun: 0 }
  const faulty: Tables = {
    ...tables,
    async update(table, key, change, condition) {
      const isBeat = table === 'sync_control' && Object.keys(change.set ?? {}).join() === 'lease_until'
      if (isBeat) state.beats += 1
      if (isBeat && state.down) throw new StreamError('table_unavailable', 'no answer')
      return await tables.update(table, key, change, condition)
    },
  }
  const read = readOf('shop', 'inventory', 10)
  const system = { ...uncheckedSystem({ id: 'shop', type: 'sqs', address: 'https://sqs.example.com' }), reads: [read] }
  const connections = [connectionOf('a', '^A', { reads: [READ] })]
  const configuration: Configuration = { revision: 1, systems: [system], connections, metadata: [] }
  const finished = Promise.withResolvers<void>()
  const reader = {
    name: 'shop.inventory',
    entity: 'inventory',
    async *read(_window: unknown, _after: unknown, signal: AbortSignal) {
      state.begun += 1
      yield pageOf([stock('A', '1')])
      const given = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => given.reject(signal.reason))
      await Promise.race([finished.promise, given.promise])
    },
    async *list() {
      yield [{ key: 'A', changedAt: '1000' }]
    },
  }
  const parts = {
    ...deps,
    tables: faulty,
    clock,
    bell: createBell(clock),
    systemTypes,
    configuration: () => configuration,
  }
  const ending = new AbortController()
  const worker = { ...parts, createReader: () => reader, workerId: 'w', concurrency: 2, leaseMs: LEASE_MS }
  await dispatch(tables, request)
  const working = runWorker(worker as never, ending.signal)
  onTestFinished(async () => {
    ending.abort()
    clock.set(clock.now() + 500)
    await working
  })
  const run = async () => await getRun(tables, taskIdOf(request))
  await until('a page is published', async () => (await run())?.published === 1)
  const beat = async () => {
    const before = state.beats
    clock.set(clock.now() + BEAT_MS)
    await until('a heartbeat is sent', () => state.beats > before, { withinMs: 20_000 })
  }
  return { tables, state, run, beat, clock, finish: () => finished.resolve() }
}

it('goes on with its run when three heartbeats in a row get no answer', async () => {
  const { state, run, beat, finish, tables } = await world()
  state.down = true
  for (let lost = 0; lost < 3; lost += 1) await beat()
  state.down = false
  await beat()
  const control = await tables.get('sync_control', { read: READ })
  expect(control).toMatchObject({ fence: 1, lease_until: START + 2 * LEASE_MS })
  finish()
  await until('the run has ended', async () => (await run())?.ended_at)
  expect([(await run())?.state, state.begun]).toEqual(['ended', 1])
})

it('gives its run up when its lease is over by its own clock; the run begins again where it was', async () => {
  const { state, run, beat, clock, finish } = await world()
  state.down = true
  for (let lost = 0; lost < 4; lost += 1) await beat()
  state.down = false
  await until('the run is begun again', () => {
    clock.set(clock.now() + 500)
    return state.begun === 2
  })
  finish()
  await until('the run has ended', async () => (await run())?.ended_at)
  expect((await run())?.state).toBe('ended')
})

it('gives its run up at once when another worker holds it', async () => {
  const { state, run, beat, tables, clock } = await world()
  const taken = { fence: 2, lease_until: START + 3 * LEASE_MS, lease_worker: 'other' }
  await tables.update('sync_control', { read: READ }, { set: taken })
  await beat()
  // After the lease of the other worker, which does nothing.
  clock.set(taken.lease_until)
  await until('the run is begun again', () => {
    clock.set(clock.now() + 500)
    return state.begun === 2
  })
  expect((await run())?.state).toBe('running')
})
