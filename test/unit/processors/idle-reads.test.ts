import { expect, it } from 'vitest'
import { coreTables } from '../../../src/configuration/tables.ts'
import { dispatch } from '../../../src/control/dispatch.ts'
import { readControl } from '../../../src/control/read-control.ts'
import { getRun } from '../../../src/control/runs.ts'
import { controlTables } from '../../../src/control/tables.ts'
import { createBell } from '../../../src/platform/bell.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { createParkedOwners } from '../../../src/platform/runtime/parked-owners.ts'
import { sinkStage } from '../../../src/processors/delivery/run-sink.ts'
import { sinkTables } from '../../../src/processors/tables.ts'
import { runWorker } from '../../../src/producers/worker.ts'
import { memoryCodec } from '../../memory/codec.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext, memoryReporter, silentLogger } from '../../worlds/stage-context.ts'
import { virtualClock } from '../platform/runtime/virtual-clock.ts'

const PARTITIONS = 12
const MINUTE = 60_000

/** Tables that count what is read of them: requests, and rows that scans go through. */
function counted(tables: Tables) {
  const reads = { requests: 0, rows: 0 }
  const count = async <T>(answer: Promise<T>): Promise<T> => {
    reads.requests += 1
    return await answer
  }
  const counting: Tables = {
    ...tables,
    get: (...asked) => count(tables.get(...asked)),
    getMany: (...asked) => count(tables.getMany(...asked)),
    query: (...asked) => count(tables.query(...asked)),
    async *scan(table) {
      reads.requests += 1
      for await (const page of tables.scan(table)) {
        reads.rows += page.length
        yield page
      }
    },
  }
  return { tables: counting, reads }
}

/** What a minute of ticks reads, of sinks that have nothing to do. */
async function readsOfSinks(sinks: number) {
  const { tables, reads } = counted(memoryTables([...sinkTables, ...controlTables]))
  let time = 0
  const clock = { now: () => time, sleep: async () => undefined }
  const parkedOwners = createParkedOwners(tables, clock)
  const codec = memoryCodec()
  const configuration = () => ({ revision: 1, systems: [], connections: [], metadata: [] })
  const deps = { tables, clock, parkedOwners, codec, configuration, logger: silentLogger, reporter: memoryReporter() }
  const stages = Array.from({ length: sinks }, (_, n) => {
    const system = { id: `erp-${n}`, type: 'erp', address: '', secrets: {}, zone: 'UTC', settings: {}, reads: [] }
    const sink = { kind: 'vendor-orders', naturalKey: true, deliver: () => Promise.reject(new Error('idle')) } as const
    const log = { read: async () => null }
    return sinkStage({ ...system, limits: { concurrency: 1 } }, sink, { ...deps, log })
  })
  for (; time < MINUTE; time += 1_000) {
    for (const stage of stages) {
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        await stage.onTick?.(batchContext(partition).context)
      }
    }
  }
  return reads.requests
}

/** What an idle minute of a worker reads, and whether it does a run that is asked for then. */
async function readsOfWorker(count: number) {
  const { tables, reads } = counted(memoryTables([...coreTables, ...controlTables, ...sinkTables]))
  for (let n = 0; n < count; n += 1) await readControl(tables, `erp-${n}.products`)
  const before = { ...reads }
  const clock = virtualClock()
  const ending = new AbortController()
  const none = { configuration: () => ({ revision: 1, systems: [], connections: [], metadata: [] }) }
  const deps = { ...none, tables, clock, bell: createBell(clock), logger: silentLogger, workerId: 'w', concurrency: 2 }
  const working = runWorker(deps as never, ending.signal)
  await clock.sleep(MINUTE)
  const idle = { requests: reads.requests - before.requests, rows: reads.rows - before.rows }
  const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
  await dispatch(tables, { requestId: 'r', read: 'erp-1.products', trigger: 'api', requestedAt: 1, ...nothing })
  const run = (await readControl(tables, 'erp-1.products')).due ?? ''
  await clock.sleep(2_000)
  const state = (await getRun(tables, run))?.state
  ending.abort()
  await working
  return { ...idle, state }
}

it('sinks with nothing to do read the same, however many they and their partitions are', async () => {
  const few = await readsOfSinks(2)
  expect(few).toBeLessThanOrEqual(12)
  expect(await readsOfSinks(50)).toBe(few)
})

it('a worker with nothing to do makes as many requests for two reads as for two hundred, and looks at rows seldom', async () => {
  const [few, many] = [await readsOfWorker(2), await readsOfWorker(200)]
  expect(many.requests).toBe(few.requests)
  expect(many.rows).toBeLessThanOrEqual(7 * 200)
  // It can't do the run, as no system has the read: it has taken it up at once.
  expect([few.state, many.state]).toEqual(['failed', 'failed'])
})
