/**
 * Sums the reports of the test runs and of the checks, lists failures, and ends with a plain line of counts. A missing
 * report counts as one failure, and so does a run that executed no test. Errors outside any test, which
 * `test/runner/stray-errors-reporter.ts` stores next to the report, count as one failure each. Usage: sum-results.mjs
 * (<test report> <exit code>)… <check report> <exit code>
 */
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

const NOTHING = { passed: 0, failed: 0, skipped: 0, failures: [] }

function read(file, what) {
  if (!existsSync(file)) return { missing: { ...NOTHING, failed: 1, failures: [`${what} left no report`] } }
  return { content: JSON.parse(readFileSync(file, 'utf8')) }
}

const STACK = /^\s+at /
const FIRST = 4
const LAST = 32
const LONGEST = 400

/** A failure's message without its stack: for program output, its beginning and end. */
function excerpt(message) {
  const said = message.split('\n').filter((line) => line.trim() !== '' && !STACK.test(line))
  const left = said.length - FIRST - LAST
  const shown = left <= 1 ? said : [...said.slice(0, FIRST), `… ${left} lines …`, ...said.slice(-LAST)]
  return shown.map((line) => `    ${line.slice(0, LONGEST)}`).join('\n')
}

/** Files that fail as a whole (a broken import, a failed hook) contain no failed test: each counts as one failure. */
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
      ...failedTests.map((test) => `${test.fullName}\n${excerpt(test.failureMessages[0] ?? '')}`),
      ...brokenFiles.map((file) => `${file.name}\n${excerpt(file.message)}`),
    ],
  }
}

/**
 * A process that fails although everything it counted passed has failed outside of it: the end of its output says more.
 */
function withExit(sum, exitCode, what, printed) {
  if (exitCode === 0 || sum.failed > 0) return sum
  const end = printed !== undefined && existsSync(printed) ? `\n${excerpt(readFileSync(printed, 'utf8'))}` : ''
  return { ...sum, failed: 1, failures: [`${what} ended with exit code ${exitCode}${end}`] }
}

/** Errors thrown outside any test, stored next to the report of the run. */
function strayErrors(report) {
  const file = `${report}.stray.json`
  const found = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
  return found.map(({ message, file: during }) => {
    const lines = message.split('\n').slice(0, LAST)
    return `outside any test, during ${during ?? 'the run'}\n${lines.map((line) => `    ${line}`).join('\n')}`
  })
}

function tests(file, exitCode) {
  const what = `the run of ${basename(file, '.json')}`
  const { content, missing } = read(file, what)
  if (missing) return missing
  const [counted, stray] = [sumTests(content), strayErrors(file)]
  const failures = [...counted.failures, ...stray]
  const sum = withExit({ ...counted, failed: counted.failed + stray.length, failures }, exitCode, what, `${file}.out`)
  if (sum.passed + sum.failed > 0) return sum
  return { ...sum, failed: 1, failures: ['no test was executed'] }
}

function checks(file, exitCode) {
  const { content, missing } = read(file, 'the checks')
  if (missing) return missing
  return withExit({ ...NOTHING, ...content, failures: [] }, exitCode, 'the checks')
}

/** The line that every run ends with. */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** The whole summary: failures and counts. `runs`: report and exit code of each; the last is that of the checks. */
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
