import { expect, it } from 'vitest'
import { applyConfiguration } from '../../../src/configuration/apply-configuration.ts'
import type { Configuration } from '../../../src/configuration/model.ts'
import { readConfiguration } from '../../../src/configuration/read-configuration.ts'
import { dispatch } from '../../../src/control/dispatch.ts'
import { readControl } from '../../../src/control/read-control.ts'
import { getRun } from '../../../src/control/runs.ts'
import { StreamError } from '../../../src/errors.ts'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import { createBell } from '../../../src/platform/bell.ts'
import { runWorker } from '../../../src/producers/worker.ts'
import { readWith, systemWith } from '../../data/configuration.ts'
import { memoryTables } from '../../memory/tables.ts'
import { silentLogger } from '../../worlds/stage-context.ts'
import { virtualClock } from '../platform/runtime/virtual-clock.ts'

const READ = 'erp.products.all'

/** A worker whose configuration is without any system. */
async function world() {
  const tables = memoryTables(tableDefinitions)
  const clock = virtualClock()
  const ending = new AbortController()
  let here: Configuration = { revision: 0, systems: [], connections: [], metadata: [] }
  const deps = {
    tables,
    clock,
    bell: createBell(clock),
    logger: silentLogger,
    workerId: 'w',
    concurrency: 2,
    systemTypes: new Map(),
    configuration: () => here,
    createReader: () => {
      throw new StreamError('credentials_refused', 'the read was begun')
    },
  }
  const working = runWorker(deps as never, ending.signal)
  return {
    clock,
    /** To the tables; the worker does not have it yet. */
    apply: () =>
      applyConfiguration(tables, {
        ...here,
        systems: [systemWith('erp', 'netsuite', { reads: [readWith('erp', 'products')] })],
      }),
    async takeUp() {
      here = await readConfiguration(tables)
    },
    async request() {
      const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
      await dispatch(tables, { requestId: 'r', read: READ, trigger: 'cli', requestedAt: clock.now(), ...nothing })
      const id = (await readControl(tables, READ)).due ?? ''
      return async () => await getRun(tables, id)
    },
    end: async () => {
      ending.abort()
      await working
    },
  }
}

it('a read that was applied a moment ago is begun as soon as the process has the new configuration', async () => {
  const { clock, apply, takeUp, request, end } = await world()
  await apply()
  const run = await request()
  await clock.sleep(5_000)
  expect((await run())?.state).toBe('due')
  await takeUp()
  await clock.sleep(2_000)
  expect((await run())?.error?.code).toBe('credentials_refused')
  await end()
})

it('a read that no configuration has fails, and says so', async () => {
  const { clock, request, end } = await world()
  const run = await request()
  await clock.sleep(60_000)
  expect(await run()).toMatchObject({ state: 'failed', error: { code: 'configuration_invalid' } })
  await end()
})
