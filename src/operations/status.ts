import type { Configuration, Connection, Read } from '../configuration/model.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { ALL_CONNECTIONS } from '../control/connection-guard.ts'
import { countOrderHolds, type HoldCount } from '../control/order-holds.ts'
import { listPauses as listRows, type Pause } from '../control/pauses.ts'
import { holdOf, READS } from '../control/read-holds.ts'
import { listRuns } from '../control/runs.ts'
import { tickInterval } from '../control/scheduler.ts'
import { disabledConnection, disabledRead } from '../control/standing-holds.ts'
import { SWEEP_PREVIEW } from '../control/sweeps.ts'
import { isoTime } from '../events/times.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { countStaged, countStagedBefore, type StagedCount } from '../projections/count-staged.ts'
import type { LetterGroup } from '../projections/list-dead-letters.ts'
import { type StagedWait, stagedWaits } from '../projections/staged-waits.ts'
import { LATE_AFTER_MS, OVERDUE_AFTER_SECONDS, OVERDUE_INTERVALS } from './attention-limits.ts'
import { type CalledSystem, calledSystems } from './called-systems.ts'
import { countDeadLetters } from './dead-letters.ts'
import type { TableDeps } from './dependencies.ts'
import { type FailedRuns, failedRunsOf, isGood } from './failed-runs.ts'
import { type FlowTimes, timesOfHour } from './figures.ts'
import { type RecipientStatus, statusOfRecipients } from './notifications/notification-status.ts'
import { type SubscriptionStatus, scopeOwnerOf, statusOfSubscriptions } from './outgoing/subscription-status.ts'
import { type OversoldStatus, oversoldOf } from './oversold.ts'
import { listPauses, type PauseStatus } from './pauses.ts'
import type { Principal } from './principal.ts'
import { type PullStatus, pullsOf } from './pulls/list-pulls.ts'
import { type Scoped, sees, within } from './scope.ts'
import { type UnusableConnection, unusableConnections } from './unusable-connections.ts'

/** Number of runs of a read that are searched for the last good one. */
const RUNS = 20

/** State of a connection's read. Times are ISO 8601. */
export interface ReadAge {
  readonly read: string
  /** End of the last run that read its whole window; null: none of the last runs did. */
  readonly last_good: string | null
  /** Seconds since `last_good`. */
  readonly age: number | null
  /** Why the last ended run was not good, or that the read is held; null: neither. */
  readonly problem: string | null
  /** Runs that failed since `last_good`; null: the last run did not fail. */
  readonly failed: FailedRuns | null
  /** It is neither held nor disabled, and its last good run is far older than its schedule allows. */
  readonly overdue: boolean
  /** False: disabled in its document or its system's. */
  readonly enabled: boolean
}

/** One entity of a connection: orders to the vendor, or products, stock, images and fulfilments to the shop. */
export interface Flow {
  readonly entity: string
  readonly reads: readonly ReadAge[]
  readonly processing: StagedCount
  /** Orders in processing for more than five minutes, counted up to a thousand; 0 for other entities. */
  readonly late: number
  readonly waiting: StagedCount
  /** Reasons for waiting, longest wait first. */
  readonly waits: readonly StagedWait[]
  readonly failed: StagedCount
  /** Times of deliveries within the last hour. */
  readonly times: FlowTimes
}

/** A pause or hold, with the command that ends it. */
export interface Halt {
  readonly stage: string
  /** Target of the pause: the connection, `*` for all of them, or at `reads` a system. */
  readonly connection: string
  readonly since: string
  readonly code: string
  readonly message: string
  /** ISO 8601: when a hold by hand ends automatically; null: it has no end, or this is not a hold by hand. */
  readonly until: string | null
  readonly fix: string
}

/** Dead letters with one cause, with the command that shows an example. */
export interface Failure {
  /** Group id, as in groups and filters of dead letters. */
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
  /** No stage is paused, no dead letter is open, both systems answer, and the last runs of its reads were good. */
  readonly healthy: boolean
  /** False: disabled in its document, or its shop's or vendor's. */
  readonly enabled: boolean
  readonly flows: readonly Flow[]
  readonly paused: readonly Halt[]
  /** Orders that somebody holds; they do not affect `healthy`. */
  readonly held_orders: HoldCount
  readonly failures: readonly Failure[]
  /** Readers of its feeds and their progress. */
  readonly pulls: readonly PullStatus[]
  /** SKUs of which more was sold than the vendor has; they do not affect `healthy`. */
  readonly oversold: readonly OversoldStatus[]
  /** Its shop, then its vendor: whether they answer, and the use of their call limits. */
  readonly ends: readonly CalledSystem[]
}

