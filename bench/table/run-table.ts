import { readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { withTables } from '../../scripts/settings-tables.ts'
import { routers } from '../route-peers.ts'
import type { BenchServers } from '../servers.ts'
import { thisMachine } from './machine.ts'
import { type Extent, measureRows } from './measure.ts'
import { type Results, readResults, writeResults } from './results.ts'
import type { Measurements } from './rows.ts'
import { regressions, tableText } from './text.ts'

export interface TableOptions {
  readonly seed: number
  /** Orders that are routed; undefined: as many as the extent has. */
  readonly events?: number | undefined
  /** Undefined: as many as the extent has. */
  readonly rounds?: number | undefined
  /** Groups of rows that are measured; undefined: all. What is measured of some alone is not kept. */
  readonly only?: readonly string[] | undefined
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

const WHOLE: Extent = {
  rounds: 5,
  routed: 60_000,
  mapped: 20_000,
  projected: 2000,
  feedRows: [1000, 1_000_000],
  routers,
  rebuilt: 20_000,
  behind: 1_000_000,
  installations: true,
  skus: [1000, 500_000],
}

/** What says in less than two minutes, on a machine with nothing else to do, whether something became much slower. */
const QUICK: Extent = {
  rounds: 2,
  routed: 8000,
  mapped: 8000,
  projected: 500,
  feedRows: null,
  routers: ['runtime', 'streams'],
  rebuilt: 500,
  behind: null,
  installations: false,
  skus: null,
}

/**
 * Measures the whole table and keeps it: in `bench/results.json` and, as text, in docs/explanation/benchmarks.md. Answers the table. Of
 * the short one, what was kept stays. A run that is cut off keeps the groups of rows that it has.
 */
export async function wholeTable(servers: BenchServers, options: TableOptions): Promise<string> {
  const machine = thisMachine(servers.how)
  const quick = (await readResults())?.quick ?? {}
  const { rounds = WHOLE.rounds, events: orders = WHOLE.routed } = options
  const measuredOn = new Date().toISOString().slice(0, 10)
  const keep = async (rows: Measurements) => {
    const results = { measuredOn, machine, rounds, orders, rows, quick }
    await writeResults(results)
    await writeDocs(results)
  }
  return tableText(await measure(servers, WHOLE, options, options.only === undefined ? keep : undefined))
}

/**
 * Measures the short table and says, loudly, what is more than a fifth worse than what was kept. `keep`: later ones are held
 * against this one.
 */
export async function quickTable(servers: BenchServers, options: TableOptions, keep: boolean): Promise<string> {
  const now = await measure(servers, QUICK, options)
  const kept = await readResults()
  if (keep && kept !== undefined) await writeResults({ ...kept, quick: now })
  const worse = kept === undefined ? [] : regressions(now, kept.quick)
  return [tableText(now), ...worse.map((line) => `SLOWER: ${line}`)].join('\n')
}

function measure(
  servers: BenchServers,
  extent: Extent,
  options: TableOptions,
  onMeasured?: (rows: Measurements) => Promise<void>,
) {
  const { rounds = extent.rounds, events: routed = extent.routed } = options
  const own = { ...extent, rounds, routed }
  return measureRows(servers, { ...options, extent: own, workers: availableParallelism() }, onMeasured)
}

const DOCS = fileURLToPath(new URL('../../docs/explanation/benchmarks.md', import.meta.url))
/** What docs/explanation/benchmarks.md has between its marks. */
export function resultsText(results: Results): string {
  return `${machineText(results)}\n\n${tableText(results.rows)}`
}

function machineText({ measuredOn, machine, rounds, orders }: Results): string {
  const { cpu, cores, memoryGb, load, system, versions } = machine
  return [
    `Measured ${measuredOn} on ${cpu}, ${cores} cores, ${memoryGb} GB, ${system}, load ${load} before it began; medians of ${rounds}`,
    `rounds, ${orders.toLocaleString('en-US')} orders. Servers on the same machine (${versions['servers']}); Node`,
    `${versions['node']}, ${versions['streams']}, ${versions['python']}.`,
  ].join('\n')
}

async function writeDocs(results: Results): Promise<void> {
  const page = await readFile(DOCS, 'utf8')
  await writeFile(DOCS, withTables(page, new Map([['results', resultsText(results)]])))
}
