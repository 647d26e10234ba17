import type { System } from '../configuration/model.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { deliveriesTo, type SystemTypes } from '../configuration/system-type.ts'
import { createReplays, type Replays, type ReplayTarget } from '../control/replays/create-replays.ts'
import { replayRows } from '../control/replays/replay.ts'
import type { ReplayDeps } from '../control/replays/run-replay.ts'
import { topicOf } from '../events/topics.ts'
import { createJobs } from '../platform/jobs.ts'
import { sinkName } from '../processors/delivery/sink-name.ts'
import { topology } from '../processors/topology.ts'
import { feeds } from '../projections/feeds.ts'
import type { BuildDeps } from '../projections/rebuild/build.ts'
import { createRebuilds, type Rebuilds } from '../projections/rebuild/create-rebuilds.ts'
import { rebuildRows } from '../projections/rebuild/rebuild.ts'
import type { Platform } from './platform.ts'

/** Source topics and the processors they go to. */
export const sourceTargets: readonly ReplayTarget[] = topology.map(({ from, processor }) => ({
  topic: topicOf(from),
  processor,
}))

/** Every topic that can be replayed, and the stage that consumes it. */
function replayTargets(systems: readonly System[], systemTypes: SystemTypes): readonly ReplayTarget[] {
  const sinks = systems.flatMap((system) =>
    deliveriesTo(systemTypes, system).map((kind) => {
      return { topic: topicOf(kind, system.id), processor: sinkName(kind, system.id) }
    }),
  )
  return [...sourceTargets, ...sinks, ...feeds.map(({ kind, name }) => ({ topic: topicOf(kind), processor: name }))]
}

/** What the API, the command and the worker need for replays. */
export function replayParts(platform: Platform): { readonly replays: Replays; readonly replayDeps: ReplayDeps } {
  const { tables, config } = platform
  const jobs = createJobs(tables, replayRows)
  const configured = () => readConfiguration(tables)
  const deps = { ...platform, topicPrefix: config.topicPrefix, jobs, readConfiguration: configured }
  const targets = async () => replayTargets((await configured()).systems, platform.systemTypes)
  return {
    replays: createReplays({ ...deps, targets }),
    replayDeps: { ...deps, leaseMs: config.runLeaseMs, spreadMs: SPREAD_MS },
  }
}

/** What the API, the command and the worker need for rebuilds. */
export function rebuildParts(platform: Platform): { readonly rebuilds: Rebuilds; readonly buildDeps: BuildDeps } {
  const { tables, config } = platform
  const jobs = createJobs(tables, rebuildRows)
  const deps = { ...platform, topicPrefix: config.topicPrefix, jobs, feeds }
  return {
    rebuilds: createRebuilds(deps),
    buildDeps: { ...deps, shards: config.partitions, leaseMs: config.runLeaseMs },
  }
}

/** Every process looks for a new configuration every two seconds; one that can't, can't handle records either. */
const SPREAD_MS = 6_000
