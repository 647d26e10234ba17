import { expect, it } from 'vitest'
import { listProcesses, startHeartbeat } from '../../../src/control/processes.ts'
import { controlTables } from '../../../src/control/tables.ts'
import { StreamError } from '../../../src/errors.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { memoryTables } from '../../memory/tables.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const process = { roles: ['producer', 'api'], version: '1.2.3', node: 'v24.1.0' }

it('makes a process known while it runs, by a write a minute, and takes its row away when it ends', async () => {
  const tables = memoryTables(controlTables)
  const clock = manualClock(DAY)
  const heartbeat = await startHeartbeat({ tables, clock, logger: silentLogger }, process)
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
  await startHeartbeat({ tables, clock, logger: silentLogger }, process)
  expect(await listProcesses(tables, DAY + DAY - 1)).toHaveLength(1)
  expect(await listProcesses(tables, DAY + DAY)).toEqual([])
})

it('stops nobody from starting where it can not write', async () => {
  const put: Tables['put'] = async () => Promise.reject(new StreamError('table_unavailable', 'no'))
  const tables = { ...memoryTables(controlTables), put }
  const heartbeat = await startHeartbeat({ tables, clock: manualClock(DAY), logger: silentLogger }, process)
  await heartbeat.close()
})
