import { median, medianRatio } from './median.ts'
import type { Measured } from './meter.ts'

/** One who does the work that others do as well: the runtime, a bare loop, a peer. */
export interface Contender<Name extends string> {
  readonly name: Name
  /** One run from nothing. */
  run(): Promise<Measured>
}

export interface Figures {
  readonly eventsPerSecond: number
  readonly cpuSeconds: number
  readonly rssMb: number
}

/** Has all take their turn, as often as there are rounds. Whoever is first in one round is last in the next. */
export async function inTurn<T>(all: readonly T[], rounds: number, take: (one: T, round: number) => Promise<void>) {
  for (let round = 1; round <= rounds; round += 1) {
    for (const one of round % 2 === 1 ? all : all.toReversed()) await take(one, round)
  }
}

/** Runs all in turn. */
export async function alternate<Name extends string>(
  contenders: readonly Contender<Name>[],
  rounds: number,
  log: (line: string) => void,
): Promise<ReadonlyMap<Name, readonly Measured[]>> {
  const runs = new Map(contenders.map(({ name }) => [name, [] as Measured[]]))
  await inTurn(contenders, rounds, async ({ name, run }, round) => {
    const measured = await run()
    runs.get(name)?.push(measured)
    const { events, seconds, cpuSeconds } = measured
    const cpu = ((cpuSeconds / events) * 1e6).toFixed(0)
    log(`${round}/${rounds} ${name}: ${Math.round(events / seconds)} events/s, ${cpu} µs CPU an event`)
  })
  return runs
}

/** Medians of the runs. */
export function figures(runs: readonly Measured[]): Figures {
  return {
    eventsPerSecond: Math.round(median(runs.map(({ events, seconds }) => events / seconds))),
    cpuSeconds: median(runs.map(({ cpuSeconds }) => cpuSeconds)),
    rssMb: Math.round(median(runs.map(({ rssMb }) => rssMb))),
  }
}

/** Of speed: above 1 we are faster. */
export function speedRatio(ours: readonly Measured[], theirs: readonly Measured[]): number {
  return medianRatio(theirs.map(secondsOf), ours.map(secondsOf))
}

/** Of the processor time an event takes: below 1 we need less. */
export function cpuRatio(ours: readonly Measured[], theirs: readonly Measured[]): number {
  const cpuOf = ({ cpuSeconds }: Measured) => cpuSeconds
  return medianRatio(ours.map(cpuOf), theirs.map(cpuOf))
}

const secondsOf = ({ seconds }: Measured) => seconds
