import { randomUUID } from 'node:crypto'
import { alternate } from './alternate.ts'
import { fillTopic } from './fill.ts'
import { type Job, type RunSpec, type Side, sidesOf } from './jobs/job.ts'
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
  readonly runs: Readonly<Record<Side, readonly Measured[]>>
}

/** The same events by both sides in turn, each run in a process, group and tables of its own. */
export async function compare(servers: BenchServers, job: Job, options: CompareOptions): Promise<Comparison> {
  const { seed, events, rounds, log } = options
  const bytesAnEvent = await fillTopic(servers.platform, job, { seed, count: events })
  log(`${job}: ${events} events of ${bytesAnEvent} bytes are in the topic`)
  const contenders = sidesOf(job).map((side) => ({
    name: side,
    run: () => runOnce(servers, { job, side, events, group: `bench-${randomUUID()}` }, options),
  }))
  const runs = await alternate(contenders, rounds, (line) => log(`${job} ${line}`))
  await refuseDeadLetters(servers)
  const of = (side: Side) => runs.get(side) ?? []
  return { job, events, rounds, bytesAnEvent, runs: { bare: of('bare'), each: of('each'), runtime: of('runtime') } }
}

/** An event that was set aside was not worked on: its speed says nothing. */
export async function refuseDeadLetters({ platform: { admin, config } }: BenchServers): Promise<void> {
  const ends = await admin.ends(`${config.topicPrefix}dead-letters`)
  const letters = ends.reduce((sum, { end }) => sum + end, 0n)
  if (letters > 0n) throw new Error(`${letters} events became dead letters: what was measured is not the job`)
}

/** One run in a process and tables of its own. */
export async function runOnce(
  servers: BenchServers,
  spec: RunSpec,
  options: Pick<CompareOptions, 'profile' | 'signal'>,
): Promise<Measured> {
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
