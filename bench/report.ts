import { cpuRatio, figures, speedRatio } from './alternate.ts'
import type { Comparison } from './compare.ts'
import { sidesOf } from './jobs/job.ts'
import type { RoutePeers } from './route-peers.ts'
import type { SoakReport } from './soak.ts'

/** Rows of texts as a table; all columns but the first two are right-aligned. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row.map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ')
  return all.map(line).join('\n')
}

/** One row for each side of each job. */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.flatMap(({ job, events, rounds, runs }) =>
    sidesOf(job).map((side) => {
      const { eventsPerSecond, cpuSeconds, rssMb } = figures(runs[side])
      const ratio = side === 'runtime' ? '' : speedRatio(runs.runtime, runs[side]).toFixed(2)
      const cells = [events, rounds, eventsPerSecond, cpuSeconds.toFixed(1), rssMb]
      return [job, side, ...cells.map(String), ratio]
    }),
  )
  return table(['job', 'side', 'events', 'rounds', 'events/s', 'CPU s', 'RSS MB', 'our speed'], rows)
}

/** Those who route orders, and what we are beside each. */
export function peersTable({ runs, skipped }: RoutePeers): string {
  const own = runs.get('runtime') ?? []
  const rows = [...runs].map(([name, all]) => {
    const { eventsPerSecond, cpuSeconds, rssMb } = figures(all)
    const micros = (cpuSeconds / (all[0]?.events ?? Number.NaN)) * 1e6
    const ratios = [speedRatio(own, all), cpuRatio(own, all)].map((ratio) => ratio.toFixed(2))
    return [name, '', String(eventsPerSecond), micros.toFixed(0), String(rssMb), ...ratios]
  })
  const missing = [...skipped].map(([name, why]) => [name, `skipped: ${why}`, '', '', '', '', ''])
  const head = ['router', '', 'orders/s', 'CPU µs an order', 'RSS MB', 'our speed', 'our CPU']
  return table(head, [...rows, ...missing])
}

export function soakText({ events, keys, seconds, at, longestDelayMs, delayP99Ms, feed }: SoakReport): string {
  const rows = at.map(({ part, events: done, rssMb, heapMb }) => [
    `${part * 100} %`,
    String(done),
    String(rssMb),
    String(heapMb),
  ])
  return [
    `${events} events of ${keys} keys in ${Math.round(seconds)} s (${Math.round(events / seconds)}/s)`,
    table(['at', 'events', 'RSS MB', 'living MB'], rows),
    `event loop: 99 of 100 delays under ${delayP99Ms} ms, longest ${longestDelayMs} ms`,
    `feed: ${feed.rows} rows, ${feed.lost} lost, ${feed.stale} stale`,
  ].join('\n')
}
