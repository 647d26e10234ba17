import { expect, it } from 'vitest'
import { type CalledSystems, listProcesses, startHeartbeat } from '../../../src/control/processes.ts'
import { controlTables } from '../../../src/control/tables.ts'
import { StreamError } from '../../../src/errors.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { memoryTables } from '../../memory/tables.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const nothing = () => ({ circuits: [], accounts: [] })
const process = { roles: ['producer', 'api'], version: '1.2.3', node: 'v24.1.0' }

it('makes a process known while it runs, by a write a minute, and takes its row away when it ends', async () => {
  const tables = memoryTables(controlTables)
  const clock = manualClock(DAY)
  const heartbeat = await startHeartbeat({ tables, clock, logger: silentLogger }, process, nothing)
  expect(await listProcesses(tables, clock.now())).toMatchObject([{ ...process, started_at: DAY, beat_at: DAY }])
  clock.set(DAY + MINUTE)
  await expect.poll(() => listProcesses(tables, clock.now())).toMatchObject([{ beat_at: DAY + MINUTE }])
  const [row] = (await Array.fromAsync(tables.scan('processes'))).flat()
  expect(row?.['expires']).toBe((DAY + MINUTE + DAY) / 1000)
  await heartbeat.close()
  expect(await listProcesses(tables, clock.now())).toEqual([])
})

it('shows one that was killed for a day, and no longer', async () => {
  const tables = memoryTables(controlTables)
  const clock = manualClock(DAY)
  await startHeartbeat({ tables, clock, logger: silentLogger }, process, nothing)
  expect(await listProcesses(tables, DAY + DAY - 1)).toHaveLength(1)
  expect(await listProcesses(tables, DAY + DAY)).toEqual([])
})

it('stops nobody from starting where it can not write', async () => {
  const put: Tables['put'] = async () => Promise.reject(new StreamError('table_unavailable', 'no'))
  const tables = { ...memoryTables(controlTables), put }
  const deps = { tables, clock: manualClock(DAY), logger: silentLogger }
  const heartbeat = await startHeartbeat(deps, process, nothing)
  await heartbeat.close()
})

const circuit = {
  stage: 'deliver-erp',
  system: 'erp',
  since: DAY,
  code: 'target_unavailable',
  message: 'POST /orders answered 503',
  next_try: DAY + 5_000,
}
const account = { system: 'erp', account: 'netsuite 1', part: null, concurrency: 4, per_minute: null }

it('tells within seconds that a system does not answer, and that it does again', async () => {
  const tables = memoryTables(controlTables)
  const clock = manualClock(DAY)
  let called: CalledSystems = { circuits: [], accounts: [account] }
  const heartbeat = await startHeartbeat({ tables, clock, logger: silentLogger }, process, () => called)
  const known = async () =>
    (await listProcesses(tables, clock.now())).map(({ circuits, accounts }) => [circuits, accounts])
  expect(await known()).toEqual([[[], [account]]])
  called = { circuits: [circuit], accounts: [account] }
  clock.set(DAY + 2_000)
  await expect.poll(known).toEqual([[[circuit], [account]]])
  called = { circuits: [], accounts: [account] }
  clock.set(DAY + 4_000)
  await expect.poll(known).toEqual([[[], [account]]])
  await heartbeat.close()
})

it('writes nothing between beats while nothing changes, however often it can not write', async () => {
  let writes = 0
  const put: Tables['put'] = async () => {
    writes += 1
    throw new StreamError('table_unavailable', 'no')
  }
  const clock = manualClock(DAY)
  const heartbeat = await startHeartbeat(
    { tables: { ...memoryTables(controlTables), put }, clock, logger: silentLogger },
    process,
    nothing,
  )
  for (let time = DAY; time < DAY + MINUTE; time += 2_000) {
    clock.set(time)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(writes).toBe(1)
  clock.set(DAY + MINUTE)
  await expect.poll(() => writes).toBe(2)
  await heartbeat.close()
})

it('has a row that fits where every system is down at once, those that are down the longest in it', async () => {
  const tables = memoryTables(controlTables)
  const circuits = Array.from({ length: 1_000 }, (_, index) => ({
    ...circuit,
    system: `erp-${index}`,
    since: DAY - index,
    message: 'x'.repeat(10_000),
  }))
  const deps = { tables, clock: manualClock(DAY), logger: silentLogger }
  const heartbeat = await startHeartbeat(deps, process, () => ({ circuits, accounts: [] }))
  const [row] = (await Array.fromAsync(tables.scan('processes'))).flat()
  expect(JSON.stringify(row).length).toBeLessThan(200_000)
  expect((await listProcesses(tables, DAY))[0]?.circuits[0]?.system).toBe('erp-999')
  await heartbeat.close()
})

it('reads the row of a process that knows nothing of circuits: an older version runs beside this one', async () => {
  const tables = memoryTables(controlTables)
  const row = { book: 'all', id: 'a', ...process, started_at: DAY, beat_at: DAY }
  await tables.put('processes', row)
  expect(await listProcesses(tables, DAY)).toMatchObject([{ id: 'a', circuits: [], accounts: [] }])
})
