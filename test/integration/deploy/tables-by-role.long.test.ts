// deploy/terraform/roles.json has the tables that each role may use: what they do with DynamoDB is held to it.
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, it, onTestFinished } from 'vitest'
import { createRandom } from '../../../simulators/harness/random.ts'
import type { Role } from '../../../src/cli/roles.ts'
import { compare } from '../../crash/ledger.ts'
import { Load } from '../../crash/load.ts'
import { brisk } from '../../worlds/brisk.ts'
import { install, RUNNING, startRole } from '../../worlds/processes-roles.ts'
import { startSimulators } from '../../worlds/processes-simulators.ts'
import { until } from '../../worlds/processes-until.ts'
import { type Exchange, startRecordingProxy } from '../../worlds/recording-proxy.ts'

interface RoleTables {
  readonly read: readonly string[]
  readonly write: readonly string[]
}

const ROLES: readonly Role[] = ['producer', 'processor', 'projector', 'api']
const ROLES_FILE = new URL('../../../deploy/terraform/roles.json', import.meta.url)
const allowed = JSON.parse(readFileSync(ROLES_FILE, 'utf8')) as Readonly<Record<Role, RoleTables>>
const READS: readonly string[] = ['BatchGetItem', 'GetItem', 'Query', 'Scan']
const DESCRIBES: readonly string[] = ['DescribeContinuousBackups', 'DescribeTable', 'DescribeTimeToLive']
const STILL_MS = 330_000

/** `GetItem connections`, for each table that a request is about. */
function usesOf({ headers, sent }: Exchange, prefix: string): readonly string[] {
  const action = String(headers['x-amz-target']).split('.').at(-1) ?? ''
  const body = JSON.parse(sent) as {
    readonly TableName?: string
    readonly RequestItems?: Readonly<Record<string, unknown>>
    readonly Statements?: readonly { readonly Statement: string }[]
  }
  const statements = (body.Statements ?? []).map(({ Statement }) => /INTO "([^"]+)"/.exec(Statement)?.[1] ?? '?')
  const tables = [
    ...(body.TableName === undefined ? [] : [body.TableName]),
    ...Object.keys(body.RequestItems ?? {}),
    ...statements,
  ]
  return tables.map((table) => `${action} ${table.replace(prefix, '')}`)
}

function isAllowed(role: Role, use: string): boolean {
  const [action = '', table = ''] = use.split(' ')
  if (DESCRIBES.includes(action)) return true
  const { read, write } = allowed[role]
  return write.includes(table) || (READS.includes(action) && read.includes(table))
}

it('each role keeps to its tables, and makes none', async () => {
  const services = inject('services')
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-tables-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const simulators = await startSimulators(folder, 7, 5)
  onTestFinished(() => simulators.stop())
  const ports = { API_PORT: '0', METRICS_PORT: '0' }
  const { env, close } = await install('by-role', services, { ...simulators.env, ...ports }, brisk)
  onTestFinished(() => close())
  const proxies = await Promise.all(ROLES.map(() => startRecordingProxy(services['DYNAMODB_ENDPOINT'] ?? '')))
  onTestFinished(async () => void (await Promise.all(proxies.map((proxy) => proxy.close()))))
  const started = await Promise.all(
    ROLES.map((role, at) => startRole(role, { ...env, DYNAMODB_ENDPOINT: proxies[at]?.url ?? '' })),
  )
  onTestFinished(() => {
    for (const process of started) process.signal('SIGKILL')
  })
  const lines = await Promise.all(started.map((process) => process.line(RUNNING)))
  const { api } = JSON.parse(lines.at(-1) ?? '{}') as { readonly api: string }
  const load = new Load(simulators, createRandom(7, 'tables'))
  await load.prepare()
  await load.make('orders', { orders: 10, stocks: 20 })
  let faults: Awaited<ReturnType<typeof compare>> = []
  const agree = async () => {
    faults = await compare(simulators, api)
    return faults.length === 0
  }
  await until('both ends agree', agree, { withinMs: STILL_MS, progress: () => faults })
  for (const process of started) process.signal('SIGTERM')
  await Promise.all(started.map((process) => process.exited))

  const forbidden = ROLES.flatMap((role, at) => {
    const uses = (proxies[at]?.exchanges ?? []).flatMap((exchange) => usesOf(exchange, env['TABLE_PREFIX'] ?? ''))
    expect(uses.length, role).toBeGreaterThan(0)
    return [...new Set(uses)].filter((use) => !isAllowed(role, use)).map((use) => `${role}: ${use}`)
  })
  expect(forbidden).toEqual([])
})
