import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { FileOrder } from './test/runner/file-order.ts'

const LONG = 'test/**/*.long.test.ts'

/** Enough to keep two cores busy while some of the files wait for servers; more help on larger machines alone. */
const FILES_AT_ONCE = Math.max(4, availableParallelism())

/** Each starts several processes itself, and waits for them for half of its time. */
const LONG_FILES_AT_ONCE = 2

/**
 * Waits of proofs on servers end when nothing moves any more, and say what they waited for: this is for what hangs without
 * a wait of ours.
 */
const PROOF_MS = 2_700_000

/**
 * How long a test may take is how long it takes on a machine that has ten times as much to do: nothing is proven by a
 * tight limit, and one that hangs is found by a loose one too.
 */
const project = (name: string, extra: object) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    exclude: [LONG],
    setupFiles: ['test/runner/property-seed.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 240_000 } },
    maxWorkers: FILES_AT_ONCE,
    ...extra,
  },
})

/** Files that need no server share a worker and what it has imported: they keep nothing in modules or in the process. */
const inMemory = { isolate: false }

/** Each file has topics and tables of a prefix of its own, on one set of servers for all projects of the run. */
const SERVERS = 'test/worlds/backing-services.ts'
const onServers = { hookTimeout: 300_000, globalSetup: [SERVERS] }
const PAGE = ['test/worlds/built-page.ts', 'test/worlds/shared-browser.ts']

/** The kinds of tests, by folder; `long` are those that `npm test` leaves out. */
export default defineConfig({
  test: {
    maxWorkers: FILES_AT_ONCE,
    // Messages show whole values: the summary of CI has nothing else.
    chaiConfig: { truncateThreshold: 0 },
    sequence: { sequencer: FileOrder },
    // Programs that tests start find what is compiled already, as the workers do.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'waldstream-tests') },
    projects: [
      project('unit', inMemory),
      project('property', inMemory),
      project('contract', inMemory),
      project('matrix', inMemory),
      project('simulation', { testTimeout: 600_000 }),
      project('browser', { testTimeout: 600_000, globalSetup: PAGE, ...inMemory }),
      project('integration', { testTimeout: 600_000, ...onServers, globalSetup: [SERVERS, ...PAGE] }),
      project('crash', { testTimeout: PROOF_MS, ...onServers }),
      project('long', {
        ...onServers,
        include: [LONG],
        exclude: [],
        testTimeout: PROOF_MS,
        maxWorkers: LONG_FILES_AT_ONCE,
        globalSetup: [SERVERS, ...PAGE],
      }),
    ],
  },
})
