// Processes of the previous release and of this one in the same groups, over the same topics and tables; and back again.
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, it, onTestFinished } from 'vitest'
import { createRandom } from '../../../simulators/harness/random.ts'
import type { Role } from '../../../src/cli/roles.ts'
import { compare } from '../../crash/ledger.ts'
import { Load } from '../../crash/load.ts'
import { anySecrets } from '../../data/any-secrets.ts'
import { loopback } from '../../data/loopback.ts'
import { brisk } from '../../worlds/brisk.ts'
import { runCommand } from '../../worlds/command.ts'
import { ROOT, type RunningProcess, startProgram } from '../../worlds/processes.ts'
import { membersOf } from '../../worlds/processes-groups.ts'
import { RUNNING } from '../../worlds/processes-roles.ts'
import { startSimulators } from '../../worlds/processes-simulators.ts'
import { inStep, until } from '../../worlds/processes-until.ts'
import { checkOutPreviousRelease, hasPreviousRelease, PREVIOUS_RELEASE } from './previous-release.ts'

type Environment = Readonly<Record<string, string>>

const SEED = 20_261_130
const AMOUNT = { orders: 12, stocks: 40 }
/** For what a worker may have sent last, a delivery looks at its target again after four minutes: until then nothing moves. */
const STILL_MS = 330_000
const OUTPUT_SHOWN = 2_000
/** In the order in which docs/how-to/upgrading.md replaces them, each with a group and a topic of it. */
const ROLES = [
  ['processor', 'route-orders', 'orders'],
  ['projector', 'project-inventory', 'universal-inventory'],
  ['producer', null, null],
  ['api', null, null],
] as const satisfies readonly (readonly [Role, string | null, string | null])[]

const isThere = await hasPreviousRelease()
if (!isThere) {
  console.warn(`the history of this clone has no ${PREVIOUS_RELEASE.commit}: the upgrade from it is not tested`)
}

/** One process for each role, of whichever version. */
class Processes {
  readonly #env: Environment
  readonly #members = new Map<Role, RunningProcess>()
  readonly #told = new Set<RunningProcess>()
  readonly surprises: string[] = []
  api = ''

  constructor(env: Environment) {
    this.#env = env
  }

