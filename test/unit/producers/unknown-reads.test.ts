import { expect, it } from 'vitest'
import type { System } from '../../../src/configuration/model.ts'
import { dispatch } from '../../../src/control/dispatch.ts'
import { readControl } from '../../../src/control/read-control.ts'
import { getRun } from '../../../src/control/runs.ts'
import { controlTables } from '../../../src/control/tables.ts'
import { StreamError } from '../../../src/errors.ts'
import { sinkTables } from '../../../src/processors/tables.ts'
import { runWorker } from '../../../src/producers/worker.ts'
import { readWith, systemWith } from '../../data/configuration.ts'
import { memoryTables } from '../../memory/tables.ts'
import { silentLogger } from '../../worlds/stage-context.ts'
import { virtualClock } from '../platform/runtime/virtual-clock.ts'

const READ = 'erp.products.all'

/** A worker whose configuration is without any system at first, and a run of a read that is requested just then. */
async function world() {
  const tables = memoryTables([...controlTables, ...sinkTables])
  const clock = virtualClock()
  const ending = new AbortController()
  let systems: readonly System[] = []
  const deps = {
    tables,
    clock,
    logger: silentLogger,
    workerId: 'w',
    concurrency: 2,
    systemTypes: new Map(),
    configuration: () => ({ revision: 1, systems, connections: [], metadata: [] }),
    createReader: () => {
      throw new StreamError('credentials_refused', 'the read was begun')
    },
  }
  const working = runWorker(deps as never, ending.signal)
  const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
  await dispatch(tables, { requestId: 'r', read: READ, trigger: 'cli', requestedAt: clock.now(), ...nothing })
  const id = (await readControl(tables, READ)).due ?? ''
  return {
    clock,
    apply: () => {
      systems = [systemWith('erp', 'netsuite', { reads: [readWith('erp', 'products')] })]
    },
    run: async () => await getRun(tables, id),
    end: async () => {
      ending.abort()
      await working
    },
  }
}

it('a read that was applied a moment ago is begun as soon as the process has the new configuration', async () => {
  const { clock, apply, run, end } = await world()
  await clock.sleep(5_000)
  expect((await run())?.state).toBe('due')
  apply()
  await clock.sleep(2_000)
  expect((await run())?.error?.code).toBe('credentials_refused')
  await end()
})

it('a read that no configuration has fails after half a minute, and says so', async () => {
  const { clock, run, end } = await world()
  await clock.sleep(60_000)
  expect(await run()).toMatchObject({ state: 'failed', error: { code: 'configuration_invalid' } })
  await end()
})
