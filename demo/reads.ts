import { createHash } from 'node:crypto'
import type { Platform } from '../src/cli/platform.ts'
import type { Configuration } from '../src/configuration/model.ts'
import { readControl } from '../src/control/read-control.ts'
import { createSyncRequester } from '../src/control/request-sync.ts'
import { getRun, type Run } from '../src/control/runs.ts'
import { StreamError } from '../src/errors.ts'
import { requestJson } from './http.ts'
import type { Progress } from './progress.ts'
import type { TaskAnswer } from './summary.ts'

/** What doing reads needs to know. */
export interface ReadDeps {
  readonly platform: Platform
  readonly api: string
  readonly progress: Progress
}

/** How long a task, and the run that it waits for, may go without any change before it counts as stuck. */
const STUCK_MS = 120_000

/** Every read of the configuration. */
export function allReads({ systems }: Configuration): readonly string[] {
  return systems.flatMap(({ reads }) => reads.map(({ id }) => id))
}

/**
 * A window ends before its settle time, in whole seconds: what was changed just before `since` is in it only so much later.
 */
export async function untilSettled({ systems }: Configuration, { clock }: Platform, sinceMs: number): Promise<void> {
  const longest = Math.max(...systems.flatMap(({ reads }) => reads.map((read) => read.settleSeconds)), 0)
  await clock.sleep(Math.max(0, sinceMs + (longest + 1) * 1000 - performance.now()))
}

/** Requests the reads and waits until everything of them is at its end. */
export async function doReads(deps: ReadDeps, reads: readonly string[]): Promise<readonly TaskAnswer[]> {
  const { platform } = deps
  const requester = createSyncRequester({ ...platform, topicPrefix: platform.config.topicPrefix })
  const requestedAt = platform.clock.now()
  const tasks = await Promise.all(
    reads.map((read) => {
      const requestId = createHash('sha256').update(`once ${read} ${requestedAt}`).digest('hex')
      return requester.request({ read, requestId, trigger: 'start', requestedAt })
    }),
  )
  return await Promise.all(tasks.map((task) => waitForTask(deps, task)))
}

/** The run the request became, or was joined to. */
async function runOf(platform: Platform, task: string): Promise<Run | undefined> {
  const run = await getRun(platform.tables, task)
  return run?.merged_into == null ? run : await getRun(platform.tables, run.merged_into)
}

/** The run of the same read that a due one waits for, as one of an earlier start that is still finishing. */
async function runAhead(platform: Platform, read: string): Promise<Run | undefined> {
  const { current } = await readControl(platform.tables, read)
  return current === null ? undefined : await getRun(platform.tables, current)
}

async function waitForTask(deps: ReadDeps, task: string): Promise<TaskAnswer> {
  let last = ''
  let changedAt = deps.platform.clock.now()
  for (;;) {
    const run = await runOf(deps.platform, task)
    const answer =
      run === undefined ? null : await requestJson<TaskAnswer>(`${deps.api}/v1/tasks/${encodeURIComponent(run.id)}`)
    if (answer !== null && answer.state !== 'processing' && answer.state !== 'due') {
      deps.progress.line(`${answer.read}: ${answer.read_count} read, ${answer.published} published, ${answer.state}`)
      return answer
    }
    const now = JSON.stringify([answer, answer?.state === 'due' ? await runAhead(deps.platform, answer.read) : null])
    if (now !== last) changedAt = deps.platform.clock.now()
    last = now
    if (deps.platform.clock.now() - changedAt > STUCK_MS) {
      throw new StreamError('timed_out', `task ${task} has not moved for ${STUCK_MS / 1000} s: ${now}`)
    }
    await deps.platform.clock.sleep(200)
  }
}

/**
 * Tasks that did not end as they should. Stock changes while it is read, because orders arrive: such a read ends
 * incomplete, and counts only if no later one was complete.
 */
export function failures(tasks: readonly TaskAnswer[]): readonly string[] {
  const last = new Map(tasks.map((task) => [task.read, task]))
  const isMadeUp = ({ read, state }: TaskAnswer) => state === 'incomplete' && last.get(read)?.state === 'completed'
  return tasks
    .filter((task) => task.state !== 'completed' && !isMadeUp(task))
    .map(
      (task) =>
        `${task.read} ended ${task.state}${task.error == null ? '' : `: ${task.error.code}: ${task.error.message}`}`,
    )
}
