import { randomUUID } from 'node:crypto'
import { fillTopic } from './fill.ts'
import { type Job, type RunSpec, type Side, sides } from './jobs/job.ts'
import { median } from './median.ts'
import type { Measured } from './meter.ts'
import { runWorker } from './run-worker.ts'
import type { BenchServers } from './servers.ts'

export interface CompareOptions {
  readonly seed: number
  readonly events: number
  readonly rounds: number
  readonly profile?: string | undefined
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

export interface Comparison {
  readonly job: Job
  readonly events: number
  readonly rounds: number
  readonly bytesAnEvent: number
  /** Medians of the rounds. */
  readonly bare: Figures
  readonly runtime: Figures
  /** Median of the rounds' own ratios: what one round's two runs share of the machine's noise cancels out. */
  readonly ratio: number
  readonly ratios: readonly number[]
}

export interface Figures {
  readonly eventsPerSecond: number
  readonly cpuSeconds: number
  readonly rssMb: number
}

/** The same events by both sides in turn, each run in a process, group and tables of its own. */
export async function compare(servers: BenchServers, job: Job, options: CompareOptions): Promise<Comparison> {
  const { seed, events, rounds, log } = options
  const bytesAnEvent = await fillTopic(servers.platform, job, { seed, count: events })
  log(`${job}: ${events} events of ${bytesAnEvent} bytes are in the topic`)
  const runs: Record<Side, Measured[]> = { bare: [], runtime: [] }
  for (let round = 1; round <= rounds; round += 1) {
    // Whoever is first in one round is last in the next.
    for (const side of round % 2 === 1 ? sides : sides.toReversed()) {
      const measured = await runOnce(servers, { job, side, events, group: `bench-${randomUUID()}` }, options)
      runs[side].push(measured)
      log(`${job} ${round}/${rounds} ${side}: ${Math.round(events / measured.seconds)} events/s`)
    }
  }
  await refuseDeadLetters(servers)
  const ratios = runs.runtime.map(({ seconds }, index) => (runs.bare[index]?.seconds ?? Number.NaN) / seconds)
  const { bare, runtime } = { bare: figures(runs.bare), runtime: figures(runs.runtime) }
  return { job, events, rounds, bytesAnEvent, bare, runtime, ratio: median(ratios), ratios }
}

/** An event that was set aside was not worked on: its speed says nothing. */
async function refuseDeadLetters({ platform: { admin, config } }: BenchServers): Promise<void> {
  const ends = await admin.ends(`${config.topicPrefix}dead-letters`)
  const letters = ends.reduce((sum, { end }) => sum + end, 0n)
  if (letters > 0n) throw new Error(`${letters} events became dead letters: what was measured is not the job`)
}

async function runOnce(servers: BenchServers, spec: RunSpec, options: CompareOptions): Promise<Measured> {
  const { profile, signal } = options
  let measured: Measured | undefined
  await runWorker('worker.ts', spec, {
    env: { ...servers.env, TABLE_PREFIX: `${spec.group}.` },
    signal,
    ...(spec.side === 'runtime' ? { profile } : {}),
    onMessage: (message) => {
      measured = message as Measured
    },
  })
  if (measured === undefined) throw new Error(`the ${spec.side} run of ${spec.job} told nothing`)
  return measured
}

function figures(runs: readonly Measured[]): Figures {
  return {
    eventsPerSecond: Math.round(median(runs.map(({ events, seconds }) => events / seconds))),
    cpuSeconds: median(runs.map(({ cpuSeconds }) => cpuSeconds)),
    rssMb: Math.round(median(runs.map(({ rssMb }) => rssMb))),
  }
}
