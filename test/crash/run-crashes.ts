import type { DeadLetterRow } from '../../src/projections/dead-letter-row.ts'
import { DEAD_LETTERS } from '../../src/projections/tables.ts'
import { untilHandled } from '../worlds/processes-groups.ts'
import { until } from '../worlds/processes-until.ts'
import { compare, type Fault } from './ledger.ts'
import type { Amount } from './load.ts'
import { FLOW, flowOf } from './moments.ts'
import { allScenarios, type Scenario, type Struck, shortScenarios } from './scenarios.ts'
import { openWorld, type World } from './world.ts'

export interface CrashPlan {
  readonly seed: number
  readonly scenarios: readonly Scenario[]
  /** How often all of them are gone through. */
  readonly rounds: number
  /** What is made for each kill. */
  readonly amount: Amount
}

/** About a minute, for every `npm test`. */
export const shortPlan = (seed: number): CrashPlan => ({
  seed,
  scenarios: shortScenarios,
  rounds: 1,
  amount: { orders: 20, stocks: 80 },
})

/** Every scenario `rounds` times, over that many orders and stock changes in all. */
export function longPlan(seed: number, rounds: number, total: Amount): CrashPlan {
  const strikes = rounds * allScenarios.length
  const amount = { orders: Math.ceil(total.orders / strikes), stocks: Math.ceil(total.stocks / strikes) }
  return { seed, scenarios: allScenarios, rounds, amount }
}

export interface CrashRow {
  readonly scenario: string
  readonly kills: number
  /** Kills that are known to have hit the moment they were meant for. */
  readonly inside: number
  /** Orders and stock changes made meanwhile. */
  readonly events: number
  readonly lost: number
  readonly doubled: number
  readonly stale: number
}

/** What a world came to once it was left alone. */
export interface Outcome {
  readonly faults: readonly Fault[]
  /** Anything else that should not have been: dead letters, processes that ended by themselves. */
  readonly surprises: readonly string[]
}

export interface CrashResult extends Outcome {
  readonly rows: readonly CrashRow[]
}

/** For what a dead worker may have sent last, a delivery looks at its target again after four minutes: until then nothing moves. */
const STILL_MS = 330_000
const MOST_SHOWN = 20

/**
 * A run that breaks off tells what is known so far, and why it did. What its processes printed is kept where anything was
 * wrong.
 */
export async function runCrashes(
  services: Readonly<Record<string, string>>,
  plan: CrashPlan,
  log: (line: string) => void,
): Promise<CrashResult> {
  const world = await openWorld(services, plan.seed)
  const struck = new Map(plan.scenarios.map(({ name }) => [name, { kills: 0, inside: 0 }]))
  const resultOf = (outcome: Outcome): CrashResult => {
    const wrong = outcome.faults.length + outcome.surprises.length
    if (wrong > 0) log(`what the processes printed is kept in ${world.keepLogs()}`)
    return { rows: plan.scenarios.map(({ name }) => rowOf(world, name, struck.get(name), outcome.faults)), ...outcome }
  }
  try {
    await strikeAll(world, plan, struck, log)
    return resultOf(await conclude(world, log))
  } catch (error) {
    log(world.fleet.outputs())
    const faults = await compare(world.simulators, world.api).catch(() => [])
    const brokenOff = `the run broke off: ${error instanceof Error ? error.message : String(error)}`
    return resultOf({ faults, surprises: [brokenOff, ...world.fleet.surprises] })
  } finally {
    await world.close()
  }
}

async function strikeAll(
  world: World,
  { rounds, scenarios, amount }: CrashPlan,
  struck: Map<string, Struck>,
  log: (line: string) => void,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    for (const scenario of world.random.sample(scenarios, scenarios.length)) {
      const began = performance.now()
      const { kills, inside } = await scenario.strike(world, amount)
      const sum = struck.get(scenario.name) ?? { kills: 0, inside: 0 }
      struck.set(scenario.name, { kills: sum.kills + kills, inside: sum.inside + inside })
      log(`${scenario.name}: ${inside === kills ? 'hit' : 'beside'} (${Math.round(performance.now() - began)} ms)`)
    }
  }
}

/** Throws with all that was wrong, the gravest first. */
export function assertNothingWrong({ faults, surprises }: Outcome): void {
  const wrong = [...surprises, ...faults.map(({ what, entity, detail }) => `${what}: ${entity}: ${detail}`)]
  if (wrong.length > 0) throw new Error(wrong.slice(0, MOST_SHOWN).join('\n'))
}

/** Waits until everything has arrived, compares both ends, and ends the processes. */
export async function conclude(world: World, log: (line: string) => void): Promise<Outcome> {
  const faults = await settle(world, log)
  const surprises = [...(await deadLetters(world)), ...world.fleet.surprises]
  const ends = await world.fleet.end()
  for (const { role, code } of ends) if (code !== 0) surprises.push(`${role} ended with ${code} on SIGTERM`)
  return { faults, surprises }
}

/** Waits until both ends agree or nothing moves any more, then until every stage has nothing left, and compares again. */
async function settle(world: World, log: (line: string) => void): Promise<readonly Fault[]> {
  const began = performance.now()
  let left: readonly Fault[] = []
  const agree = async () => {
    left = await compare(world.simulators, world.api)
    return left.length === 0
  }
  const progress = async () => [left, await flowOf(world)]
  await until('both ends agree', agree, { withinMs: STILL_MS, progress }).catch((error: unknown) => log(String(error)))
  for (const [stage, topic] of FLOW) await untilHandled(world.installation.platform, stage, [topic], STILL_MS)
  log(`caught up after ${Math.round(performance.now() - began)} ms`)
  return await compare(world.simulators, world.api)
}

async function deadLetters({ installation }: World): Promise<string[]> {
  const rows: DeadLetterRow[] = []
  for await (const items of installation.platform.tables.scan(DEAD_LETTERS)) {
    rows.push(...items.map((item) => item as unknown as DeadLetterRow))
  }
  return rows.map(({ stage, key, code, message }) => `dead letter of ${stage}: ${key}: ${code}: ${message}`)
}

function rowOf(
  { load }: World,
  scenario: string,
  struck: { readonly kills: number; readonly inside: number } | undefined,
  faults: readonly Fault[],
): CrashRow {
  const own = faults.filter(({ entity }) => (load.scenarioOf.get(entity) ?? scenario) === scenario)
  const count = (what: Fault['what']) => own.filter((fault) => fault.what === what).length
  return {
    scenario,
    ...(struck ?? { kills: 0, inside: 0 }),
    events: load.events.get(scenario) ?? 0,
    lost: count('lost'),
    doubled: count('doubled'),
    stale: count('stale'),
  }
}

/** The rows as people read them, with their sums. */
export function tableOf(rows: readonly CrashRow[]): string {
  const names = ['scenario', 'kills', 'inside', 'events', 'lost', 'doubled', 'stale'] as const
  const sum = (name: Exclude<(typeof names)[number], 'scenario'>) => rows.reduce((total, row) => total + row[name], 0)
  const [, ...numbers] = names
  const total = Object.fromEntries(numbers.map((name) => [name, sum(name)]))
  const cells = [...rows, { scenario: 'all', ...total } as CrashRow].map((row) =>
    names.map((name) => String(row[name])),
  )
  const widths = names.map((name, at) => Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ')
  return [line(names), ...cells.map(line)].join('\n')
}
