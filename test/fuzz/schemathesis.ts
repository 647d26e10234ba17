import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT } from '../worlds/processes.ts'

const WANTED = join(ROOT, 'test', 'fuzz', 'requirements.txt')
const FOLDER = join(ROOT, '.waldstream', 'fuzz')
const STAMP = join(FOLDER, 'installed')

/** Runs a program, with its output on ours; resolves with its exit code. Rejects when it can't be run at all. */
async function run(program: string, args: readonly string[]): Promise<number> {
  // What schemathesis keeps of its runs goes there too.
  mkdirSync(FOLDER, { recursive: true })
  const child = spawn(program, args, { cwd: FOLDER, stdio: ['ignore', 2, 2] })
  const stop = () => void child.kill()
  process.once('exit', stop)
  return await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      process.removeListener('exit', stop)
      resolve(code ?? 1)
    })
  })
}

/** The path of schemathesis, installed in the versions of requirements.txt; or why it is not there. */
export async function installSchemathesis(): Promise<{ readonly program: string } | { readonly missing: string }> {
  const program = join(FOLDER, 'bin', 'schemathesis')
  const digest = createHash('sha256').update(readFileSync(WANTED)).digest('hex')
  if (existsSync(program) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest) return { program }
  const python = await run('python3', ['-c', 'import sys, venv; sys.exit(sys.version_info < (3, 10))']).catch(() => 127)
  if (python !== 0) return { missing: 'schemathesis needs python3 3.10 or later, with its module venv: install them' }
  const made = await run('python3', ['-m', 'venv', '--clear', FOLDER])
  if (made !== 0) return { missing: `python3 -m venv ${FOLDER} failed: on Debian, install python3-venv` }
  const pip = join(FOLDER, 'bin', 'pip')
  const installed = await run(pip, ['install', '--quiet', '--disable-pip-version-check', '-r', WANTED])
  if (installed !== 0) return { missing: `pip could not install ${WANTED}: is PyPI, or a mirror of it, within reach?` }
  writeFileSync(STAMP, digest)
  return { program }
}

export interface FuzzOptions {
  readonly api: string
  readonly token: string
  readonly seed: number
  /** Cases of each operation beside those that are derived from its schema. */
  readonly examples: number
  /** Where the report goes. */
  readonly report: string
}

/** What came of it: as schemathesis reports it, as far as it is read. */
export interface FuzzReport {
  readonly complete: boolean
  readonly operations: { readonly total: number; readonly tested: number; readonly errored: number }
  readonly test_cases: { readonly generated: number; readonly unique_failures: number; readonly errored: number }
}

const CONFIG = fileURLToPath(new URL('schemathesis.toml', import.meta.url))

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'unsupported_method',
  'allow_header_conformance',
  'ignored_auth',
  'negative_data_rejection',
]

/** Sends every operation what its schema allows, and what it does not. */
export async function fuzz(program: string, options: FuzzOptions): Promise<FuzzReport> {
  const { api, token, seed, examples, report } = options
  await run(program, [
    ...[
      '--no-color',
      '--config-file',
      CONFIG,
      'run',
      `${api}/openapi.json`,
      '--header',
      `Authorization: Bearer ${token}`,
    ],
    ...['--checks', CHECKS.join(','), '--phases', 'examples,coverage,fuzzing', '--max-examples', String(examples)],
    ...['--seed', String(seed), '--continue-on-failure', '--no-shrink', '--suppress-health-check', 'all'],
    ...['--warnings', 'off', '--report', 'json', '--report-json-path', report],
  ])
  return JSON.parse(readFileSync(report, 'utf8')) as FuzzReport
}
