// A worker took due runs in the order of the table: with as many others always due as it does at once, a read never ran.

import { expect, it } from 'vitest'
import type { Configuration, Read } from '../../../src/configuration/model.ts'
import { dispatch } from '../../../src/control/dispatch.ts'
import { StreamError } from '../../../src/errors.ts'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import { createBell } from '../../../src/platform/bell.ts'
import { runWorker } from '../../../src/producers/worker.ts'
import { readWith, systemWith } from '../../data/configuration.ts'
import { memoryTables } from '../../memory/tables.ts'
import { silentLogger } from '../../worlds/stage-context.ts'
import { virtualClock } from '../platform/runtime/virtual-clock.ts'

it.each([1, 2])(
  'every read that is due gets its turn, however many others are always due: %i at once',
  async (concurrency) => {
    const tables = memoryTables(tableDefinitions)
    const clock = virtualClock()
    const ending = new AbortController()
    const reads = (['products', 'inventory', 'images', 'prices'] as const).map((entity) => readWith('erp', entity))
    const systems = [systemWith('erp', 'netsuite', { reads })]
    const configuration: Configuration = { revision: 1, systems, connections: [], metadata: [] }
    let requests = 0
    const request = async (read: string) => {
      requests += 1
      const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
      const requestId = `r${requests}`
      await dispatch(tables, { requestId, read, trigger: 'cli', requestedAt: clock.now(), ...nothing })
    }
    const begun: string[] = []
    const worker = runWorker(
      {
        tables,
        clock,
        bell: createBell(clock),
        logger: silentLogger,
        workerId: 'w',
        concurrency,
        systemTypes: new Map(),
        configuration: () => configuration,
        createReader({ id }: Read) {
          begun.push(id)
          // Due again before this run has ended.
          void request(id)
          throw new StreamError('target_unavailable', 'it does not answer')
        },
      } as never,
      ending.signal,
    )
    for (const { id } of reads) await request(id)
    while (begun.length < 12) await clock.sleep(1_000)
    const counts = reads.map(({ id }) => begun.slice(0, 12).filter((one) => one === id).length)
    expect(counts).toEqual([3, 3, 3, 3])
    ending.abort()
    await worker
  },
)
