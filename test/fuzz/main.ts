/**
 * `npm run test:fuzz [-- --seed N] [--examples N] [--feeds N]`: reads image feeds that were mutated, so many of each dialect, and
 * sees that each row is read, refused or reported. Then schemathesis reads the OpenAPI document of a running API, on real
 * servers, and sends every operation what it allows and what it does not. Exit code 0 when there was no 5xx, and no status,
 * content type or body that the document does not have; 3 when schemathesis can't be had. With WALDSTREAM_TEST_REPORT the counts go into that file.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startServices } from '../../services/start.ts'
import { install, RUNNING, startRole } from '../worlds/processes-roles.ts'
import { fuzzFeeds } from './feeds.ts'
import { type FuzzReport, fuzz, installSchemathesis } from './schemathesis.ts'

const TOKEN = 'fuzz'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    examples: { type: 'string', default: '8' },
    feeds: { type: 'string', default: '20000' },
  },
})
// What it started ends with this process; a signal alone would leave it behind.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.once(signal, () => process.exit(code))

/** In the form of the other runs' reports. */
async function writeCounts(passed: number, failed: number): Promise<void> {
  const file = process.env['WALDSTREAM_TEST_REPORT']
  if (file === undefined) return
  const testResults =
    failed === 0
      ? []
      : [{ name: 'fuzz', status: 'failed', message: `${failed} findings; see above`, assertionResults: [] }]
  const counts = { numPassedTests: passed, numPendingTests: 0, numTodoTests: 0, testResults }
  await writeFile(file, JSON.stringify(counts))
}

async function fuzzApi(program: string, folder: string): Promise<FuzzReport> {
  const log = (line: string) => console.error(line)
  const services = await startServices({ dataDir: folder, env: process.env, inMemory: true, log })
  try {
    const { env, close } = await install('fuzz', services.env)
    const more = {
      API_PORT: '0',
      API_TOKEN: TOKEN,
      API_REQUESTS_PER_MINUTE: '1000000',
      API_REFUSALS_PER_MINUTE: '1000000',
    }
    const role = await startRole('api', { ...env, ...more, LOG_LEVEL: 'info' })
    try {
      const { api } = JSON.parse(await role.line(RUNNING)) as { api: string }
      const options = {
        seed: Number(values.seed),
        examples: Number(values.examples),
        report: join(folder, 'report.json'),
      }
      const report = await fuzz(program, { api, token: TOKEN, ...options })
      for (const line of role
        .printed()
        .split('\n')
        .filter((one) => one.includes('"request failed"')))
        console.error(line)
      return report
    } finally {
      role.signal('SIGTERM')
      await role.exited
      await close()
    }
  } finally {
    await services.stop()
  }
}

const { feeds, findings: lost } = await fuzzFeeds({ seed: Number(values.seed), count: Number(values.feeds) })
for (const finding of lost) console.error(finding)
console.log(`${feeds} feeds, ${lost.length} findings (seed ${values.seed})`)

const installed = await installSchemathesis()
if (lost.length > 0) {
  await writeCounts(feeds - lost.length, lost.length)
  process.exitCode = 1
} else if ('missing' in installed) {
  console.error(`the API is not fuzzed: ${installed.missing}`)
  process.exitCode = 3
} else {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-fuzz-'))
  try {
    const { complete, operations, test_cases: cases } = await fuzzApi(installed.program, folder)
    const findings = cases.unique_failures + cases.errored + operations.errored + (complete ? 0 : 1)
    console.log(
      `${operations.tested} of ${operations.total} operations, ${cases.generated} requests, ${findings} findings (seed ${values.seed})`,
    )
    await writeCounts(operations.tested, findings)
    process.exitCode = findings === 0 ? 0 : 1
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
