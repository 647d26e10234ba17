import type { Configuration, Connection, Read } from '../configuration/model.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { ALL_CONNECTIONS } from '../control/connection-guard.ts'
import { countOrderHolds, type HoldCount } from '../control/order-holds.ts'
import { listPauses as listRows, type Pause } from '../control/pauses.ts'
import { holdOf, READS } from '../control/read-holds.ts'
import { listRuns } from '../control/runs.ts'
import { tickInterval } from '../control/scheduler.ts'
import { disabledConnection, disabledRead } from '../control/standing-holds.ts'
import { isSweep, SWEEP_PREVIEW } from '../control/sweeps.ts'
import { isoTime } from '../events/times.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { countStaged, countStagedBefore, type StagedCount } from '../projections/count-staged.ts'
import type { LetterGroup } from '../projections/list-dead-letters.ts'
import { type StagedWait, stagedWaits } from '../projections/staged-waits.ts'
import { LATE_AFTER_MS, OVERDUE_AFTER_SECONDS, OVERDUE_INTERVALS } from './attention-limits.ts'
import { type CalledSystem, calledSystems } from './called-systems.ts'
import { countDeadLetters } from './dead-letters.ts'
import type { TableDeps } from './dependencies.ts'
import { type FlowTimes, timesOfHour } from './figures.ts'
import { type RecipientStatus, statusOfRecipients } from './notifications/notification-status.ts'
import { listPauses, type PauseStatus } from './pauses.ts'
import type { Principal } from './principal.ts'
import { type PullStatus, pullsOf } from './pulls/list-pulls.ts'
import { type Scoped, sees, within } from './scope.ts'

/** Runs of a read among which the last good one is looked for. */
const RUNS = 20

/** How a read of a connection goes. Times are ISO 8601. */
export interface ReadAge {
  readonly read: string
  /** End of the last run that read all of its window; null: none of the last runs did. */
  readonly last_good: string | null
  /** Seconds since then. */
  readonly age: number | null
  /** Why the last run that ended was not good, or that the read is held; null: neither. */
  readonly problem: string | null
  /** It is neither held nor switched off, and its last good run is far older than its schedule says. */
  readonly overdue: boolean
  /** False: its document, or that of its system, switches it off. */
  readonly enabled: boolean
}

/** One entity of a connection: orders to the vendor, or products, stock, images and fulfilments to the shop. */
export interface Flow {
  readonly entity: string
  readonly reads: readonly ReadAge[]
  readonly processing: StagedCount
  /** Orders of these that have been in processing for more than five minutes, counted up to a thousand; of other entities 0. */
  readonly late: number
  readonly waiting: StagedCount
  /** What they wait for, the longest wait first. */
  readonly waits: readonly StagedWait[]
  readonly failed: StagedCount
  /** How long what was delivered within the last hour took. */
  readonly times: FlowTimes
}

/** What stands still, with the command that helps. */
export interface Halt {
  readonly stage: string
  /** What is held there: the connection, `*` for all of them, or at `reads` a system. */
  readonly connection: string
  readonly since: string
  readonly code: string
  readonly message: string
  /** ISO 8601: a hold by hand ends by itself then; null: when somebody ends it, or it is no hold by hand. */
  readonly until: string | null
  readonly fix: string
}

/** Dead letters of one cause, with the command that shows an example. */
export interface Failure {
  /** As the dead letters' groups and filters call it. */
  readonly group: string
  readonly stage: string
  readonly code: string
  readonly field: string | null
  readonly message: string
  readonly count: number
  readonly last_at: string
  readonly fix: string
}

export interface ConnectionStatus {
  readonly connection: string
  readonly shop: string
  readonly vendor: string
  /** Nothing is paused, no dead letter is open, both systems answer, and the last runs of its reads were good. */
  readonly healthy: boolean
  /** False: its document, or that of its shop or vendor, switches it off. */
  readonly enabled: boolean
  readonly flows: readonly Flow[]
  readonly paused: readonly Halt[]
  /** What somebody holds: nothing is wrong with it. */
  readonly held_orders: HoldCount
  readonly failures: readonly Failure[]
  /** Who pulls its feeds, and how far they are. */
  readonly pulls: readonly PullStatus[]
  /** Its shop, then its vendor: whether they answer, and how much of their limits of calls is used. */
  readonly ends: readonly CalledSystem[]
}

