import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type Comparison, compare } from './compare.ts'
import { measureExpressions } from './expressions.ts'
import { measureFiles } from './files.ts'
import { measureHostile } from './hostile.ts'
import { isJob, type Job } from './jobs/job.ts'
import { measurePersons } from './persons.ts'
import { comparisonTable, peersTable, soakText } from './report.ts'
import { routePeers, routers } from './route-peers.ts'
import { type BenchServers, openServers } from './servers.ts'
import { soak } from './soak.ts'
import { quickTable, wholeTable } from './table/run-table.ts'

/** How many events a job has unless it is told. */
const EVENTS: Readonly<Record<Job, number>> = { route: 50_000, map: 50_000, project: 10_000 }

const ROUNDS = 5
const PEER_EVENTS = 100_000
const SOAK_EVENTS = 1_000_000
const ALONE_EVENTS = 10_000

/** What is measured in this process alone. */
const withoutServers: Readonly<Record<string, (count: number, rounds: number, profile?: string) => Promise<string>>> = {
  expressions: measureExpressions,
  files: measureFiles,
  hostile: measureHostile,
  persons: measurePersons,
}

const USAGE = `npm run bench -- [--quick [--keep]] [--only GROUP,…] [--events N] [--rounds N] [--seed N]
npm run bench -- route|map|project … [--events N] [--rounds N] [--seed N] [--json] [--profile FOLDER]
npm run bench -- peers [--events N] [--rounds N] [--seed N] [--profile FOLDER]
npm run bench -- soak [--events N] [--seed N] [--json]
npm run bench -- expressions|persons [--events N] [--rounds N]
npm run bench -- files [--events N] [--rounds N] [--profile FOLDER]
npm run bench -- hostile`

function wholeNumber(name: string, text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`--${name} ${text}: a whole number above 0 is needed\n${USAGE}`)
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      events: { type: 'string' },
      rounds: { type: 'string' },
      seed: { type: 'string', default: '42' },
      quick: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  })
  const meetsPeers = positionals.length === 1 && positionals[0] === 'peers'
  const soaks = positionals.length === 1 && positionals[0] === 'soak'
  const alone = positionals.length === 1 ? withoutServers[positionals[0] ?? ''] : undefined
  const unknown = positionals.find((name) => !isJob(name) && !soaks && !meetsPeers && alone === undefined)
  if (unknown !== undefined) throw new Error(`there is no job ${unknown}\n${USAGE}`)
  return {
    soaks,
    meetsPeers,
    alone,
    showsTable: positionals.length === 0,
    quick: values.quick,
    keep: values.keep,
    only: values.only?.split(','),
    jobs: positionals.filter(isJob),
    events: values.events === undefined ? null : wholeNumber('events', values.events),
    rounds: values.rounds === undefined ? undefined : wholeNumber('rounds', values.rounds),
    seed: wholeNumber('seed', values.seed),
    json: values.json,
    profile: values.profile,
  }
}

/** The report, as it is to be printed. */
async function run(
  servers: BenchServers,
  chosen: ReturnType<typeof readArguments>,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const { seed, profile, rounds = ROUNDS } = chosen
  if (chosen.showsTable) {
    const { rounds, events, only } = chosen
    const options = { seed, rounds, only, events: events ?? undefined, log, signal }
    return chosen.quick ? await quickTable(servers, options, chosen.keep) : await wholeTable(servers, options)
  }
  if (chosen.soaks) {
    const report = await soak(servers, { seed, events: chosen.events ?? SOAK_EVENTS, log, signal })
    return chosen.json ? JSON.stringify({ soak: report }, null, 2) : soakText(report)
  }
  if (chosen.meetsPeers) {
    const events = chosen.events ?? PEER_EVENTS
    const options = { seed, rounds, profile, events, routers, workers: availableParallelism(), log, signal }
    return peersTable(await routePeers(servers, options))
  }
  const comparisons: Comparison[] = []
  for (const job of chosen.jobs) {
    const events = chosen.events ?? EVENTS[job]
    // What one job writes is another's input: each has topics of its own, on the same servers.
    const own = await openServers(log, signal, servers.env)
    try {
      comparisons.push(await compare(own, job, { seed, rounds, profile, events, log, signal }))
    } finally {
      await own.close()
    }
  }
  return chosen.json ? JSON.stringify({ comparisons }, null, 2) : comparisonTable(comparisons)
}

async function main(): Promise<void> {
  const chosen = readArguments()
  if (chosen.alone !== undefined)
    return console.log(await chosen.alone(chosen.events ?? ALONE_EVENTS, chosen.rounds ?? ROUNDS, chosen.profile))
  const log = (line: string) => console.error(line)
  const ending = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort(new Error(signal)))
  const servers = await openServers(log, ending.signal)
  try {
    log(servers.how)
    console.log(await run(servers, chosen, log, ending.signal))
  } finally {
    await servers.close()
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
