/**
 * Runs a task of package.json in a fresh clone as in an old one: installs what is missing, then hands over to the Node
 * that the project names. Plain JavaScript without dependencies, for Node 20 and later. Standard output is the task's
 * alone: what is told from here goes to standard error.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
// What came with a Node later than 16 is taken from `fs`: an older one has to come as far as the sentence that refuses it.
import fs, {
  accessSync,
  existsSync,
  constants as fsConstants,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MODULES = join(ROOT, 'node_modules')
const STAMP = join(MODULES, '.waldstream-installed')
/** The package that has the Node of this machine as it is, pinned by its digest in the lock file; `node` is of installations before. */
const NODE_PACKAGES = [`node-${process.platform}-${process.arch}`, 'node']
/** The control tower: its sources, and where the API finds it. */
const PAGE = join(ROOT, 'web')
const BUILT_PAGE = join(PAGE, 'dist')
/** What the package has of the sources: `npm pack` compiles them. */
const COMPILED = join(ROOT, 'dist')
/** What the page is built from besides. */
const SHARED_WITH_PAGE = ['src/api/csv-text.ts', 'src/platform/bounded.ts']
const OLDEST_NODE = 20
/** What the packages take on the disk. */
const PACKAGES_BYTES = 700 * 1024 * 1024
/** Runs the project's sources as they are; where there is no package of it for this machine. */
const OWN_NODE = 24
/** Warnings about packages that want a newer Node than the one that installs them are no news: it is on its way. */
const QUIET_NPM = { ...process.env, npm_config_loglevel: 'error' }

/** What a task does, and how long the first time takes: told before it is silent for a while. */
const ABOUT = {
  start:
    'npm start runs Kafka, a schema registry, DynamoDB, simulated shops and ERPs, and all of waldstream on this machine.\n' +
    'The first time it installs packages and servers: two to five minutes. Later starts take half a minute.\n',
  test: 'npm test installs packages and servers the first time: two to five minutes. The tests then take about ten.\n',
}

const vite = (...args) => [join(MODULES, 'vite', 'bin', 'vite.js'), ...args, '--config', join(PAGE, 'vite.config.ts')]
const vitest = (...args) => [join(MODULES, 'vitest', 'vitest.mjs'), 'run', ...args]
const projects = (...names) => vitest(...names.flatMap((name) => ['--project', name]))

