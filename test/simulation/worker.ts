import { dispatchStage } from '../../src/control/dispatch.ts'
import type { TopicKind } from '../../src/events/topics.ts'
import { type Bell, createBell } from '../../src/platform/bell.ts'
import { createJobs } from '../../src/platform/jobs.ts'
import { createPositions } from '../../src/platform/runtime/positions.ts'
import { type RunningStage, runStage } from '../../src/platform/runtime/run-stage.ts'
import type { Stage } from '../../src/platform/runtime/stage.ts'
import { createStatusReporter } from '../../src/platform/runtime/status-reporter.ts'
import { sinkStage } from '../../src/processors/delivery/run-sink.ts'
import type { SinkTiming } from '../../src/processors/delivery/timing.ts'
import { reserveStockStage, settleStockStage } from '../../src/processors/stock/reserve-stock.ts'
import type { StockLedgerDeps } from '../../src/processors/stock/stock-ledger.ts'
import { topology } from '../../src/processors/topology.ts'
import { runWorker } from '../../src/producers/worker.ts'
import { deadLetterStage } from '../../src/projections/dead-letters.ts'
import { feeds } from '../../src/projections/feeds.ts'
import { createFindStock } from '../../src/projections/find-stock.ts'
import { inventoryFeed } from '../../src/projections/inventory-feed.ts'
import { rebuildRows } from '../../src/projections/rebuild/rebuild.ts'
import { runRebuilds } from '../../src/projections/rebuild/rebuild-worker.ts'
import { feedStage } from '../../src/projections/run-projection.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import { taskStage } from '../../src/projections/tasks.ts'
import type { AnySourceReader } from '../../src/systems/kit/source.ts'
import { writeNetSuiteOrders } from '../../src/systems/netsuite/write-orders.ts'
import { systemTypes } from '../../src/systems/systems.ts'
import { netsuiteOf } from '../worlds/settings.ts'
import { configuration, ERP } from './configuration.ts'
import { LATEST_MS } from './network.ts'
import type { SimProcess } from './sim-process.ts'
import { LEASE_MS, type World } from './world.ts'

/** How far a reader's clock and the broker's may be apart. */
export const FEED_SETTLE_MS = 1_000

/** As in production, in less time. */
const TIMING: Partial<SinkTiming> = {
  attemptMs: 5_000,
  // How long a request that was cut off may still be under way.
  landingMs: LATEST_MS.erp + 2_000,
  inPlaceMs: 5_000,
  parked: { firstMs: 2_000, longestMs: 20_000 },
  parkedMs: 10 * 60_000,
  probeEveryMs: 10_000,
}

export interface RunningWorker {
  readonly process: SimProcess
  /** Ends when it is closed. */
  readonly runs: Promise<void>
  /** As after SIGTERM (Guarantee 10). */
  close(): Promise<void>
}

/** All roles in one process: processors, sink, projections, dispatcher and the worker of runs. */
export async function startWorker(world: World, process: SimProcess): Promise<RunningWorker> {
  const ports = world.portsOf(process, world.guard)
  const [producer, admin] = await Promise.all([ports.log.producer(), ports.log.admin()])
  const reporter = createStatusReporter({ ...ports, producer })
  const deps = { ...ports, producer, admin, reporter, positions: createPositions(ports.tables) }
  const bell = createBell(deps.clock)
  const running = await Promise.all(stagesOf(world, { ...deps, bell }).map((stage) => runStage(stage, deps)))
  const ending = new AbortController()
  const runs = runWorker(
    {
      ...deps,
      bell,
      systemTypes,
      workerId: process.name,
      concurrency: 2,
      leaseMs: LEASE_MS,
      createReader: ({ entity }) => readerOf(world, process, entity),
    },
    ending.signal,
  )
  const jobs = createJobs(ports.tables, rebuildRows)
  const rebuilding = runRebuilds(
    { ...deps, jobs, feeds, shards: world.plan.partitions, leaseMs: LEASE_MS },
    ending.signal,
  )
  return {
    process,
    runs: Promise.all([runs, rebuilding]).then(() => undefined),
    close: () => close(running, Promise.all([runs, rebuilding]), ending),
  }
}

async function close(running: readonly RunningStage[], runs: Promise<unknown>, ending: AbortController): Promise<void> {
  ending.abort()
  await Promise.all([runs, ...running.map((stage) => stage.close())])
}

function readerOf(world: World, process: SimProcess, entity: string): AnySourceReader {
  const { pageSize } = world.plan
  return entity === 'orders' ? world.orders.reader(process, pageSize) : world.stock.reader(process, pageSize)
}

/** They keep what orders reserve of the ERP's stock. */
export function stockStages({ plan }: World, deps: Omit<StockLedgerDeps, 'findStock' | 'shownStock'>) {
  const findStock = createFindStock({ tables: deps.tables, shards: plan.partitions })
  // Worlds are too short for reservations that end by a complete read.
  const stock = { ...deps, findStock, shownStock: { of: async () => () => null } }
  return [reserveStockStage(ERP, stock), settleStockStage(ERP, stock)] as const
}

type StageParts = ReturnType<World['portsOf']> & {
  readonly producer: Parameters<typeof createStatusReporter>[0]['producer']
  readonly reporter: ReturnType<typeof createStatusReporter>
  readonly bell: Bell
}

function stagesOf(world: World, deps: StageParts): readonly Stage<TopicKind>[] {
  const system = configuration.systems.find(({ id }) => id === ERP)
  if (system === undefined) throw new Error('the ERP is not configured')
  const sink = writeNetSuiteOrders(deps.netsuite, netsuiteOf())
  const rows = topology.filter(({ from }) => from === 'orders' || from === 'inventory')
  return [
    ...rows.map((row) => row.stage(deps)),
    ...stockStages(world, deps),
    sinkStage(system, sink, { ...deps, timing: TIMING }),
    feedStage(inventoryFeed, { ...deps, settleMs: FEED_SETTLE_MS }),
    taskStage(deps),
    stagedStage({ ...deps, settleMs: FEED_SETTLE_MS, closing: deps }),
    deadLetterStage(deps),
    dispatchStage(deps.tables, deps.bell),
  ].map((stage) => world.guard?.stage?.(stage as Stage<TopicKind>) ?? (stage as Stage<TopicKind>))
}
