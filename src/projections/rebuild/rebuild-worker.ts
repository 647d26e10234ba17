import { StreamError, toStreamError } from '../../errors.ts'
import { isoTime } from '../../events/times.ts'
import { readMeta } from '../feed-table.ts'
import type { Feed } from '../projection.ts'
import { type BuildDeps, build } from './build.ts'
import { dropGeneration } from './drop-generation.ts'
import { giveUpGeneration, retireGeneration } from './generations.ts'
import { feedOf, READERS_END_MS, type Rebuild, switchedAt } from './rebuild.ts'

const POLL_MS = 1_000

/** Does the work of rebuilds until `signal` aborts: builds generations, and deletes those that nobody reads. */
export async function runRebuilds(deps: BuildDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for (const job of await deps.jobs.open()) if (!signal.aborted) await advance(deps, job, signal)
    } catch (error) {
      deps.logger.warn({ err: error }, 'could not look up rebuilds; trying again')
    }
    await deps.clock.sleep(POLL_MS, signal).catch(() => undefined)
  }
}

/** Does one due step of a rebuild; does nothing if the rebuild waits or another worker has it. */
async function advance(deps: BuildDeps, seen: Rebuild, signal: AbortSignal): Promise<void> {
  const { jobs, clock, logger, leaseMs } = deps
  if (seen.state === 'ended' || seen.state === 'dropped' || seen.state === 'failed')
    return void (await jobs.end(seen, {}))
  if (!(await isToBeDone(deps, seen))) return
  const job = await jobs.take(seen, clock.now(), leaseMs)
  if (job === undefined) return
  try {
    // Its last holder may have advanced it between the check and the lease.
    if (!(await isToBeDone(deps, job))) return void (await jobs.change(job, { lease_until: 0 }))
    await step(deps, job, signal)
  } catch (thrown) {
    const error = toStreamError(thrown)
    logger.warn({ rebuild: job.id, err: error, code: error.code }, 'a rebuild stopped')
    if (error.code === 'lease_lost') return
    if (signal.aborted || error.policy === 'stop' || error.policy === 'retry') {
      return void (await jobs.change(job, { lease_until: signal.aborted ? 0 : clock.now() + POLL_MS }))
    }
    const { code, message } = error
    const drop_after = clock.now() + READERS_END_MS
    await jobs.change(job, { state: 'dropping', drop_after, lease_until: 0, error: { code, message } })
  }
}

async function isToBeDone(deps: BuildDeps, job: Rebuild): Promise<boolean> {
  const { state, generation, live_generation, undo_until, drop_after } = job
  const now = deps.clock.now()
  if (state === 'ready') return (await liveGeneration(deps, job)) === generation
  if (state === 'switched' && undo_until !== null) {
    return now >= undo_until || (await liveGeneration(deps, job)) === live_generation
  }
  return (state !== 'switched' && state !== 'dropping') || now >= drop_after
}

async function step(deps: BuildDeps, job: Rebuild, signal: AbortSignal): Promise<void> {
  const { jobs, clock, tables, shards, leaseMs } = deps
  const { state, generation, live_generation } = job
  const feed = feedOfJob(deps, job)
  if (state === 'due' || state === 'building') {
    const difference = await build(deps, job, feed, signal)
    await jobs.change(job, { state: 'ready', difference, ready_at: isoTime(clock.now()), lease_until: 0 })
    return
  }
  if (state === 'ready') {
    // The process that switched died before it noted the switch.
    await jobs.change(job, { ...switchedAt(clock.now()), lease_until: 0 })
    return
  }
  if (state === 'switched' && job.undo_until !== null) {
    const retired = await retireGeneration(tables, feed, job)
    // The process that undid the switch died before it noted that: these rows are read again.
    const isUndone = !retired && (await liveGeneration(deps, job)) === live_generation
    const next = isUndone ? ({ state: 'ready', drop_after: 0 } as const) : { drop_after: clock.now() + READERS_END_MS }
    await jobs.change(job, { ...next, undo_until: null, lease_until: 0 })
    return
  }
  const old = state === 'switched' ? live_generation : (generation ?? (await begunAs(deps, job)))
  if (state === 'dropping') await giveUpGeneration(tables, feed, job)
  const keep = async () => {
    const held = await jobs.change(job, { lease_until: clock.now() + leaseMs })
    if (held === null) throw new StreamError('lease_lost', `rebuild ${job.id} was taken over`)
  }
  if (old !== null) await dropGeneration(tables, feed, old, shards, keep)
  const dropped = job.error === null ? 'dropped' : 'failed'
  await jobs.end(job, { state: state === 'switched' ? 'ended' : dropped, ended_at: isoTime(clock.now()) })
}

/** The generation of a rebuild that was dropped while it began. */
async function begunAs(deps: BuildDeps, job: Rebuild): Promise<number | null> {
  const { building } = await readMeta(deps.tables, feedOfJob(deps, job))
  return building?.rebuild === job.id ? building.generation : null
}

async function liveGeneration(deps: BuildDeps, job: Rebuild): Promise<number> {
  return (await readMeta(deps.tables, feedOfJob(deps, job))).generation
}

function feedOfJob({ feeds }: BuildDeps, { table }: Rebuild): Feed {
  const feed = feedOf(feeds, table)
  if (feed === undefined) throw new StreamError('request_invalid', `table: ${table} is not a feed`)
  return feed
}
