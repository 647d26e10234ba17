import type { Configuration, System } from '../configuration/model.ts'
import { deliveriesTo } from '../configuration/system-type.ts'
import type { PerSystemKind, TopicKind } from '../events/topics.ts'
import { createFindStockProgress } from '../operations/stock-progress.ts'
import { createParkedOwners } from '../platform/runtime/parked-owners.ts'
import type { Stage } from '../platform/runtime/stage.ts'
import { sinkStage } from '../processors/delivery/run-sink.ts'
import { holdOversoldStage } from '../processors/stock/hold-oversold.ts'
import { reserveStockStage, settleStockStage } from '../processors/stock/reserve-stock.ts'
import { createShownStock } from '../processors/stock/shown-stock.ts'
import { topology } from '../processors/topology.ts'
import { createFindProducts } from '../projections/find-products.ts'
import { createFindStock } from '../projections/find-stock.ts'
import type { Clients } from '../systems/clients.ts'
import { renewedSink } from '../systems/renewed-sink.ts'
import type { FollowedConfiguration } from './follow-configuration.ts'
import type { Platform } from './platform.ts'
import { type RunningPart, startStages } from './running-part.ts'
import { createSystemStages, type SystemStage } from './system-stages.ts'

/** The processors of the topology and the sinks of the systems. */
export async function startProcessor(
  platform: Platform,
  followed: FollowedConfiguration,
  clients: Clients,
  parts: RunningPart[],
): Promise<void> {
  const { config } = platform
  const configuration = () => followed.current()
  const products = createFindProducts({ ...platform, shards: config.partitions })
  const parkedOwners = createParkedOwners(platform.tables, platform.clock)
  const deps = { ...platform, topicPrefix: config.topicPrefix, configuration, products, parkedOwners }
  const stages = topology.map((row) => row.stage(deps) as Stage<TopicKind>)
  const sinks = createSystemStages('sinks', platform, (system) =>
    deliveriesTo(platform.systemTypes, system).map((kind) => sinkOf(system, kind, clients, deps)),
  )
  const stockDeps = { ...deps, ...stockOfFeed(platform) }
  const claims = createSystemStages('stock claims', platform, (system) => {
    if (!deliveriesTo(platform.systemTypes, system).includes('vendor-orders')) return []
    const policies = followed.current().connections.flatMap(({ vendor, sellableStock }) => {
      return vendor === system.id ? (sellableStock ?? []) : []
    })
    const reserve = async () => reserveStockStage(system.id, stockDeps) as Stage<TopicKind>
    const hold = async () => holdOversoldStage(system.id, stockDeps) as Stage<TopicKind>
    const settle = async () => settleStockStage(system.id, stockDeps) as Stage<TopicKind>
    return [
      ...(policies.some((one) => one.reserve === true)
        ? [
            { name: `reserve-stock ${system.id}`, system, make: reserve },
            { name: `settle-stock ${system.id}`, system, make: settle },
          ]
        : []),
      ...(policies.some(({ oversell }) => oversell !== undefined)
        ? [{ name: `hold-oversold ${system.id}`, system, make: hold }]
        : []),
    ]
  })
  parts.push(sinks, claims)
  // A sink that cannot start, such as for a missing secret, does not stop others (Guarantee 5); `held_back` reports it.
  const following = followed.follow(async (next) => {
    await Promise.all([sinks.follow(next), claims.follow(next)])
  })
  try {
    await startStages(platform, stages, parts)
  } finally {
    await following
  }
}

/** What the stages of reserved stock know of the feed. */
function stockOfFeed({ tables, clock, positions, config }: Platform) {
  const { topicPrefix, partitions: shards } = config
  const findProgress = createFindStockProgress({ tables, positions, topicPrefix, shards })
  return {
    findStock: createFindStock({ tables, shards }),
    shownStock: createShownStock({ tables, clock, findProgress }),
  }
}

function sinkOf(
  system: System,
  kind: PerSystemKind,
  clients: Clients,
  deps: Parameters<typeof sinkStage>[2] & { readonly configuration: () => Configuration },
): SystemStage {
  const make = async () => {
    const sink = await renewedSink(system, kind, clients)
    return sinkStage(system, sink as never, deps) as Stage<TopicKind>
  }
  return { name: `${kind} ${system.id}`, system, make }
}
