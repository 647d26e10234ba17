import { median } from './median.ts'
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

/** Runs all in turn, as often as there are rounds. Whoever is first in one round is last in the next. */
export async function alternate<Name extends string>(
  contenders: readonly Contender<Name>[],
  rounds: number,
  log: (line: string) => void,
): Promise<ReadonlyMap<Name, readonly Measured[]>> {
  const runs = new Map(contenders.map(({ name }) => [name, [] as Measured[]]))
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, run } of round % 2 === 1 ? contenders : contenders.toReversed()) {
      const measured = await run()
      runs.get(name)?.push(measured)
      const { events, seconds, cpuSeconds } = measured
      const cpu = ((cpuSeconds / events) * 1e6).toFixed(0)
      log(`${round}/${rounds} ${name}: ${Math.round(events / seconds)} events/s, ${cpu} µs CPU an event`)
    }
  }
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

/** Median of the rounds' own ratios of speed: what the runs of one round share of the machine's noise cancels out. */
export function speedRatio(ours: readonly Measured[], theirs: readonly Measured[]): number {
  return median(ours.map(({ seconds }, round) => (theirs[round]?.seconds ?? Number.NaN) / seconds))
}

/** As `speedRatio`, of the processor time an event takes: below 1 we need less. */
export function cpuRatio(ours: readonly Measured[], theirs: readonly Measured[]): number {
  return median(ours.map(({ cpuSeconds }, round) => cpuSeconds / (theirs[round]?.cpuSeconds ?? Number.NaN)))
}