  /** Starts a process of the role from the checkout; the one before stays until `end`. */
  async start(role: Role, folder: string, name: string): Promise<RunningProcess> {
    const shared = role === 'processor' || role === 'projector' ? ['--workers', '1'] : []
    const args = ['src/cli/main.ts', 'run', '--role', role, ...shared]
    const started = await startProgram({ name: `${name} ${role}`, args, env: this.#env, folder })
    onTestFinished(() => started.signal('SIGKILL'))
    void started.exited.then(({ code, signal }) => {
      if (this.#told.has(started)) return
      this.surprises.push(`${started.name} ended with ${signal ?? code}: ${started.output().slice(-OUTPUT_SHOWN)}`)
    })
    const { api } = JSON.parse(await started.line(RUNNING)) as { readonly api?: string }
    if (role === 'api') this.api = api ?? ''
    return started
  }

  async end(process: RunningProcess | undefined): Promise<void> {
    if (process === undefined) return
    this.#told.add(process)
    process.signal('SIGTERM')
    const { code } = await process.exited
    if (code !== 0) this.surprises.push(`${process.name} ended with ${code}: ${process.output().slice(-OUTPUT_SHOWN)}`)
  }

  /** As a deployment does it: the new one has started before the old one ends, and both are members meanwhile. */
  async replace(role: Role, folder: string, name: string, together: () => Promise<void>): Promise<void> {
    const before = this.#members.get(role)
    const started = await this.start(role, folder, name)
    this.#members.set(role, started)
    if (before !== undefined) await together()
    await this.end(before)
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#members.values()].map((process) => this.end(process)))
  }

  outputs(): string {
    return [...this.#members].map(([role, one]) => `--- ${role}\n${one.output().slice(-OUTPUT_SHOWN)}`).join('\n')
  }
}

async function briskDemo(release: string, folder: string): Promise<string> {
  const demo = join(release, 'config', 'demo')
  await mkdir(folder, { recursive: true })
  for (const file of await readdir(demo)) {
    await writeFile(join(folder, file), brisk(await readFile(join(demo, file), 'utf8')))
  }
  return folder
}

async function openDeadLetters(api: string): Promise<readonly unknown[]> {
  const answer = await fetch(`${api}/v1/dead-letters`)
  const { items } = (await answer.json()) as { readonly items: readonly unknown[] }
  return items
}

it.skipIf(!isThere)(
  'a rolling upgrade from the previous release, and the way back, lose and double nothing',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'waldstream-upgrade-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const old = join(folder, 'release')
    await checkOutPreviousRelease(old)
    const simulators = await startSimulators(join(folder, 'simulators'), SEED, 0)
    onTestFinished(() => simulators.stop())
    const services = inject('services')
    const prefix = `upgrade-${randomUUID().slice(0, 8)}.`
    const env: Environment = {
      ...anySecrets,
      ...loopback,
      ...services,
      ...simulators.env,
      TOPIC_PREFIX: prefix,
      TABLE_PREFIX: prefix,
      TOPIC_PARTITIONS: '3',
      FEED_SETTLE_MS: '1000',
      RUN_LEASE_MS: '4000',
      API_PORT: '0',
      METRICS_PORT: '0',
      LOG_LEVEL: 'info',
    }
    const processes = new Processes(env)
    const load = new Load(simulators, createRandom(SEED, 'upgrade'))
    await load.prepare()
    const step = async (name: string, does: () => Promise<void>) => {
      const began = performance.now()
      await inStep(name, does, () => [...processes.surprises, processes.outputs()].join('\n'))
      console.log(`${name}: ${Math.round((performance.now() - began) / 1000)} s`)
    }
    /** Both ends agree, and nothing failed on the way. */
    const settle = async () => {
      let faults: Awaited<ReturnType<typeof compare>> = []
      const agree = async () => {
        faults = await compare(simulators, processes.api)
        return faults.length === 0
      }
      await until('both ends agree', agree, { withinMs: STILL_MS, progress: () => faults })
      expect(await openDeadLetters(processes.api)).toEqual([])
      expect(processes.surprises).toEqual([])
    }
    const replaceAll = async (release: string, name: string, order: readonly (typeof ROLES)[number][] = ROLES) => {
      for (const [role, group, topic] of order) {
        await step(`${name}: ${role}`, async () => {
          const loading = load.make(`${name} ${role}`, AMOUNT)
          await processes.replace(role, release, name, async () => {
            if (group === null || topic === null) return
            const brokers = services['KAFKA_BROKERS'] ?? ''
            const members = () => membersOf(brokers, prefix + group, prefix + topic)
            await until('both versions are in one group', async () => (await members()).size === 2)
            await load.make(`${name} ${role} together`, AMOUNT)
          })
          await loading
        })
      }
    }

    await step('the previous release is configured', async () => {
      const applied = await runCommand(['apply', await briskDemo(old, join(folder, 'config'))], env, old)
      expect(applied.code, applied.output).toBe(0)
    })
    await replaceAll(old, 'previous release')
    await step('the previous release settles', settle)
    await replaceAll(ROOT, 'upgrade')
    await step('the upgrade settles', settle)
    const unreadable = await runCommand(['rows', 'list', '--json'], env)
    expect(JSON.parse(unreadable.printed)).toEqual({ items: [] })
    await replaceAll(old, 'way back', ROLES.toReversed())
    await step('the way back settles', settle)
    await replaceAll(ROOT, 'upgrade once more')
    await step('the second upgrade settles', settle)
    await processes.endAll()
    expect(processes.surprises).toEqual([])
  },
)