export interface Status {
  readonly healthy: boolean
  readonly connections: Scoped<ConnectionStatus>
  /** Of no single connection: what could not be read or routed. Those who see all connections see them. */
  readonly failures: readonly Failure[]
  /** Recipients that notifications do not reach. For those who see everything. */
  readonly unreached: Scoped<RecipientStatus>
  /** False: there are more dead letters than were counted. */
  readonly complete: boolean
}

type Deps = Pick<TableDeps, 'tables' | 'clock'>
type FlowDeps = Deps & { readonly holds: ReadonlyMap<string, Pause> }

/** How everything goes, in one look: by connection what was read when, what is under way, waits, failed or is paused, and what to do. */
export async function status(deps: Deps, by: Principal): Promise<Status> {
  const configuration = await readConfiguration(deps.tables)
  const pauses = await listPauses(deps, by)
  const holds = new Map((await listRows(deps.tables, READS)).map((row) => [row.connection, row]))
  const { groups, complete } = await countDeadLetters(deps, by, OPEN)
  const seen = within(by.scope, configuration.connections, ({ id }) => ({ connection: id }))
  const called = await calledSystems(
    deps,
    by,
    seen.flatMap(({ shop, vendor }) => [shop, vendor]),
  )
  const connections = await Promise.all(
    seen.map(async (connection) => {
      const [flows, pulls, held_orders] = await Promise.all([
        flowsOf({ ...deps, holds }, by, configuration, connection),
        pullsOf(deps, connection.id),
        countOrderHolds(deps.tables, connection.id, deps.clock.now()),
      ])
      const halts = pauses.filter((pause) => isOf(pause, connection)).map(haltOf)
      const failures = groups.filter((group) => group.connection === connection.id).map(failureOf)
      const ends = [connection.shop, connection.vendor].flatMap((system) => called.get(system) ?? [])
      return withHealth(configuration, connection, { flows, paused: halts, held_orders, failures, pulls, ends })
    }),
  )
  const failures = groups.filter(({ connection }) => connection === null).map(failureOf)
  const recipients = await statusOfRecipients(deps, by, configuration)
  const failing = recipients.filter((recipient) => recipient.enabled && recipient.failing !== null)
  return {
    healthy: failures.length === 0 && failing.length === 0 && connections.every(({ healthy }) => healthy),
    connections: within(by.scope, connections, ({ connection }) => ({ connection })),
    failures,
    unreached: within(by.scope, failing, () => ({ connection: null })),
    complete,
  }
}

/** Dead letters that nobody has seen to. */
const OPEN = {
  state: 'open',
  stage: null,
  connection: null,
  code: null,
  key: null,
  group: null,
  from: null,
  to: null,
} as const

/** Of the connection itself, of its shop or vendor, or of a whole stage. */
function isOf({ stage, connection: held }: PauseStatus, { id, shop, vendor }: Connection): boolean {
  return stage === READS ? held === shop || held === vendor : held === id || held === ALL_CONNECTIONS
}

function withHealth(
  configuration: Configuration,
  connection: Connection,
  standing: Omit<ConnectionStatus, 'connection' | 'shop' | 'vendor' | 'healthy' | 'enabled'>,
): ConnectionStatus {
  const { id, shop, vendor } = connection
  const { flows, paused, failures, ends } = standing
  const reads = flows.flatMap((flow) => flow.reads).filter(({ enabled }) => enabled)
  const answer = ends.every(({ circuit }) => circuit === null)
  const isGood = reads.every(({ problem }) => problem === null)
  const healthy = paused.length === 0 && failures.length === 0 && answer && isGood
  const enabled = [shop, vendor].every((system) => disabledConnection(configuration, connection, system) === undefined)
  return { connection: id, shop, vendor, healthy, enabled, ...standing }
}

