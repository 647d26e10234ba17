import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../../../scripts/sum-results.mjs', import.meta.url))
const PASSED = { status: 'passed', fullName: 'it works', failureMessages: [] }
const FAILED = { status: 'failed', fullName: 'it adds up', failureMessages: ['expected 1 to be 2\n    at line 3'] }
const GOOD = { numPassedTests: 3, numPendingTests: 1, numTodoTests: 0, testResults: [] }
const CHECKED = { passed: 4, failed: 0 }

/** Runs the script on these reports; one that is left out is not written. */
function sum({
  tests,
  testExit = 0,
  checks,
  checkExit = 0,
  longTests,
  stray,
  printed,
}: {
  readonly tests?: object
  readonly testExit?: number
  readonly checks?: object
  readonly checkExit?: number
  readonly longTests?: object
  readonly stray?: object
  readonly printed?: string
}) {
  const folder = mkdtempSync(join(tmpdir(), 'waldstream-sum-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [testFile, checkFile] = [join(folder, 'tests.json'), join(folder, 'checks.json')]
  if (tests) writeFileSync(testFile, JSON.stringify(tests))
  if (checks) writeFileSync(checkFile, JSON.stringify(checks))
  if (stray) writeFileSync(`${testFile}.stray.json`, JSON.stringify(stray))
  if (printed) writeFileSync(`${testFile}.out`, printed)
  const longFile = join(folder, 'long.json')
  if (longTests) writeFileSync(longFile, JSON.stringify(longTests))
  const long = longTests ? [longFile, '0'] : []
  const args = [SCRIPT, testFile, String(testExit), ...long, checkFile, String(checkExit)]
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return { lines: stdout.trimEnd().split('\n'), status }
}

test('tests and checks are summed, and skipped ones are told', () => {
  expect(sum({ tests: GOOD, checks: CHECKED })).toEqual({ lines: ['7 passed, 0 failed, 1 skipped'], status: 0 })
  expect(sum({ tests: GOOD, longTests: GOOD, checks: CHECKED }).lines).toEqual(['10 passed, 0 failed, 2 skipped'])
  const none = { ...GOOD, numPendingTests: 0 }
  expect(sum({ tests: none, checks: CHECKED }).lines).toEqual(['7 passed, 0 failed'])
})

test('failed tests, files that broke as a whole and failed checks are named and counted', () => {
  const testResults = [
    { name: 'a.test.ts', status: 'failed', message: '', assertionResults: [PASSED, FAILED] },
    { name: 'b.test.ts', status: 'failed', message: 'Cannot find module x\nstack', assertionResults: [] },
  ]
  const { lines, status } = sum({
    tests: { ...GOOD, testResults },
    testExit: 1,
    checks: { passed: 3, failed: 1 },
    checkExit: 1,
  })
  expect(lines).toEqual([
    'FAILED it adds up',
    '    expected 1 to be 2',
    'FAILED b.test.ts',
    '    Cannot find module x',
    '    stack',
    '6 passed, 3 failed, 1 skipped',
  ])
  expect(status).toBe(1)
})

test('of a long failure the begin and the end are shown, without the stack', () => {
  const output = Array.from({ length: 60 }, (_, index) => `line ${index}`).join('\n')
  const failed = { ...FAILED, failureMessages: [`AssertionError: ${output}\n    at test.ts:1:2`] }
  const testResults = [{ name: 'a.test.ts', status: 'failed', message: '', assertionResults: [failed] }]
  const { lines } = sum({ tests: { ...GOOD, testResults }, checks: CHECKED })
  expect(lines[1]).toBe('    AssertionError: line 0')
  expect(lines[5]).toBe('    … 24 lines …')
  expect(lines.at(-2)).toBe('    line 59')
  expect(lines).toHaveLength(39)
})

test('no test executed, a missing report and an exit code without a failure each fail the run', () => {
  const none = { ...GOOD, numPassedTests: 0 }
  expect(sum({ tests: none, checks: CHECKED }).lines).toEqual([
    'FAILED no test was executed',
    '4 passed, 1 failed, 1 skipped',
  ])
  expect(sum({ checks: CHECKED, testExit: 1 })).toMatchObject({ status: 1 })
  expect(sum({ tests: GOOD })).toEqual({
    lines: ['FAILED the checks left no report', '3 passed, 1 failed, 1 skipped'],
    status: 1,
  })
  expect(sum({ tests: GOOD, testExit: 1, checks: CHECKED }).lines[0]).toBe(
    'FAILED the run of tests ended with exit code 1',
  )
})

test('what was thrown outside any test is named with its place, and is what the exit code stood for', () => {
  const stray = [{ message: 'Error: gone\n    at late (a.ts:1:2)', file: '/a.test.ts' }]
  expect(sum({ tests: GOOD, testExit: 1, checks: CHECKED, stray }).lines).toEqual([
    'FAILED outside any test, during /a.test.ts',
    '    Error: gone',
    '        at late (a.ts:1:2)',
    '7 passed, 1 failed, 1 skipped',
  ])
})

test('where nothing else says why a run failed, the end of what it printed does', () => {
  const printed = 'all passed\nerror during teardown: a server went on\n'
  expect(sum({ tests: GOOD, testExit: 1, checks: CHECKED, printed }).lines).toEqual([
    'FAILED the run of tests ended with exit code 1',
    '    all passed',
    '    error during teardown: a server went on',
    '7 passed, 1 failed, 1 skipped',
  ])
})
