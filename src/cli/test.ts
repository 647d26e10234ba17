import { processEnvironment } from '../config.ts'
import { loadForTests } from '../configuration/load-configuration.ts'
import { StreamError } from '../errors.ts'
import { type Difference, type MappingTestResult, runMappingTest } from '../operations/run-mapping-test.ts'
import { systemTypes } from '../systems/systems.ts'
import { readArguments } from './arguments.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream test <dir> [--json]

  Checks a folder of configuration and runs its mapping tests (documents "kind: mapping-test"). Prints what differs, field
  by field. Exit code 1 when one fails.`

export async function testCommand(args: readonly string[]): Promise<void> {
  const options = {
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [folder, ...more] = positionals
  if (folder === undefined || more.length > 0) throw new UsageError('test takes one folder', USAGE)
  const { configuration, tests } = await loadForTests(folder, processEnvironment(), systemTypes)
  const results: MappingTestResult[] = []
  for (const test of tests) results.push(await runMappingTest(test, configuration))
  const failed = results.filter(({ passed }) => !passed).length
  const counts = { passed: results.length - failed, failed }
  console.log(values.json ? JSON.stringify({ ...counts, results }) : textOf(results, counts))
  if (failed === 0) return
  throw new StreamError('mapping_failed', `${failed} of ${results.length} mapping tests failed`)
}

function textOf(results: readonly MappingTestResult[], { passed, failed }: { passed: number; failed: number }): string {
  const lines = results.flatMap(({ name, place, passed: ok, differences }) =>
    ok ? [`ok    ${name}`] : [`FAILED ${name} (${place})`, ...differences.flatMap(differenceLines)],
  )
  return [...lines, `${passed} passed, ${failed} failed`].join('\n')
}

/** As a diff has it: what was expected, then what came. */
function differenceLines({ field, expected, actual }: Difference): string[] {
  const line = (sign: string, value: unknown) =>
    value === null ? [] : [`    ${sign} ${field}: ${JSON.stringify(value)}`]
  return [...line('-', expected), ...line('+', actual)]
}
