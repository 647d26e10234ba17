import { cpuRatio, figures, speedRatio } from '../alternate.ts'
import { type Comparison, compare } from '../compare.ts'
import { measureFeed } from '../feed/measure-feed.ts'
import { median } from '../median.ts'
import type { Measured } from '../meter.ts'
import { type RoutePeers, type Router, routePeers } from '../route-peers.ts'
import { type BenchServers, openServers } from '../servers.ts'
import type { Measurement, Measurements, NotMeasured } from './rows.ts'

/** How much is measured. */
export interface Extent {
  readonly rounds: number
  readonly routed: number
  readonly mapped: number
  readonly projected: number
  /** Rows of the small and of the large feed; null: none is read. */
  readonly feedRows: readonly [small: number, large: number] | null
  readonly routers: readonly Router[]
}

export interface MeasureOptions {
  readonly extent: Extent
  readonly seed: number
  readonly workers: number
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

/** Each group of rows on topics and tables of its own. `onMeasured` gets what there is after each group. */
export async function measureRows(
  servers: BenchServers,
  options: MeasureOptions,
  onMeasured: (measured: Measurements) => Promise<void> = async () => undefined,
): Promise<Measurements> {
  const { extent, log, signal } = options
  const { feedRows } = extent
  const groups = [
    async (own: BenchServers) => routeRows(await routePeers(own, { ...options, ...extent, events: extent.routed })),
    async (own: BenchServers) => mapRows(await compare(own, 'map', { ...options, ...extent, events: extent.mapped })),
    async (own: BenchServers): Promise<Measurements> =>
      feedRows === null ? {} : await measureFeed(own, { ...options, ...extent, feedRows }),
    async (own: BenchServers) =>
      projectRows(await compare(own, 'project', { ...options, ...extent, events: extent.projected })),
  ]
  let measured: Measurements = {}
  for (const group of groups) {
    const own = await openServers(log, signal, servers.env)
    try {
      measured = { ...measured, ...(await group(own)) }
      await onMeasured(measured)
    } finally {
      await own.close()
    }
  }
  return measured
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
  const ratio = median(ours.map((seconds, round) => seconds / (theirs[round] ?? Number.NaN)))
  return {
    map: bySpeed(runtime, bare),
    start: { value: median(ours), theirs: median(theirs), ratio, rounds: ours.length },
  }
}

function projectRows({ runs: { bare, each, runtime } }: Comparison): Measurements {
  return { 'project-each': bySpeed(runtime, each), 'project-ceiling': bySpeed(runtime, bare) }
}
