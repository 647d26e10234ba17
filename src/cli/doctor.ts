import { type Config, configFromEnvironment } from '../config.ts'
import { StreamError, toStreamError } from '../errors.ts'
import { examine } from '../operations/doctor/examine.ts'
import { type Finding, fail } from '../operations/doctor/finding.ts'
import { commandUser, readArguments } from './arguments.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream doctor [dir] [--timeout SECONDS] [--json]

  Checks that everything configured works: brokers, topics, schemas, tables, the credentials and clocks of every system.
  Nothing is changed, and nothing is made that is missing. The systems are those of the tables, or of a folder. Each line
  is ok, warn or fail, with the fix; exit code 1 when any failed.
  --timeout  for each check, 15 seconds by default`

export async function doctorCommand(args: readonly string[]): Promise<void> {
  const options = {
    timeout: { type: 'string', default: '15' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [folder, ...more] = positionals
  if (more.length > 0) throw new UsageError('doctor takes one folder at most', USAGE)
  const seconds = Number(values.timeout)
  if (!(seconds > 0 && seconds <= 300)) {
    throw new UsageError(`--timeout must be a number above 0, at most 300, not "${values.timeout}"`, USAGE)
  }
  const findings = await findingsOf(folder ?? null, seconds * 1000)
  const failed = findings.filter(({ level }) => level === 'fail').length
  const shown = findings.map((finding) => ({ ...finding, what: textOf(finding) }))
  if (values.json) console.log(JSON.stringify({ findings: shown, failed }))
  else for (const { level, name, what } of shown) console.log(`${level.padEnd(4)} ${name}: ${what}`)
  if (failed > 0)
    throw new StreamError('configuration_invalid', `${failed} of ${findings.length} findings are failures`)
}

/** What is so, and what to do. */
function textOf({ what, fix }: Finding): string {
  return fix === null ? what : `${what}; ${fix}`
}

/** An environment that can't be read is a finding too: one that leaves nothing else to look at. */
async function findingsOf(folder: string | null, limitMs: number): Promise<readonly Finding[]> {
  let config: Config
  try {
    config = configFromEnvironment()
  } catch (error) {
    return [fail('environment', toStreamError(error).message)]
  }
  return await examine(config, commandUser(), { folder, limitMs })
}
