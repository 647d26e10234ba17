import { expect, it, onTestFinished, vi } from 'vitest'
import { dispatchStage } from '../../../src/control/dispatch.ts'
import { taskIdOf } from '../../../src/control/request-sync.ts'
import { getRun } from '../../../src/control/runs.ts'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import { createBell } from '../../../src/platform/bell.ts'
import { runWorker } from '../../../src/producers/worker.ts'
import { memoryTables } from '../../memory/tables.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

/** Its pauses last until they are cut short. */
const standingClock = {
  now: () => 1_000_000,
  sleep: (_ms: number, signal?: AbortSignal) =>
    new Promise<void>((_resolve, reject) => {
      if (signal?.aborted === true) reject(signal.reason)
      signal?.addEventListener('abort', () => reject(signal.reason))
    }),
}

it('the worker of the process that dispatches a run begins it without waiting for its next look', async () => {
  const tables = memoryTables(tableDefinitions)
  const ending = new AbortController()
  const bell = createBell(standingClock)
  const looked = vi.spyOn(bell, 'pause')
  const none = { configuration: () => ({ revision: 1, systems: [], connections: [], metadata: [] }) }
  const deps = { ...none, tables, clock: standingClock, bell, logger: silentLogger, workerId: 'w', concurrency: 2 }
  const working = runWorker(deps as never, ending.signal)
  onTestFinished(async () => {
    ending.abort()
    await working
  })
  // It has looked once, and found nothing.
  await vi.waitFor(() => expect(looked).toHaveBeenCalledTimes(1))
  const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
  const event = { requestId: 'r', read: 'erp.products.all', trigger: 'api', requestedAt: 1, ...nothing }
  await dispatchStage(tables, bell).handle([{ event } as never], { assertOwned: () => undefined } as never)
  // No system has the read: the run fails as soon as it is begun.
  await vi.waitFor(async () => expect((await getRun(tables, taskIdOf(event)))?.state).toBe('failed'))
})