/** Task → arguments of Node, without those given after the task's name. */
const TASKS = {
  start: () => ['demo/start.ts'],
  page: () => vite('build'),
  services: () => ['services/main.ts'],
  waldstream: () => ['src/cli/main.ts'],
  package: () => [join(MODULES, 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.package.json'],
  test: () => vitest('--project=!long', ...reporters(process.env.WALDSTREAM_TEST_REPORT)),
  'test:unit': () => projects('unit', 'property', 'contract'),
  'test:matrix': () => [...projects('matrix'), '--reporter=default', '--reporter=./test/matrix/matrix-reporter.ts'],
  'test:browser': () => projects('browser'),
  'test:integration': () => projects('integration'),
  'test:simulation': () => ['test/simulation/main.ts'],
  'test:crash': () => ['test/crash/main.ts'],
  'test:fuzz': () => ['test/fuzz/main.ts'],
  'test:long': () => [...projects('long'), ...reporters(process.env.WALDSTREAM_TEST_REPORT)],
  bench: () => ['bench/main.ts'],
  check: () => ['scripts/check.ts'],
  specs: () => ['scripts/fetch-specs.ts'],
  screenshots: () => ['scripts/screenshots.ts'],
  lighthouse: () => ['scripts/lighthouse.ts'],
  generate: () => ['scripts/generate.ts'],
  format: () => [join(MODULES, '@biomejs', 'biome', 'bin', 'biome'), 'check', '--write', '.'],
}

function reporters(report) {
  const printed = ['--reporter=default', '--reporter=./test/runner/times-reporter.ts']
  if (!report) return printed
  const kept = ['--reporter=json', `--outputFile.json=${report}`, '--reporter=./test/runner/stray-errors-reporter.ts']
  return [...printed, ...kept]
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** True when npm's own note of what it installed has every package that the lock file wants, in its version. */
function isInstalled(lock) {
  const note = join(MODULES, '.package-lock.json')
  if (!existsSync(note)) return false
  const installed = readJson(note).packages
  return Object.entries(lock.packages).every(([path, wanted]) => {
    return path === '' || wanted.optional || installed[path]?.version === wanted.version
  })
}

/** The Node that the packages bring; undefined: none for this machine. */
function packagedNode() {
  return NODE_PACKAGES.map((name) => join(MODULES, name, 'bin', 'node')).find(existsSync)
}

/** Whether a Node that the lock file has for this machine is not there. */
function lacksNode(lock) {
  return lock.packages[`node_modules/${NODE_PACKAGES[0]}`] !== undefined && packagedNode() === undefined
}

function npm(args) {
  const script = process.env.npm_execpath
  const [command, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []]
  const { status, error } = spawnSync(command, [...first, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    env: QUIET_NPM,
  })
  if (status !== 0) fail(`npm ${args[0]} failed${error ? `: ${error.message}` : ''}. Its messages are above.`)
}

/** In one sentence what would make npm fail in many. */
function assertWritable(bytes) {
  try {
    accessSync(ROOT, fsConstants.W_OK)
  } catch (error) {
    const why = error.code === 'EROFS' ? 'its disk is read-only' : 'this user may not'
    fail(
      `${ROOT} can't be written (${why}), and the packages are to be installed in it: use a clone in another folder.`,
    )
  }
  const { bavail, bsize } = fs.statfsSync(ROOT)
  const free = bavail * bsize
  if (free >= bytes) return
  const [left, needed] = [free, bytes].map((size) => Math.ceil(size / 1024 / 1024))
  fail(`the disk of ${ROOT} has ${left} MB left, and the packages need ${needed}: free some space on it.`)
}

function installModules(task) {
  const text = readFileSync(join(ROOT, 'package-lock.json'), 'utf8')
  const digest = createHash('sha256').update(text).digest('hex')
  const lock = JSON.parse(text)
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest && !lacksNode(lock)) return
  assertWritable(isInstalled(lock) ? 1 : PACKAGES_BYTES)
  if (!isInstalled(lock) || lacksNode(lock)) {
    process.stderr.write(`${ABOUT[task] ?? ''}installing the packages of package-lock.json\n`)
    npm(['ci', '--include=dev', '--no-audit', '--no-fund'])
  }
  writeFileSync(STAMP, digest)
}

/** The packages' Node, or the one that runs this where it is new enough. */
function projectNode() {
  const packaged = packagedNode()
  if (packaged !== undefined) return packaged
  if (Number(process.versions.node.split('.')[0]) >= OWN_NODE) return process.execPath
  const { platform, arch, versions } = process
  return fail(
    `there is no package with Node ${OWN_NODE} for ${platform} ${arch}, and this is ${versions.node}: install Node ${OWN_NODE} and run this with it.`,
  )
}

/** What the page is built from: a digest of its sources and of the packages. */
function pageDigest() {
  const sources = readdirSync(PAGE, { recursive: true })
    .filter((path) => !path.startsWith('dist') && statSync(join(PAGE, path)).isFile())
    .toSorted()
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')))
  for (const path of sources) hash.update(`${path}\n`).update(readFileSync(join(PAGE, path)))
  for (const path of SHARED_WITH_PAGE) hash.update(`${path}\n`).update(readFileSync(join(ROOT, path)))
  return hash.digest('hex')
}

/**
 * Builds the control tower where its sources are others than it was built from. It is built aside and put in its place
 * whole. Without it the API does all it did: a page that can't be built is told, and holds nothing up.
 */
function buildPage() {
  const stamp = join(BUILT_PAGE, '.built-from')
  const digest = pageDigest()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  process.stderr.write('building the control tower\n')
  const aside = join(MODULES, '.cache', `waldstream-page-${process.pid}`)
  const { status } = spawnSync(projectNode(), vite('build', '--outDir', aside, '--emptyOutDir', '--logLevel', 'warn'), {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) {
    process.stderr.write(
      'the control tower could not be built; its messages are above, and the API goes on without it\n',
    )
    return
  }
  writeFileSync(join(aside, '.built-from'), digest)
  putInPlace(aside)
}

/** Of two that build at once the later one counts: both have built the same. */
function putInPlace(aside) {
  const old = `${aside}-old`
  if (existsSync(BUILT_PAGE)) renameSync(BUILT_PAGE, old)
  renameSync(aside, BUILT_PAGE)
  rmSync(old, { recursive: true, force: true })
}

/** Forwards signals once: Ctrl-C reaches the task by the terminal itself, and npm and we would only repeat it. */
function forwardSignals(child) {
  let last = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const fromTerminal = signal === 'SIGINT' && process.stdin.isTTY
      const repeated = Date.now() - last < 1000
      last = Date.now()
      if (!fromTerminal && !repeated) child.kill(signal)
    })
  }
}

/** Who would be left alone: npm, which is our parent or, where the system tells, the parent of the shell that is. */
function npmAbove() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8')
    const isShell = /\((sh|dash|bash|zsh)\)/.test(stat)
    return isShell ? `${process.ppid} of ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}` : `${process.ppid}`
  } catch {
    return `${process.ppid}`
  }
}

/** npm that is killed says nothing to us: those above us are then others, and the task has nobody left. */
function endWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return
  const first = npmAbove()
  const timer = setInterval(() => {
    if (npmAbove() === first) return
    clearInterval(timer)
    child.kill('SIGTERM')
  }, 500)
  timer.unref()
}

function run(task, args) {
  const path = [join(MODULES, '.bin'), process.env.PATH].join(delimiter)
  const node = projectNode()
  const child = spawn(node, [...TASKS[task](), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  })
  forwardSignals(child)
  endWithNpm(child)
  child.once('error', (error) => fail(`${node} does not run: ${error.message}`))
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

const [task, ...args] = process.argv.slice(2)
if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  fail(`Node ${OLDEST_NODE} or later is needed to start; this is ${process.versions.node}.`)
}
if (!Object.hasOwn(TASKS, task ?? '')) {
  process.stderr.write(`unknown task "${task ?? ''}"; there are: ${Object.keys(TASKS).join(', ')}\n`)
  process.exit(2)
}
installModules(task)
if (['start', 'package'].includes(task) || (task === 'waldstream' && args[0] === 'run')) buildPage()
// What is no longer a source is not to be found compiled.
if (task === 'package') rmSync(COMPILED, { recursive: true, force: true })
run(task, args)
