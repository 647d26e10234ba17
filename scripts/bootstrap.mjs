/**
 * Runs a task of package.json, in a fresh clone as well as in an old one: installs what is missing, then runs the task
 * with the Node version that the project names. Plain JavaScript without dependencies, for Node 20 and later. Standard
 * output belongs to the task alone: messages from here go to standard error.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
// Functions newer than Node 16 are accessed through `fs`: an older Node must get as far as the message that refuses it.
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
/**
 * The package with this machine's Node, pinned by its digest in the lock file; `node` is from earlier installations.
 */
const NODE_PACKAGES = [`node-${process.platform}-${process.arch}`, 'node']
/** The control tower: its sources, and where the API finds the built page. */
const PAGE = join(ROOT, 'web')
const BUILT_PAGE = join(PAGE, 'dist')
/** Compiled sources of the package: `npm pack` makes them. */
const COMPILED = join(ROOT, 'dist')
/** Other sources that the page is built from. */
const SHARED_WITH_PAGE = ['src/api/csv-text.ts', 'src/platform/bounded.ts']
const OLDEST_NODE = 20
/** Disk space of the packages. */
const PACKAGES_BYTES = 700 * 1024 * 1024
/** Runs the project's sources directly; used if there is no Node package for this machine. */
const OWN_NODE = 24
/** Hides npm's warnings about packages that need a newer Node: it is being installed. */
const QUIET_NPM = { ...process.env, npm_config_loglevel: 'error' }

/** What a task does and how long its first run takes, printed before it is silent for a while. */
const ABOUT = {
  start:
    'npm start runs Kafka, a schema registry, DynamoDB, simulated shops and ERPs, and all of waldstream on this machine.\n' +
    'The first time it installs packages and servers: two to five minutes. Later starts take half a minute.\n',
  test: 'npm test installs packages and servers the first time: two to five minutes. The tests then take about ten.\n',
}

/** What a task does, printed when nothing has to be installed: its first own line comes seconds later. */
const AT_ONCE = {
  start:
    'npm start: starting Kafka, a schema registry, DynamoDB, simulated shops and ERPs, and waldstream. This takes about half a minute.\n',
}

const vite = (...args) => [join(MODULES, 'vite', 'bin', 'vite.js'), ...args, '--config', join(PAGE, 'vite.config.ts')]
const vitest = (...args) => [join(MODULES, 'vitest', 'vitest.mjs'), 'run', ...args]
const projects = (...names) => vitest(...names.flatMap((name) => ['--project', name]))

/** Task → arguments of Node, without those after the task's name. */
const TASKS = {
  start: () => ['demo/start.ts'],
  page: () => vite('build'),
  services: () => ['services/main.ts'],
  waldstream: () => ['src/cli/main.ts'],
  package: () => [join(MODULES, 'typescript', 'bin', 'tsc'), '-b', 'tsconfig.package.json', 'tsconfig.client.json'],
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

/** True if npm's own record of installed packages has every package of the lock file in its version. */
function isInstalled(lock) {
  const note = join(MODULES, '.package-lock.json')
  if (!existsSync(note)) return false
  const installed = readJson(note).packages
  return Object.entries(lock.packages).every(([path, wanted]) => {
    return path === '' || wanted.optional || installed[path]?.version === wanted.version
  })
}

/** The Node from the packages; undefined: none for this machine. */
function packagedNode() {
  return NODE_PACKAGES.map((name) => join(MODULES, name, 'bin', 'node')).find(existsSync)
}

/** Whether a Node package of the lock file for this machine is missing. */
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

/** Explains in one sentence why npm would fail. */
function assertWritable(bytes) {
  try {
    accessSync(ROOT, fsConstants.W_OK)
  } catch (error) {
    const why = error.code === 'EROFS' ? 'its disk is read-only' : 'no permission'
    fail(
      `${ROOT} can't be written (${why}), and the packages have to be installed there: use a clone in another folder.`,
    )
  }
  const { bavail, bsize } = fs.statfsSync(ROOT)
  const free = bavail * bsize
  if (free >= bytes) return
  const [left, needed] = [free, bytes].map((size) => Math.ceil(size / 1024 / 1024))
  fail(`the disk of ${ROOT} has ${left} MB left, and the packages need ${needed}: free some space on it.`)
}

/** Whether the packages had to be installed. */
function installModules(task) {
  const text = readFileSync(join(ROOT, 'package-lock.json'), 'utf8')
  const digest = createHash('sha256').update(text).digest('hex')
  const lock = JSON.parse(text)
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest && !lacksNode(lock)) return false
  assertWritable(isInstalled(lock) ? 1 : PACKAGES_BYTES)
  if (!isInstalled(lock) || lacksNode(lock)) {
    process.stderr.write(`${ABOUT[task] ?? ''}installing the packages of package-lock.json\n`)
    npm(['ci', '--include=dev', '--no-audit', '--no-fund'])
  }
  writeFileSync(STAMP, digest)
  return true
}

/** The packages' Node, or the current one if it is new enough. */
function projectNode() {
  const packaged = packagedNode()
  if (packaged !== undefined) return packaged
  if (Number(process.versions.node.split('.')[0]) >= OWN_NODE) return process.execPath
  const { platform, arch, versions } = process
  return fail(
    `there is no package with Node ${OWN_NODE} for ${platform} ${arch}, and this is ${versions.node}: install Node ${OWN_NODE} and run this with it.`,
  )
}

/** Digest of everything that the page is built from: its sources and the packages. */
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
 * Builds the control tower if its sources have changed since the last build. It is built in another folder and moved
 * into place. The API works without it: a page that can't be built is reported, and stops nothing.
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
    process.stderr.write('could not build the control tower (messages above); the API runs without it\n')
    return
  }
  writeFileSync(join(aside, '.built-from'), digest)
  putInPlace(aside)
}

/** If two processes build at once the later one wins: both have built the same. */
function putInPlace(aside) {
  const old = `${aside}-old`
  if (existsSync(BUILT_PAGE)) renameSync(BUILT_PAGE, old)
  renameSync(aside, BUILT_PAGE)
  rmSync(old, { recursive: true, force: true })
}

/**
 * Forwards signals once: Ctrl-C already reaches the task through the terminal, and npm and this process would only
 * repeat it.
 */
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

/** The process to watch: npm, which is our parent or, if the system tells, the parent of the shell that is. */
function npmAbove() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8')
    const isShell = /\((sh|dash|bash|zsh)\)/.test(stat)
    return isShell ? `${process.ppid} of ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}` : `${process.ppid}`
  } catch {
    return `${process.ppid}`
  }
}

/** A killed npm sends no signal: our ancestors change then, and the task must be ended. */
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
const isInstalledNow = installModules(task)
if (!isInstalledNow && !args.includes('--help')) process.stderr.write(AT_ONCE[task] ?? '')
if (['start', 'package'].includes(task) || (task === 'waldstream' && args[0] === 'run')) buildPage()
// Removes compiled files whose sources no longer exist.
if (task === 'package') rmSync(COMPILED, { recursive: true, force: true })
run(task, args)