export interface Status {
  readonly healthy: boolean
  readonly connections: Scoped<ConnectionStatus>
  /** Connections that do not run: a document cannot be read, or they were removed and their stock is still served. */
  readonly unusable: Scoped<UnusableConnection>
  /** Failures of no single connection, in reading or routing. Only callers who see all connections see them. */
  readonly failures: readonly Failure[]
  /** Recipients that notifications do not reach. Only callers with access to everything see them. */
  readonly unreached: Scoped<RecipientStatus>
  /** Subscriptions whose events do not arrive. */
  readonly subscriptions: Scoped<SubscriptionStatus>
  /** False: there are more dead letters than were counted. */
  readonly complete: boolean
}

type Deps = Pick<TableDeps, 'tables' | 'clock'>
type FlowDeps = Deps & { readonly holds: ReadonlyMap<string, Pause> }

/**
 * Status of everything at once: by connection the reads, entities in processing, waiting, failed or paused, and fixes.
 */
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
      const [flows, pulls, oversold, held_orders] = await Promise.all([
        flowsOf({ ...deps, holds }, by, configuration, connection),
        pullsOf(deps, connection.id),
        oversoldOf(deps.tables, connection),
        countOrderHolds(deps.tables, connection.id, deps.clock.now()),
      ])
      const halts = pauses.filter((pause) => isOf(pause, connection)).map(haltOf)
      const failures = groups.filter((group) => group.connection === connection.id).map(failureOf)
      const ends = [connection.shop, connection.vendor].flatMap((system) => called.get(system) ?? [])
      return withHealth(configuration, connection, {
        flows,
        paused: halts,
        held_orders,
        failures,
        pulls,
        oversold,
        ends,
      })
    }),
  )
  const unusable = await unusableConnections(deps, by, configuration)
  const runs = unusable.every(({ problem }) => problem === 'removed')
  const failures = groups.filter(({ connection }) => connection === null).map(failureOf)
  const recipients = await statusOfRecipients(deps, by, configuration)
  const failing = recipients.filter((recipient) => recipient.enabled && recipient.failing !== null)
  const subscriptions = await statusOfSubscriptions(deps, by, configuration)
  const unsent = subscriptions.filter((one) => one.enabled && one.failing !== null)
  const arrives = failing.length === 0 && unsent.length === 0
  return {
    healthy: failures.length === 0 && runs && arrives && connections.every(({ healthy }) => healthy),
    connections: within(by.scope, connections, ({ connection }) => ({ connection })),
    unusable,
    failures,
    unreached: within(by.scope, failing, () => ({ connection: null })),
    subscriptions: within(by.scope, unsent, scopeOwnerOf),
    complete,
  }
}

/** Filter of all open dead letters. */
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

/** Whether a pause affects the connection: its own, or one of its shop, its vendor or a whole stage. */
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

/** Runs belong to the system: callers who see only a connection see when it was read, but not the error messages. */
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
      const good = ended.find(isGood)?.ended_at ?? null
      const hold = holdOf(holds, id, clock.now())
      const seesSystem = sees(by.scope, { system })
      const found = failedRunsOf(ended, { seesSystem })
      const failed = found === null ? null : { ...found, more: found.more && runs.length === RUNS }
      const age = good === null ? null : Math.max(0, Math.round((clock.now() - Date.parse(good)) / 1000))
      const enabled = disabledRead({ systems }, id) === undefined
      return {
        read: id,
        last_good: good,
        age,
        problem: hold === undefined ? failed && problemText(failed) : heldText(hold, seesSystem),
        failed,
        overdue: enabled && hold === undefined && isOverdue(own, age, clock.now()),
        enabled,
      }
    }),
  )
}

/** Code and message of a failure, as far as the caller sees it. */
export function problemText({ code, message }: FailedRuns): string {
  return message === null ? code : `${code}: ${message}`
}

function heldText({ connection, message }: Pause, seesSystem: boolean): string {
  return seesSystem ? `held: ${message}; to continue: waldstream pauses resume ${READS} ${connection}` : 'held'
}

/** What to do first, for codes that have a fix of their own. */
const FIRST: Readonly<Record<string, string>> = {
  credentials_refused: 'renew the secret; it then continues automatically, or at once with: ',
  held: 'somebody holds it; to continue: ',
  permission_missing: 'give the account the permission, then: ',
}

function haltOf({ stage, connection, code, message, since, until }: PauseStatus): Halt {
  const resume = `waldstream pauses resume ${stage} ${connection === ALL_CONNECTIONS ? `'${connection}'` : connection}`
  return { stage, connection, since, code, message, until, fix: `${FIRST[code] ?? 'fix the cause, then: '}${resume}` }
}

function failureOf({ stage, code, field, message, count, last_at, example, group }: LetterGroup): Failure {
  const fix = `waldstream dead-letters show ${example}; after the fix, retry all: waldstream dead-letters retry --group-id ${group}`
  return { group, stage, code, field, message, count, last_at, fix }
}
