/**
 * Runs every static check to its end, prints the output of failed ones, and sums them up. Exits with 1 if one fails.
 * With WALDSTREAM_CHECK_REPORT set, writes the counts to that file as JSON.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SCHEMA_CHECK = 'scripts/check-schemas.ts'

interface Check {
  readonly name: string
  readonly command: readonly [string, ...string[]]
}

const CHECKS: readonly Check[] = [
  { name: 'format and lint (biome)', command: ['biome', 'ci', '--colors=off', '.'] },
  { name: 'types (tsc)', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'types of the page (tsc)', command: ['tsc', '-p', 'web/tsconfig.json'] },
  { name: 'unused code (knip)', command: ['knip'] },
  { name: 'English of the documentation (harper)', command: ['node', 'scripts/check-prose.ts'] },
  { name: 'generated files', command: ['node', 'scripts/generate.ts', '--check'] },
  ...(existsSync(`${ROOT}/${SCHEMA_CHECK}`)
    ? [{ name: 'schemas against their earlier versions', command: ['node', SCHEMA_CHECK] } as const]
    : []),
]

function passes({ name, command: [program, ...args] }: Check): boolean {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  })
  const passed = status === 0
  console.log(`${passed ? '✓' : '✗'} ${name}`)
  if (!passed) console.log([error?.message, stdout, stderr].filter(Boolean).join('\n').trimEnd())
  return passed
}

const passed = CHECKS.filter(passes).length
const failed = CHECKS.length - passed
const report = process.env['WALDSTREAM_CHECK_REPORT']
if (report) writeFileSync(report, JSON.stringify({ passed, failed }))
console.log(`checks: ${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
