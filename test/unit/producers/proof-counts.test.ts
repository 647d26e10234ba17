// The alert WaldstreamWindowIncomplete missed the first incident of a process: its series did not exist before, and
// `increase()` does not see the step from no series to 1.

import { expect, it } from 'vitest'
import type { Configuration } from '../../../src/configuration/model.ts'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import { createBell } from '../../../src/platform/bell.ts'
import { runWorker } from '../../../src/producers/worker.ts'
import { readWith, systemWith } from '../../data/configuration.ts'
import { memoryTables } from '../../memory/tables.ts'
import { countingMeter } from '../../worlds/metric-samples.ts'
import { silentLogger } from '../../worlds/stage-context.ts'
import { virtualClock } from '../platform/runtime/virtual-clock.ts'

const empty: Configuration = { revision: 0, systems: [], connections: [], metadata: [] }

it('counts of proofs begin at 0 with the read, before its first window', async () => {
  const { meter, counted } = countingMeter()
  const clock = virtualClock()
  const ending = new AbortController()
  let configuration = empty
  const deps = {
    tables: memoryTables(tableDefinitions),
    clock,
    bell: createBell(clock),
    meter,
    logger: silentLogger,
    workerId: 'w',
    concurrency: 2,
    systemTypes: new Map(),
    configuration: () => configuration,
  }
  const working = runWorker(deps as never, ending.signal)
  await clock.sleep(2_000)
  expect(await counted()).toEqual({})
  configuration = { ...empty, systems: [systemWith('erp', 'netsuite', { reads: [readWith('erp', 'products')] })] }
  await clock.sleep(2_000)
  expect(await counted()).toEqual({
    'waldstream_window_proofs_total{read="erp.products.all",proof="proven"}': 0,
    'waldstream_window_proofs_total{read="erp.products.all",proof="unlisted"}': 0,
    'waldstream_window_proofs_total{read="erp.products.all",proof="incomplete"}': 0,
  })
  ending.abort()
  await working
})
