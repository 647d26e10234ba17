import { processEnvironment } from '../config.ts'
import { loadForTests } from '../configuration/load-configuration.ts'
import { StreamError } from '../errors.ts'
import { type Difference, type MappingTestResult, runMappingTest } from '../operations/run-mapping-test.ts'
import { systemTypes } from '../systems/systems.ts'
import type { Given } from './command.ts'
import type { test } from './commands/test.ts'
import { withProgress } from './progress.ts'

export async function testCommand({ dir: folder, json }: Given<typeof test>): Promise<void> {
  const { configuration, tests } = await loadForTests(folder, processEnvironment(), systemTypes)
  const results: MappingTestResult[] = []
  await withProgress('running mapping tests', json, async (report) => {
    for (const [index, one] of tests.entries()) {
      report(`${index} of ${tests.length}`)
      results.push(await runMappingTest(one, configuration))
    }
  })
  const failed = results.filter(({ passed }) => !passed).length
  const counts = { passed: results.length - failed, failed }
  console.log(json ? JSON.stringify({ ...counts, results }) : textOf(results, counts))
  if (failed === 0) return
  throw new StreamError('mapping_failed', `${failed} of ${results.length} mapping tests failed`)
}

function textOf(results: readonly MappingTestResult[], { passed, failed }: { passed: number; failed: number }): string {
  const lines = results.flatMap(({ name, place, passed: ok, differences }) =>
    ok ? [`ok    ${name}`] : [`FAILED ${name} (${place})`, ...differences.flatMap(differenceLines)],
  )
  return [...lines, `${passed} passed, ${failed} failed`].join('\n')
}

/** Differences like a diff: expected values, then actual values. */
function differenceLines({ field, expected, actual }: Difference): string[] {
  const line = (sign: string, value: unknown) =>
    value === null ? [] : [`    ${sign} ${field}: ${JSON.stringify(value)}`]
  return [...line('-', expected), ...line('+', actual)]
}
