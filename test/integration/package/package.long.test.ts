import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest'
import { ROOT, startProgram } from '../../worlds/processes.ts'
import { membersOf } from '../../worlds/processes-groups.ts'
import { install, RUNNING } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'

const run = promisify(execFile)
/** Installing it fetches what it depends on. */
const WITHIN_MS = 600_000

let folder: string
let program: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waldstream-package-'))
  await run('npm', ['pack', '--pack-destination', folder], { cwd: ROOT })
  const [file = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'a-shop', private: true }))
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', `./${file}`], { cwd: folder })
  program = join(folder, 'node_modules', 'waldstream', 'bin', 'waldstream.mjs')
}, WITHIN_MS)
afterAll(() => rm(folder, { recursive: true, force: true }))

const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  startProgram({ name: args.join(' '), args: [program, ...args], env, folder })

async function outcome(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const started = await start(args, { ...env, LOG_LEVEL: 'silent' })
  const { code } = await started.exited
  return { code, text: started.output().trim() }
}

it('has the program, the schemas, the page, and the documents and examples that its texts name, and nothing else', async () => {
  const installed = join(folder, 'node_modules', 'waldstream')
  const names = await readdir(installed)
  expect(names.toSorted()).toEqual(
    [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin',
      'config',
      'dist',
      'docs',
      'package.json',
      'schemas',
      'web',
    ].toSorted(),
  )
  expect(await readdir(join(installed, 'web'))).toEqual(['dist'])
  const files = await readdir(installed, { recursive: true })
  expect(files.filter((name) => /(?<!\.d)\.tsx?$|\.test\./.test(name))).toEqual([])
})

it('exports the kit that follows feeds, with its types', async () => {
  const source = `import { FileStore, followFeed, type FeedRow } from 'waldstream/client'
    const store: FileStore = new FileStore('feed')
    const rows: readonly FeedRow[] = store.rows()
    console.log(typeof followFeed, rows.length)`
  await writeFile(join(folder, 'shop.mts'), source)
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--types', 'node', '--typeRoots']
  const checks = [
    join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'),
    ...options,
    join(ROOT, 'node_modules', '@types'),
  ]
  await run(process.execPath, [...checks, 'shop.mts'], { cwd: folder })
  expect((await run(process.execPath, ['shop.mts'], { cwd: folder })).stdout).toBe('function 0\n')
})

it('is a command that npx finds', async () => {
  const { stdout } = await run('npx', ['waldstream', '--version'], { cwd: folder })
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  expect(stdout.trim()).toBe(version)
  expect((await run('npx', ['waldstream', '--help'], { cwd: folder })).stdout).toMatch(/^Usage: waldstream <command>/)
})

it('runs the mapping tests of a folder, with expressions in their threads', async () => {
  const { env, close } = await install('package-tests', inject('services'))
  onTestFinished(() => close())
  expect(await outcome(['test', join(ROOT, 'config', 'demo')], env)).toMatchObject({
    code: 0,
    text: expect.stringMatching(/passed/),
  })
})

it('runs against services: applies a folder, serves the page, and ends when it is told to', async () => {
  const { env, close } = await install('package-run', inject('services'), { API_PORT: '0' })
  onTestFinished(() => close())
  expect(await outcome(['apply', join(ROOT, 'config', 'demo')], env)).toMatchObject({ code: 0 })
  const all = await start(['run', '--role', 'all'], env)
  onTestFinished(async () => {
    all.signal('SIGKILL')
    await all.exited
  })
  const { api } = JSON.parse(await all.line(RUNNING)) as { api: string }
  const page = await fetch(api, { headers: { accept: 'text/html' } })
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<title>Waldstream</title>')])
  expect(await outcome(['reads', 'list', '--json'], env)).toMatchObject({ code: 0 })
  all.signal('SIGTERM')
  expect(await all.exited).toEqual({ code: 0, signal: null })
})

it('runs a role with workers, which are the program once more', async () => {
  const { env, close } = await install('package-workers', inject('services'))
  onTestFinished(() => close())
  const processor = await start(['run', '--role', 'processor', '--workers', '2'], env)
  onTestFinished(async () => {
    processor.signal('SIGKILL')
    await processor.exited
  })
  const group = `${env['TOPIC_PREFIX']}route-orders`
  const members = () => membersOf(env['KAFKA_BROKERS'] ?? '', group, `${env['TOPIC_PREFIX']}orders`)
  await until('2 members', async () => ((await members()).size === 2 ? true : undefined))
  processor.signal('SIGTERM')
  expect(await processor.exited).toEqual({ code: 0, signal: null })
})
