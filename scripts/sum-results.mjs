/**
 * Sums the reports of the test runs and of the checks, names what failed, and ends with the plain line of the counts.
 * A report that is missing counts as one failure, and so does a run in which no test was executed.
 * Usage: sum-results.mjs (<test report> <exit code>)… <check report> <exit code>
 */
import { existsSync, readFileSync } from 'node:fs'

const NOTHING = { passed: 0, failed: 0, skipped: 0, failures: [] }

function read(file, what) {
  if (!existsSync(file)) return { missing: { ...NOTHING, failed: 1, failures: [`${what} left no report`] } }
  return { content: JSON.parse(readFileSync(file, 'utf8')) }
}

/** Files that fail as a whole (a broken import, a failed hook) hold no failed test: each counts as one. */
export function sumTests(content) {
  const failedTests = content.testResults.flatMap((file) =>
    file.assertionResults.filter((test) => test.status === 'failed'),
  )
  const brokenFiles = content.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
  return {
    passed: content.numPassedTests,
    failed: failedTests.length + brokenFiles.length,
    skipped: content.numPendingTests + content.numTodoTests,
    failures: [
      ...failedTests.map((test) => `${test.fullName}\n    ${(test.failureMessages[0] ?? '').split('\n')[0]}`),
      ...brokenFiles.map((file) => `${file.name}\n    ${file.message.split('\n')[0]}`),
    ],
  }
}

/** A process that fails though all it counted passed has failed at something it did not count. */
function withExit(sum, exitCode, what) {
  if (exitCode === 0 || sum.failed > 0) return sum
  return { ...sum, failed: 1, failures: [`${what} ended with exit code ${exitCode}`] }
}

function tests(file, exitCode) {
  const { content, missing } = read(file, 'the tests')
  if (missing) return missing
  const sum = withExit(sumTests(content), exitCode, 'the tests')
  if (sum.passed + sum.failed > 0) return sum
  return { ...sum, failed: 1, failures: ['no test was executed'] }
}

function checks(file, exitCode) {
  const { content, missing } = read(file, 'the checks')
  if (missing) return missing
  return withExit({ ...NOTHING, ...content, failures: [] }, exitCode, 'the checks')
}

/** The line every run ends with. */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** All of it: what failed, and the counts. `runs`: report and exit code of each; the last is the checks'. */
export function summarize(runs) {
  const parts = runs.map(([report, exit], at) => (at === runs.length - 1 ? checks(report, exit) : tests(report, exit)))
  const total = (count) => parts.reduce((sum, part) => sum + part[count], 0)
  return {
    passed: total('passed'),
    failed: total('failed'),
    skipped: total('skipped'),
    failures: parts.flatMap((part) => part.failures),
  }
}

if (import.meta.main ?? process.argv[1]?.endsWith('sum-results.mjs')) {
  const args = process.argv.slice(2)
  const sum = summarize(args.flatMap((report, at) => (at % 2 === 0 ? [[report, Number(args[at + 1])]] : [])))
  for (const failure of sum.failures) console.log(`FAILED ${failure}`)
  console.log(closingLine(sum))
  process.exitCode = sum.failed === 0 ? 0 : 1
}