async function flowsOf(
  deps: FlowDeps,
  by: Principal,
  { systems }: Configuration,
  connection: Connection,
): Promise<Flow[]> {
  const reads = systems.flatMap((system) => system.reads).filter(({ id }) => connection.reads.includes(id))
  const timesOf = await timesOfHour(deps.tables, connection.id, deps.clock.now())
  return await Promise.all(
    [...Map.groupBy(reads, ({ entity }) => entity)].map(async ([entity, own]) => {
      const of = { connection: connection.id, entity }
      const [late, processing, waiting, failed] = await Promise.all([
        entity === 'orders' ? countLateOrders(deps.tables, connection.id, deps.clock.now()) : 0,
        countStaged(deps.tables, of, 'processing'),
        countStaged(deps.tables, of, 'waiting'),
        countStaged(deps.tables, of, 'failed'),
      ])
      const waits = waiting.count === 0 ? [] : await stagedWaits(deps.tables, of)
      const ages = await agesOf(deps, by, systems, own)
      return { entity, reads: ages, processing, late, waiting, waits, failed, times: timesOf(entity) }
    }),
  )
}

/** Orders of a connection that have been in processing for too long at `now`, counted up to a thousand. */
export async function countLateOrders(tables: Tables, connection: string, now: number): Promise<number> {
  const before = isoTime(now - LATE_AFTER_MS)
  return await countStagedBefore(tables, { connection, entity: 'orders' }, 'processing', before)
}

function isOverdue(read: Read, age: number | null, now: number): boolean {
  const interval = tickInterval(read, now)
  if (interval === null || age === null) return false
  return age > OVERDUE_AFTER_SECONDS && age > (OVERDUE_INTERVALS * interval) / 1000
}

/** Runs are of the system that is read: who sees one connection of it is told when it was read, not of what. */
export async function agesOf(
  { tables, clock, holds }: FlowDeps,
  by: Principal,
  systems: Configuration['systems'],
  reads: readonly Read[],
): Promise<readonly ReadAge[]> {
  return await Promise.all(
    reads.map(async (own) => {
      const { id, system } = own
      const runs = await listRuns(tables, { read: id, limit: RUNS })
      const known = runs.filter(({ trigger }) => trigger !== SWEEP_PREVIEW)
      const ended = known.filter(({ state }) => state !== 'due' && state !== 'running' && state !== 'merged')
      // A sweep looks for what is gone, and reads nothing.
      const good = ended.find(({ state, trigger }) => state === 'ended' && !isSweep(trigger))?.ended_at ?? null
      const [last] = ended
      const why = last === undefined || last.state === 'ended' ? null : (last.error?.code ?? last.state)
      const hold = holdOf(holds, id, clock.now())
      const detail = sees(by.scope, { system }) && last?.error ? `${last.error.code}: ${last.error.message}` : why
      const age = good === null ? null : Math.max(0, Math.round((clock.now() - Date.parse(good)) / 1000))
      const enabled = disabledRead({ systems }, id) === undefined
      return {
        read: id,
        last_good: good,
        age,
        problem: hold === undefined ? why && detail : heldText(hold, sees(by.scope, { system })),
        overdue: enabled && hold === undefined && isOverdue(own, age, clock.now()),
        enabled,
      }
    }),
  )
}

function heldText({ connection, message }: Pause, seesSystem: boolean): string {
  return seesSystem ? `held: ${message}; to let it go on: waldstream pauses resume ${READS} ${connection}` : 'held'
}

/** Codes of what nobody but the owner of the account can mend. */
const FIRST: Readonly<Record<string, string>> = {
  credentials_refused: 'renew the secret; it goes on by itself then, or at once with: ',
  held: 'somebody holds it; to let it go on: ',
  permission_missing: 'give the account the permission, then: ',
}

function haltOf({ stage, connection, code, message, since, until }: PauseStatus): Halt {
  const resume = `waldstream pauses resume ${stage} ${connection === ALL_CONNECTIONS ? `'${connection}'` : connection}`
  return { stage, connection, since, code, message, until, fix: `${FIRST[code] ?? 'mend the cause, then: '}${resume}` }
}

function failureOf({ stage, code, field, message, count, last_at, example, group }: LetterGroup): Failure {
  const fix = `waldstream dead-letters show ${example}; mended, all of them: waldstream dead-letters retry --group-id ${group}`
  return { group, stage, code, field, message, count, last_at, fix }
}
