import type { Configuration } from '../configuration/model.ts'
import { changeHeldRun, type Run } from '../control/runs.ts'
import { toStreamError } from '../errors.ts'
import type { Clock } from '../platform/clock.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { withRetry } from '../platform/runtime/retry.ts'
import type { AnySourceReader } from '../systems/kit/source.ts'

export interface FinishDeps {
  readonly tables: Tables
  readonly clock: Clock
  readonly configuration: () => Configuration
}

export interface FinishedDrain {
  /** With its end noted. */
  readonly run: Pick<Run, 'id' | 'read' | 'state'>
  readonly reader: AnySourceReader
  readonly fence: number
  readonly signal: AbortSignal
}

const TRIES = 5

/**
 * Deletes the queue named in a request, or keeps it, once the end of its run is noted (Guarantee 1). The queue is
 * deleted when it was read to its end, a connection that subscribes to the read has `deleteDrainedQueues`, and the
 * queue is empty. The outcome is noted in the run. Repeatable.
 */
export async function finishDrain(deps: FinishDeps, job: FinishedDrain): Promise<void> {
  const { run, fence } = job
  const queue_end = await endQueue(deps, job)
  await changeHeldRun(deps.tables, { id: run.id, fence }, { queue_end })
}

/** What happened to the queue, in words. */
async function endQueue(deps: FinishDeps, { run, reader, fence, signal }: FinishedDrain): Promise<string> {
  if (run.state !== 'ended') return 'kept: it could not be read to its end'
  const wanted = deps.configuration().connections.some(({ reads, deleteDrainedQueues }) => {
    return deleteDrainedQueues && reads.includes(run.read)
  })
  if (!wanted) return 'kept: no connection that subscribes to the read has deleteDrainedQueues'
  // A worker that has lost the run must not delete what its successor reads.
  await changeHeldRun(deps.tables, { id: run.id, fence }, {})
  try {
    const discard = async () => (await reader.discard?.(signal)) ?? 'kept'
    return await withRetry(discard, { clock: deps.clock, signal, attempts: TRIES })
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (signal.aborted || error.policy === 'stop') throw error
    return `kept: ${error.code}: ${error.message}`
  }
}
