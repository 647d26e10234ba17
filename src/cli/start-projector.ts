import type { System } from '../configuration/model.ts'
import { deliveriesTo } from '../configuration/system-type.ts'
import type { TopicKind } from '../events/topics.ts'
import { buildDeps } from '../operations/wiring.ts'
import type { Stage } from '../platform/runtime/stage.ts'
import { deadLetterStage } from '../projections/dead-letters.ts'
import { feeds } from '../projections/feeds.ts'
import { orderIndexStage, partIndexStage } from '../projections/order-index.ts'
import { orderFulfilmentsStage } from '../projections/order-steps.ts'
import { runRebuilds } from '../projections/rebuild/rebuild-worker.ts'
import { feedStage } from '../projections/run-projection.ts'
import { stagedOrdersStage, stagedStage } from '../projections/staged.ts'
import { taskStage } from '../projections/tasks.ts'
import type { FollowedConfiguration } from './follow-configuration.ts'
import type { Platform } from './platform.ts'
import { type RunningPart, startStages, startWork } from './running-part.ts'
import { createSystemStages } from './system-stages.ts'

/** Starts the projections: feeds, tasks, dead letters, staged entities and the index of orders. */
export async function startProjector(
  platform: Platform,
  followed: FollowedConfiguration,
  parts: RunningPart[],
): Promise<void> {
  const { tables, personKeys, reporter, clock, logger, config } = platform
  const pushes = (connection: string, entity: string) => {
    const push = followed.current().connections.find(({ id }) => id === connection)?.push
    return push?.some((one) => one === entity) ?? false
  }
  const settleMs = config.feedSettleMs
  const { producer, codec } = platform
  const closing = { producer, codec, topicPrefix: config.topicPrefix, reporter, clock }
  const isShippedTo = (system: System) => deliveriesTo(platform.systemTypes, system).includes('shop-fulfilments')
  // One topic of results, and one of each shop.
  const lanes = () => config.partitions * (1 + followed.current().systems.filter(isShippedTo).length)
  const deps = { tables, reporter, clock, logger, settleMs, pushes }
  const stages = [
    ...feeds.map((feed) => feedStage(feed, deps)),
    taskStage({ tables }),
    deadLetterStage({ tables }),
    stagedStage({ tables, settleMs, lanes, closing }),
    orderIndexStage({ tables, personKeys }),
  ] as readonly Stage<TopicKind>[]
  const staged = createSystemStages('staged', platform, (system) => {
    const kinds = deliveriesTo(platform.systemTypes, system)
    const orders = async () => stagedOrdersStage(system.id, { tables, closing }) as Stage<TopicKind>
    const index = async () => partIndexStage(system.id, { tables, personKeys }) as Stage<TopicKind>
    const fulfilments = async () => orderFulfilmentsStage(system.id, { tables, settleMs, lanes }) as Stage<TopicKind>
    return [
      ...(kinds.includes('vendor-orders')
        ? [
            { name: `vendor-orders ${system.id}`, system, make: orders },
            { name: `order-index ${system.id}`, system, make: index },
          ]
        : []),
      ...(kinds.includes('shop-fulfilments') ? [{ name: `fulfilments ${system.id}`, system, make: fulfilments }] : []),
    ]
  })
  parts.push(staged)
  const following = followed.follow((next) => staged.follow(next))
  parts.push(startWork('rebuilds', (signal) => runRebuilds(buildDeps(platform), signal)))
  try {
    await startStages(platform, stages, parts)
  } finally {
    await following
  }
}
