import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom, type Random } from '../../simulators/harness/random.ts'
import { brisk } from '../worlds/brisk.ts'
import { type Installation, install, RUNNING } from '../worlds/processes-roles.ts'
import { type Simulators, startSimulators } from '../worlds/processes-simulators.ts'
import { catalogFile } from '../worlds/sources.ts'
import { Fleet, type Member } from './fleet.ts'
import { Load } from './load.ts'

/** Everything a scenario works with. */
export interface World {
  readonly installation: Installation
  readonly simulators: Simulators
  readonly fleet: Fleet
  readonly load: Load
  readonly random: Random
  /** Address of the API, which is never killed. */
  readonly api: string
  /** Of the port of metrics of the same process. */
  readonly metrics: string
  /** The folder with what each process printed, which is deleted with the world unless this was asked for. */
  keepLogs(): string
  close(): Promise<void>
}

/** The shortest that brokers allow, so that a dead member's partitions move on soon. */
const SESSION_MS = 6_000
const LEASE_MS = 4_000
const ANY_PORT = { API_PORT: '0', METRICS_PORT: '0' }

const EACH_ROLE: readonly Member[] = ['producer', 'processor', 'projector', 'api']

/** Simulators, topics and tables of its own, and one process of each role; or of `members`, of which the last has the API. */
export async function openWorld(
  services: Readonly<Record<string, string>>,
  seed: number,
  members: readonly Member[] = EACH_ROLE,
): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-crash-'))
  const logs = await mkdtemp(join(tmpdir(), 'waldstream-crash-logs-'))
  let keepsLogs = false
  const keepLogs = () => {
    keepsLogs = true
    return logs
  }
  const removeLogs = async () => {
    if (!keepsLogs) await rm(logs, { recursive: true, force: true })
  }
  const closers: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true }), removeLogs]
  const close = async () => {
    for (let step = closers.pop(); step !== undefined; step = closers.pop()) await step()
  }
  try {
    // With a small catalog, a read would be over before it could be killed.
    const simulators = await startSimulators(folder, seed, 0, catalogFile)
    closers.push(() => simulators.stop())
    const timing = { KAFKA_SESSION_TIMEOUT_MS: String(SESSION_MS), RUN_LEASE_MS: String(LEASE_MS), ...ANY_PORT }
    const installation = await install('crash', services, { ...simulators.env, ...timing }, brisk)
    closers.push(() => installation.close())
    const random = createRandom(seed, 'crash')
    const fleet = new Fleet({ ...installation.env, LOG_LEVEL: 'info' }, logs)
    closers.push(() => fleet.end())
    const started = await Promise.all(members.map((role) => fleet.start(role)))
    const lines = await Promise.all(started.map((member) => member.line(RUNNING)))
    const { api, metrics } = JSON.parse(lines.at(-1) ?? '{}') as { readonly api: string; readonly metrics: string }
    const load = new Load(simulators, random)
    await load.prepare()
    return { installation, simulators, fleet, load, random, api, metrics, keepLogs, close }
  } catch (error) {
    keepLogs()
    await close()
    throw error
  }
}
