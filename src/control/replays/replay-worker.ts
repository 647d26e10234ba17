import type { Logger } from 'pino'
import { toStreamError } from '../../errors.ts'
import type { Replay } from './replay.ts'
import { type ReplayDeps, runReplay } from './run-replay.ts'

const POLL_MS = 1_000

/** Replays at once in this process: a long one must not delay that of a new connection. */
const AT_ONCE = 4

/**
 * Runs due replays until `signal` aborts. If a worker dies, another process takes its replay over when the lease is
 * over, and resumes where it was (Guarantee 10).
 */
export async function runReplays(deps: ReplayDeps & { readonly logger: Logger }, signal: AbortSignal): Promise<void> {
  const running = new Map<string, Promise<void>>()
  while (!signal.aborted) {
    try {
      for (const job of await deps.jobs.open()) {
        if (running.size >= AT_ONCE || running.has(job.id)) continue
        const onProblem = (err: unknown) =>
          deps.logger.warn({ replay: job.id, err }, 'could not update the row of a replay')
        const done = takeUp(deps, job, signal)
          .catch(onProblem)
          .finally(() => running.delete(job.id))
        running.set(job.id, done)
      }
    } catch (error) {
      deps.logger.warn({ err: error }, 'could not look up replays; trying again')
    }
    await deps.clock.sleep(POLL_MS, signal).catch(() => undefined)
  }
  await Promise.all(running.values())
}

async function takeUp(
  deps: ReplayDeps & { readonly logger: Logger },
  seen: Replay,
  signal: AbortSignal,
): Promise<void> {
  const { jobs, clock, logger, leaseMs } = deps
  // The replay ended, but its worker died before it closed the job.
  if (seen.state === 'ended' || seen.state === 'failed' || seen.state === 'canceled')
    return void (await jobs.end(seen, {}))
  if (seen.state === 'blocked' && !seen.cancel) return
  const job = await jobs.take(seen, clock.now(), leaseMs)
  if (job === undefined) return
  const at = () => new Date(clock.now()).toISOString()
  try {
    const state = job.cancel ? 'canceled' : await runReplay(deps, job, signal)
    await jobs.end(job, { state, ended_at: at() })
    logger.info({ replay: job.id, topic: job.topic, state }, 'a replay ended')
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (signal.aborted) logger.info({ replay: job.id }, 'stopping; another process continues this replay')
    else logger.warn({ replay: job.id, err: error, code: error.code }, 'a replay stopped')
    if (error.code === 'lease_lost') return
    // Given back: a transient error or a stopping process does not fail the replay.
    if (signal.aborted || error.policy === 'stop' || error.policy === 'retry') {
      await jobs.change(job, { lease_until: signal.aborted ? 0 : clock.now() + POLL_MS })
      return
    }
    const { code, message } = error
    await jobs.end(job, { state: 'failed', ended_at: at(), error: { code, message } })
  }
}
