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
 * What becomes of a queue that a request named, once its run's end is noted (Guarantee 1): it is deleted when all of it was
 * read, a connection that subscribes to the read wants it so, and nothing is left in it. The run says which. Repeatable.
 */
export async function finishDrain(deps: FinishDeps, job: FinishedDrain): Promise<void> {
  const { run, fence } = job
  const queue_end = await endQueue(deps, job)
  await changeHeldRun(deps.tables, { id: run.id, fence }, { queue_end })
}

/** What became of the queue, in words. */
async function endQueue(deps: FinishDeps, { run, reader, fence, signal }: FinishedDrain): Promise<string> {
  if (run.state !== 'ended') return 'kept: it could not be read to its end'
  const wanted = deps.configuration().connections.some(({ reads, deleteDrainedQueues }) => {
    return deleteDrainedQueues && reads.includes(run.read)
  })
  if (!wanted) return 'kept: no connection that subscribes to the read has deleteDrainedQueues'
  // Whoever has lost the run must not delete what its successor reads.
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
