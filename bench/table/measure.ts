import { cpuRatio, figures, speedRatio } from '../alternate.ts'
import { type Comparison, compare } from '../compare.ts'
import { measureFeed } from '../feed/measure-feed.ts'
import { measureRebuild } from '../feed/measure-rebuild.ts'
import { measureFreshness } from '../freshness/measure-freshness.ts'
import { median, medianRatio } from '../median.ts'
import { measureMemory } from '../memory.ts'
import type { Measured } from '../meter.ts'
import { type RoutePeers, type Router, routePeers } from '../route-peers.ts'
import { type BenchServers, openServers } from '../servers.ts'
import { measureConnections } from '../whole/measure-connections.ts'
import { measureOrders } from '../whole/measure-orders.ts'
import { measureQuiet } from '../whole/measure-quiet.ts'
import type { Measurement, Measurements, NotMeasured, RowId } from './rows.ts'

/** How much is measured. */
export interface Extent {
  readonly rounds: number
  readonly routed: number
  readonly mapped: number
  readonly projected: number
  /** Rows of the small and of the large feed; null: none is read. */
  readonly feedRows: readonly [small: number, large: number] | null
  readonly routers: readonly Router[]
  /** Rows of the table that is rebuilt; null: none is. */
  readonly rebuilt: number | null
  /** Events behind which memory is looked at; null: it is not. */
  readonly behind: number | null
  /** Whether whole installations, with simulators, are measured too. */
  readonly installations: boolean
  /** SKUs of the small and of the large catalog in which nothing changes; null: none is looked at. */
  readonly skus: readonly [small: number, large: number] | null
}

export interface MeasureOptions {
  readonly extent: Extent
  readonly seed: number
  readonly workers: number
  /** Groups of rows that are measured; undefined: all. */
  readonly only?: readonly string[] | undefined
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

/** Each group of rows on topics and tables of its own. `onMeasured` gets what there is after each group. */
export async function measureRows(
  servers: BenchServers,
  options: MeasureOptions,
  onMeasured: (measured: Measurements) => Promise<void> = async () => undefined,
): Promise<Measurements> {
  const { extent, log, signal, only } = options
  const { feedRows, rebuilt, behind, installations, skus } = extent
  const groups: Readonly<Record<string, (own: BenchServers) => Promise<Measurements>>> = {
    route: async (own) => routeRows(await routePeers(own, { ...options, ...extent, events: extent.routed })),
    map: async (own) => mapRows(await compare(own, 'map', { ...options, ...extent, events: extent.mapped })),
    feed: async (own) =>
      feedRows === null
        ? leftOut('feed-page', 'feed-page-large', 'feed-page-far', 'feed-poll')
        : await measureFeed(own, { ...options, ...extent, feedRows }),
    project: async (own) =>
      projectRows(await compare(own, 'project', { ...options, ...extent, events: extent.projected })),
    rebuild: async (own) =>
      rebuilt === null ? leftOut('rebuild') : await measureRebuild(own, { ...options, ...extent, rebuilt }),
    freshness: async (own) =>
      installations
        ? await measureFreshness(own, { ...options, ...extent })
        : leftOut('freshness-p50', 'freshness-p99'),
    memory: async (own) =>
      behind === null ? leftOut('memory') : await measureMemory(own, { ...options, ...extent, behind }),
    orders: async (own) =>
      installations ? await measureOrders(own, { ...options, ...extent }) : leftOut('order-throughput', 'order-p99'),
    quiet: async (own) => (skus === null ? leftOut('quiet-catalog') : await measureQuiet(own, { ...options, skus })),
    connections: async (own) =>
      installations
        ? await measureConnections(own, { ...options, ...extent })
        : leftOut('fifty-reads', 'fifty-cpu', 'fifty-order'),
  }
  const unknown = only?.find((name) => !(name in groups))
  if (unknown !== undefined)
    throw new Error(`--only ${unknown}: there is no such group; there are ${Object.keys(groups).join(', ')}`)
  let measured: Measurements = {}
  for (const [name, group] of Object.entries(groups)) {
    if (only?.includes(name) === false) continue
    const begun = performance.now()
    const own = await openServers(log, signal, servers.env)
    try {
      measured = { ...measured, ...(await group(own)) }
      await onMeasured(measured)
    } finally {
      await own.close()
    }
    log(`${name}: took ${Math.round((performance.now() - begun) / 1000)} s`)
  }
  return measured
}

function leftOut(...ids: readonly RowId[]): Measurements {
  return Object.fromEntries(ids.map((id) => [id, { why: 'left out of this run' }]))
}

/** Ours beside theirs by speed. */
function bySpeed(ours: readonly Measured[], theirs: readonly Measured[]): Measurement {
  const [value, other] = [figures(ours).eventsPerSecond, figures(theirs).eventsPerSecond]
  return { value, theirs: other, ratio: speedRatio(ours, theirs), rounds: ours.length }
}

function byCpu(ours: readonly Measured[], theirs: readonly Measured[]): Measurement {
  const micros = (runs: readonly Measured[]) => median(runs.map((run) => (run.cpuSeconds / run.events) * 1e6))
  return { value: micros(ours), theirs: micros(theirs), ratio: cpuRatio(ours, theirs), rounds: ours.length }
}

function routeRows({ runs, skipped }: RoutePeers): Measurements {
  const row = (us: Router, them: Router, by = bySpeed): Measurement | NotMeasured => {
    const [ours, theirs] = [runs.get(us), runs.get(them)]
    if (ours !== undefined && theirs !== undefined) return by(ours, theirs)
    return { why: `skipped: ${skipped.get(them) ?? 'left out of this run'}` }
  }
  return {
    'route-speed': row('runtime', 'streams'),
    'route-cpu': row('runtime', 'streams', byCpu),
    'route-remembering': row('runtime', 'streams-remembering'),
    'route-workers': row('workers', 'streams-2'),
    'route-python': row('runtime', 'python'),
  }
}

function mapRows({ runs: { bare, runtime } }: Comparison): Measurements {
  const starts = (all: readonly Measured[]) => all.map(({ startSeconds }) => startSeconds ?? Number.NaN)
  const [ours, theirs] = [starts(runtime), starts(bare)]
  const start = { value: median(ours), theirs: median(theirs), ratio: medianRatio(ours, theirs), rounds: ours.length }
  return {
    map: bySpeed(runtime, bare),
    start,
  }
}

function projectRows({ runs: { bare, each, runtime } }: Comparison): Measurements {
  return { 'project-each': bySpeed(runtime, each), 'project-ceiling': bySpeed(runtime, bare) }
}
