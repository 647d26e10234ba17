/**
 * `npm run test:crash [-- --long] [--seed N] [--rounds N] [--only TEXT]`: kills processes at work and compares both ends
 * afterwards. `--only` takes the scenarios whose name has the text; those with a vendor's files are `files`. Exit code 0 when nothing is wrong.
 */
import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startServices } from '../../services/start.ts'
import { launchSftpServer, noSftpServer } from '../worlds/sftp-server.ts'
import { longFilePlan, runFileCrashes, shortFilePlan } from './file-crashes.ts'
import { assertNothingWrong, longPlan, runCrashes, shortPlan, tableOf } from './run-crashes.ts'
import { allScenarios } from './scenarios.ts'

const ROUNDS = 4
const TOTAL = { orders: 5_000, stocks: 20_000 }

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(randomInt(1_000_000)) },
    rounds: { type: 'string', default: String(ROUNDS) },
    only: { type: 'string', default: '' },
  },
})
const seed = Number(values.seed)
// The roles end with this process; a signal alone would leave them behind.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.once(signal, () => process.exit(code))

/** A vendor's files on a server that ends with this process. */
async function crashFiles(): Promise<void> {
  const server = await launchSftpServer()
  try {
    const plan = values.long ? longFilePlan(seed, Number(values.rounds)) : shortFilePlan(seed)
    const { kills, inside, problems } = await runFileCrashes(services.env, server, plan, (line) => console.error(line))
    console.log(`files: ${kills} kills, ${inside} inside, ${problems.length} problems`)
    if (problems.length > 0) throw new Error(problems.join('\n'))
  } finally {
    await server.stop()
  }
}

const dataDir = await mkdtemp(join(tmpdir(), 'waldstream-crash-services-'))
const services = await startServices({ dataDir, env: process.env, inMemory: true, log: (line) => console.error(line) })
try {
  console.error(`seed ${seed}: again with --seed ${seed}`)
  const whole = values.long ? longPlan(seed, Number(values.rounds), TOTAL) : shortPlan(seed)
  const chosen = allScenarios.filter(({ name }) => name.includes(values.only))
  const plan = values.only === '' ? whole : { ...whole, scenarios: chosen, rounds: Number(values.rounds) }
  if (plan.scenarios.length > 0) {
    const result = await runCrashes(services.env, plan, (line) => console.error(line))
    console.log(tableOf(result.rows))
    assertNothingWrong(result)
  }
  if (noSftpServer !== null) console.error(`files: skipped: ${noSftpServer}`)
  else if ('files'.includes(values.only)) await crashFiles()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await services.stop()
  await rm(dataDir, { recursive: true, force: true })
}
