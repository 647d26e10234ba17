import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../../src/configuration/model.ts'
import { dispatch } from '../../../src/control/dispatch.ts'
import { drainKey } from '../../../src/control/drains.ts'
import { endLease, listReadControls, readControl, takeLease } from '../../../src/control/read-control.ts'
import { taskIdOf } from '../../../src/control/request-sync.ts'
import { changeRun, getRun } from '../../../src/control/runs.ts'
import { StreamError } from '../../../src/errors.ts'
import { createBell } from '../../../src/platform/bell.ts'
import { runWorker } from '../../../src/producers/worker.ts'
import type { AnySourceReader } from '../../../src/systems/kit/source.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { connectionOf } from '../../data/processor-events.ts'
import { until } from '../../worlds/processes-until.ts'
import { readOf, uncheckedSystem, wallClock } from '../../worlds/sources.ts'
import { bench, pageOf, stock } from './support.ts'

const QUEUE = 'https://sqs.example.com/1/tmp'
const READ = 'shop.inventory.all'
const request = {
  requestId: 'r',
  read: READ,
  trigger: 'api',
  requestedAt: Date.UTC(2026, 2, 2),
  requestedBy: null,
  reason: null,
  from: null,
  queueUrl: QUEUE,
}
const RUN = taskIdOf(request)

/** A worker over a reader that gives one page, and notes what is asked of it. */
function world(over: Partial<AnySourceReader> = {}, deleteDrainedQueues = true) {
  const deps = { ...bench(), clock: wallClock }
  const asked: string[] = []
  const read = readOf('shop', 'inventory', 10)
  const system = { ...uncheckedSystem({ id: 'shop', type: 'sqs', address: 'https://sqs.example.com' }), reads: [read] }
  const policy = deleteDrainedQueues ? { deleteDrainedQueues } : {}
  const connections = [connectionOf('a', '^A', { reads: [READ], ...policy })]
  const configuration: Configuration = { revision: 1, systems: [system], connections, metadata: [] }
  const reader = {
    name: 'sqs.inventory',
    entity: 'inventory',
    async *read() {
      asked.push('read')
      yield pageOf([stock('A', '1')])
    },
    async discard() {
      const run = await getRun(deps.tables, RUN)
      asked.push(`discard after ${run?.ended_at === null ? 'nothing' : run?.state}`)
      return 'deleted'
    },
    ...over,
  } as AnySourceReader
  const work = async (workerId: string, done: () => Promise<boolean>) => {
    const ending = new AbortController()
    const createReader = (_read: unknown, _system: unknown, queueUrl: string | null) => {
      asked.push(`reader of ${queueUrl}`)
      return reader
    }
    const none = { scan: async () => undefined, ends: async () => [] }
    const worker = {
      ...deps,
      bell: createBell(deps.clock),
      log: none,
      admin: none,
      systemTypes,
      configuration: () => configuration,
      createReader,
      workerId,
    }
    const working = runWorker({ ...worker, concurrency: 2 } as never, ending.signal)
    await until('the worker is done', done)
    ending.abort()
    await working
  }
  const gone = async () => (await listReadControls(deps.tables)).every(({ read: row }) => !row.includes('~drain'))
  return { deps, asked, work, gone }
}

describe('a run that drains a queue', () => {
  it('reads it, notes its end, and only then has it deleted; its row goes and the cut date stays', async () => {
    const { deps, asked, work, gone } = world()
    await dispatch(deps.tables, request)
    await work('w1', gone)
    expect(asked).toEqual([`reader of ${QUEUE}`, 'read', 'discard after ended'])
    expect(await getRun(deps.tables, RUN)).toMatchObject({ state: 'ended', published: 1, queue_end: 'deleted' })
    expect((await readControl(deps.tables, READ)).cut_date).toBeNull()
  })

  it('keeps it where no connection wants it deleted', async () => {
    const { deps, asked, work, gone } = world({}, false)
    await dispatch(deps.tables, request)
    await work('w1', gone)
    expect(asked).toEqual([`reader of ${QUEUE}`, 'read'])
    expect((await getRun(deps.tables, RUN))?.queue_end).toMatch(/^kept: no connection/)
  })

  it('keeps it where something is left in it', async () => {
    const list = async function* () {
      yield [{ key: 'messages left: 1 held by others', changedAt: 'left' }]
    }
    const { deps, asked, work, gone } = world({ list } as never)
    await dispatch(deps.tables, request)
    await work('w1', gone)
    expect(asked.at(-1)).toBe('read')
    expect(await getRun(deps.tables, RUN)).toMatchObject({
      state: 'incomplete',
      missing: ['messages left: 1 held by others'],
      queue_end: 'kept: it could not be read to its end',
    })
  })

  it('is done though the queue can not be deleted, and says why', async () => {
    const discard = async () => {
      throw new StreamError('permission_missing', 'sqs:DeleteQueue is missing')
    }
    const { deps, work, gone } = world({ discard })
    await dispatch(deps.tables, request)
    await work('w1', gone)
    const run = await getRun(deps.tables, RUN)
    expect(run).toMatchObject({ state: 'ended', queue_end: 'kept: permission_missing: sqs:DeleteQueue is missing' })
  })

  it('is not read again by who takes over after its end was noted', async () => {
    const { deps, asked, work, gone } = world()
    await dispatch(deps.tables, request)
    const control = await readControl(deps.tables, drainKey(READ, RUN))
    const lease = await takeLease(deps.tables, control, { id: 'dead', now: 0, leaseMs: 1 })
    const noted = { state: 'ended' as const, ended_at: '2026-03-02T00:00:00.000Z' }
    await changeRun(deps.tables, { id: RUN, fence: lease?.fence ?? 0 }, { set: noted })
    await work('w2', gone)
    expect(asked).toEqual([`reader of ${QUEUE}`, 'discard after ended'])
    expect(await getRun(deps.tables, RUN)).toMatchObject({ ...noted, queue_end: 'deleted' })
  })

  it('has nothing deleted by a worker that was taken over', async () => {
    const { deps, work, asked } = world({
      async *read() {
        // Another worker takes the run meanwhile.
        await deps.tables.update('sync_control', { read: drainKey(READ, RUN) }, { set: { fence: 9 } })
        yield pageOf([])
        await deps.tables.update('sync_runs', { id: RUN }, { set: { fence: 9 } })
        const read = drainKey(READ, RUN)
        await endLease(deps.tables, { read, run: RUN, fence: 9, until: 0, cutDate: null, revision: 0, readUntil: null })
      },
    } as never)
    await dispatch(deps.tables, request)
    await work('w1', async () => (await getRun(deps.tables, RUN))?.fence === 9)
    expect(asked).toEqual([`reader of ${QUEUE}`])
    expect(await getRun(deps.tables, RUN)).toMatchObject({ queue_end: null, ended_at: null })
  })
})
