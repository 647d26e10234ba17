import { toStreamError } from '../errors.ts'
import { showTask, type TaskStatus } from '../operations/tasks.ts'
import type { Clock } from '../platform/clock.ts'

const LOOK_MS = 500

interface Waiting {
  readonly clock: Clock
  /** Called with each new progress text. */
  readonly progress: (text: string) => void
  readonly timeoutMs: number
}

/** A task at its end, or its state at the timeout. */
export interface Waited {
  readonly task: TaskStatus
  readonly ended: boolean
}

/**
 * Waits for the end of a task: its run has ended, and the result of each entity is known. A request that was merged
 * into another run ends with that run. Null: it did not begin in time.
 */
export async function waitForTask(
  deps: Parameters<typeof showTask>[0],
  by: Parameters<typeof showTask>[1],
  id: string,
  { clock, progress, timeoutMs }: Waiting,
): Promise<Waited | null> {
  const until = clock.now() + timeoutMs
  let wanted = id
  let said = ''
  for (;;) {
    const task = await findTask(deps, by, wanted)
    const joined = task?.run.merged_into ?? null
    const text = joined === null ? textOf(task) : `joined to ${joined}, which was requested before`
    if (text !== said) progress(text)
    said = text
    if (joined !== null) {
      wanted = joined
      continue
    }
    const ended = task !== null && task.state !== 'due' && task.state !== 'processing'
    if (ended) return { task, ended }
    if (clock.now() >= until) return task === null ? null : { task, ended }
    await clock.sleep(LOOK_MS)
  }
}

/** Null until the dispatcher has accepted the request. */
async function findTask(...asked: Parameters<typeof showTask>): Promise<TaskStatus | null> {
  try {
    return await showTask(...asked)
  } catch (error) {
    if (toStreamError(error).code === 'not_found') return null
    throw error
  }
}

const textOf = (task: TaskStatus | null) => (task === null ? 'not started yet' : progressText(task))

/** `processing: read 120, published 12; magento-netsuite: succeeded 10, processing 2` */
function progressText({ run, state, counts }: TaskStatus): string {
  const parts = Object.entries(counts.connections).map(([connection, { statuses }]) => {
    const counted = Object.entries(statuses).map(([status, count]) => `${status} ${count}`)
    return `${connection}: ${counted.join(', ') || 'none yet'}`
  })
  return [`${state}: read ${run.read_count}, published ${run.published}`, ...parts].join('; ')
}
