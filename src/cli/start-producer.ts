import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Read, System } from '../configuration/model.ts'
import { dispatchStage } from '../control/dispatch.ts'
import { watchReadHolds } from '../control/read-holds.ts'
import { restsAfterRefusal } from '../control/refused-reads.ts'
import { feedNewConnections } from '../control/replays/feed-new-connections.ts'
import { runReplays } from '../control/replays/replay-worker.ts'
import { createSyncRequester } from '../control/request-sync.ts'
import { runScheduler, type ScheduledRead } from '../control/scheduler.ts'
import { SWEEP } from '../control/sweeps.ts'
import { tickLog } from '../control/ticks.ts'
import { forgetByAge } from '../operations/forget/forget-by-age.ts'
import { sourceTargets } from '../operations/replays.ts'
import { replayDeps } from '../operations/wiring.ts'
import { createBell } from '../platform/bell.ts'
import { createReader } from '../producers/create-reader.ts'
import { createReaderNotes } from '../producers/reader-notes.ts'
import { runWorker } from '../producers/worker.ts'
import type { Clients } from '../systems/clients.ts'
import type { FollowedConfiguration } from './follow-configuration.ts'
import type { Platform } from './platform.ts'
import { type RunningPart, startStages } from './running-part.ts'

const RUNS_AT_ONCE = 8

/** Dispatches requests and executes runs; with `schedules`, also requests scheduled runs. */
export async function startProducer(
  platform: Platform,
  followed: FollowedConfiguration,
  clients: Clients,
  { schedules }: { readonly schedules: boolean },
  parts: RunningPart[],
): Promise<void> {
  const { tables, clock, logger, config } = platform
  const configuration = () => followed.current()
  const notes = createReaderNotes(tables)
  const reader = (read: Read, system: System, queueUrl: string | null) =>
    createReader(read, system, { clock, clients, notes }, queueUrl)
  const workerId = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
  const ending = new AbortController()
  const { signal } = ending
  const shared = { ...platform, topicPrefix: config.topicPrefix, configuration }
  const bell = createBell(clock)
  const own = { createReader: reader, workerId, concurrency: RUNS_AT_ONCE, leaseMs: config.runLeaseMs, bell }
  // First, so that a failed start leaves no work running that the caller cannot close.
  await startStages(platform, [dispatchStage(tables, bell)], parts)
  const work = [runWorker({ ...shared, ...own }, signal)]
  if (schedules) {
    const reads = () => configuration().systems.flatMap((system) => system.reads.flatMap(withSweep))
    const requester = createSyncRequester(shared)
    work.push(
      runScheduler({
        reads,
        requester,
        ticks: tickLog(tables),
        isResting: restsAfterRefusal(tables),
        holds: watchReadHolds(tables, clock, configuration),
        clock,
        logger,
        signal,
      }),
    )
  }
  if (schedules) work.push(forgetByAge(platform, signal))
  const replays = replayDeps(platform)
  work.push(runReplays({ ...replays, logger }, signal))
  work.push(feedNewConnections({ ...replays, tables, logger, configuration, targets: sourceTargets }, signal))
  const close = async () => {
    ending.abort()
    await Promise.all(work)
  }
  parts.push({ name: 'runs', close })
}

/** A read's schedules: for its runs and for its sweeps. */
function withSweep(read: Read): readonly ScheduledRead[] {
  return read.sweep.schedule === null ? [read] : [read, { ...read, schedule: read.sweep.schedule, trigger: SWEEP }]
}
