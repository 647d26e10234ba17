// Every command took 2.3 s of processor time before it began: help imported what the commands need.
import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

const ROOT = new URL('../../../', import.meta.url)

/** Writes the address of each module that is loaded to standard error. */
const LISTING = `data:text/javascript,
import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { process.stderr.write(url + '\\n'); return next(url, context) } })`

function loadedBy(...args: readonly string[]) {
  const options = ['--import', LISTING.replaceAll('\n', ' '), 'src/cli/main.ts', ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, options, { cwd: ROOT, encoding: 'utf8' })
  const files = stderr.split('\n').filter((line) => line.startsWith('file:'))
  return { status, stdout, files: files.map((url) => url.slice(ROOT.href.length)) }
}

/** What help may need besides the declarations of the commands: small modules that import nothing more. */
const LIGHT =
  /^(node_modules\/commander\/|src\/cli\/|src\/errors\.ts|src\/configuration\/unknown-name\.ts|src\/operations\/product-version\.ts|src\/platform\/escaped-controls\.ts)/

it.each([
  ['--help'],
  ['help', 'keys'],
  ['sync', '--help'],
  ['keys', 'create', '--help'],
  ['complete', '--', 'keys', ''],
])('%s %s imports no module that a command needs to run', (...args) => {
  const { status, stdout, files } = loadedBy(...args)
  expect({ status, isSaid: stdout.length > 0 }).toEqual({ status: 0, isSaid: true })
  expect(files.length).toBeGreaterThan(10)
  expect(files.filter((file) => !LIGHT.test(file))).toEqual([])
  const handlers = files.filter((file) => /^src\/cli\/(sync|keys|arguments|open-operations|platform)\.ts/.test(file))
  expect(handlers).toEqual([])
})
