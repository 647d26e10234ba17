import { inTurn } from '../alternate.ts'

/** Seconds that each takes, in turn, after one that is not measured: it opens connections, and has code compiled. */
export async function timesInTurn<Name extends string>(
  loads: Readonly<Record<Name, () => Promise<number>>>,
  rounds: number,
  log: (line: string) => void,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const names = Object.keys(loads) as Name[]
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (const name of names) await loads[name]()
  await inTurn(names, rounds, async (name, round) => {
    const seconds = await loads[name]()
    times[name].push(seconds)
    log(`${round}/${rounds} ${name}: ${seconds.toFixed(2)} s`)
  })
  return times
}
