import { setTimeout as sleep } from 'node:timers/promises'
import type { Platform } from '../../src/cli/platform.ts'
import type { TopicKind } from '../../src/events/topics.ts'
import type { EventLog } from '../../src/platform/kafka/event-log.ts'
import { type RunningStage, runStage } from '../../src/platform/runtime/run-stage.ts'
import type { Stage } from '../../src/platform/runtime/stage.ts'
import { mapInventory } from '../../src/processors/map-inventory.ts'
import { routeOrders } from '../../src/processors/route-orders.ts'
import { processorStage } from '../../src/processors/run-processor.ts'
import { inventoryFeed } from '../../src/projections/inventory-feed.ts'
import { feedStage } from '../../src/projections/run-projection.ts'
import { configuration } from '../data/configuration.ts'
import { createMeter, type Measured } from '../meter.ts'
import type { Job, RunSpec } from './job.ts'

const LOOK_EVERY_MS = 5

/** The job as the program does it: the real runtime, codec, tables and reports. */
export async function runtimeSide(platform: Platform, { job, group, events }: RunSpec): Promise<Measured> {
  const meter = createMeter()
  const stage = stageOf(platform, job)
  const log = withFirstBatch(platform.log, () => meter.begin())
  // The group's name is the prefix and the stage's name.
  const groupPrefix = `${group}.`
  const running = await runStage(stage, { ...platform, log, topicPrefix: platform.config.topicPrefix, groupPrefix })
  while (handled(running) < events) await sleep(LOOK_EVERY_MS)
  const measured = meter.end(events)
  await running.close()
  return measured
}

/** The stage of a job. */
export function stageOf(platform: Platform, job: Job): Stage<TopicKind> {
  const { topicPrefix, feedSettleMs: settleMs } = platform.config
  const deps = { ...platform, topicPrefix, configuration: () => configuration }
  const stages = {
    route: () => processorStage(routeOrders, deps),
    map: () => processorStage(mapInventory, deps),
    project: () => feedStage(inventoryFeed, { ...platform, settleMs }),
  }
  return stages[job]() as Stage<TopicKind>
}

/** A log that says when the first batch is handed over. */
export function withFirstBatch(log: EventLog, begin: () => void): EventLog {
  return {
    ...log,
    consume: (options) =>
      log.consume({
        ...options,
        onBatch(batch) {
          begin()
          return options.onBatch(batch)
        },
      }),
  }
}

/** Records that are handled and committed; the topic begins at offset 0. */
export function handled(running: RunningStage): number {
  return running.progress().reduce((sum, partition) => sum + Number(partition.handled ?? 0n), 0)
}
