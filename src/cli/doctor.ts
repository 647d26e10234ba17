import { type Config, configFromEnvironment } from '../config.ts'
import { StreamError, toStreamError } from '../errors.ts'
import { examine } from '../operations/doctor/examine.ts'
import { type Finding, fail } from '../operations/doctor/finding.ts'
import { commandUser } from './arguments.ts'
import type { Given } from './command.ts'
import type { doctor } from './commands/doctor.ts'
import { withProgress } from './progress.ts'
import { UsageError } from './usage-error.ts'

export async function doctorCommand({ dir, timeout = '15', json }: Given<typeof doctor>): Promise<void> {
  const seconds = Number(timeout)
  if (!(seconds > 0 && seconds <= 300)) {
    throw new UsageError(`--timeout must be a number above 0, at most 300, not "${timeout}"`)
  }
  const findings = await withProgress('checking', json, () => findingsOf(dir ?? null, seconds * 1000))
  const failed = findings.filter(({ level }) => level === 'fail').length
  const shown = findings.map((finding) => ({ ...finding, what: textOf(finding) }))
  if (json) console.log(JSON.stringify({ findings: shown, failed }))
  else for (const { level, name, what } of shown) console.log(`${level.padEnd(4)} ${name}: ${what}`)
  if (failed > 0)
    throw new StreamError('configuration_invalid', `${failed} of ${findings.length} findings are failures`)
}

function textOf({ what, fix }: Finding): string {
  return fix === null ? what : `${what}; ${fix}`
}

/** Findings of all checks; an invalid environment is the only finding, because no check can run without it. */
async function findingsOf(folder: string | null, limitMs: number): Promise<readonly Finding[]> {
  let config: Config
  try {
    config = configFromEnvironment()
  } catch (error) {
    return [fail('environment', toStreamError(error).message)]
  }
  return await examine(config, commandUser(), { folder, limitMs })
}
