import { readConfiguration } from '../configuration/read-configuration.ts'
import { systemOfRead } from '../configuration/read-id.ts'
import { ALL_CONNECTIONS } from '../control/connection-guard.ts'
import {
  pause as beginPause,
  resume as endPause,
  endPause as endSeen,
  listPauses as listRows,
  type Pause,
} from '../control/pauses.ts'
import { endOfHold, HELD, isOver, NEVER, READS } from '../control/read-holds.ts'
import { type KeptPauses, standing } from '../control/standing-pauses.ts'
import { StreamError } from '../errors.ts'
import { listParked as listRecords, type ParkedSummary } from '../platform/runtime/list-parked.ts'
import { createParking } from '../platform/runtime/parking.ts'
import { noteChange } from './audit.ts'
import type { OperationDeps, TableDeps } from './dependencies.ts'
import { nameOf, notFound, type Principal } from './principal.ts'
import { reachedSystems } from './reached-systems.ts'
import { type Owner, type Page, type Scoped, sees, seesAll, within } from './scope.ts'
import { parkingStages } from './sinks.ts'
import { unknownConnection } from './unknown-connection.ts'

export { type KeptPauses, keepStanding } from '../control/standing-pauses.ts'

/** A connection paused at a stage, or (at `reads`) a read or a system whose reads are held. */
export interface PauseStatus extends Omit<Pause, 'probe_at'> {
  /** ISO 8601: when the next record is tried. */
  readonly probe_at: string
  /** ISO 8601: when a hold by hand ends automatically; null: it has no end, or this is not a hold by hand. */
  readonly until: string | null
}

function toStatus(pause: Pause): PauseStatus {
  const until = pause.code === HELD ? endOfHold(pause) : null
  return { ...pause, probe_at: new Date(pause.probe_at).toISOString(), until }
}

export interface PausePlace {
  readonly stage: string
  readonly connection: string
}

type StageDeps = Pick<OperationDeps, 'tables' | 'systemTypes' | 'parkingStages'>

/** Stages that park records. Their names contain systems, so callers see only the stages of systems in their scope. */
async function stagesFor({ tables, systemTypes, ...deps }: StageDeps, by: Principal): Promise<readonly string[]> {
  const stages = await deps.parkingStages()
  if (seesAll(by.scope)) return stages
  const reached = parkingStages(reachedSystems(await readConfiguration(tables), by.scope), systemTypes)
  return stages.filter((stage) => reached.includes(stage))
}

/** Connections and reads that are held by hand, or paused because most of the last records failed. */
export async function listPauses(
  { tables, clock }: Pick<TableDeps, 'tables' | 'clock'>,
  by: Principal,
): Promise<Scoped<PauseStatus>> {
  return within(by.scope, standing(await listRows(tables), clock.now()).map(toStatus), ownerOfPause)
}

/** Stages at which the caller may hold a connection, or all of them. */
export async function listHoldStages(deps: StageDeps, by: Principal): Promise<readonly string[]> {
  return await stagesFor(deps, by)
}

/** The owner of a pause; a held read, or a system whose reads are held, belongs to the system. */
export function ownerOfPause({ stage, connection }: PausePlace): Owner {
  return stage === READS ? { system: systemOfRead(connection) } : { connection }
}

/** How long pauses are cached for probes: the table is read once in this time, however many probes there are. */
export const PAUSES_KEPT_MS = 5_000

/** As `listPauses`, from the cache, for frequent callers. */
export async function recentPauses(
  kept: KeptPauses,
  by: Principal,
): Promise<Scoped<Pick<Pause, 'connection' | 'stage' | 'code'>>> {
  return within(by.scope, await kept.get(), ownerOfPause)
}

/** A hold by hand, for example to send a vendor no orders before Monday. */
export interface Hold extends PausePlace {
  readonly reason: string
  /** Milliseconds: it ends automatically then; null: until somebody ends it. */
  readonly until: number | null
}

type HoldDeps = Pick<OperationDeps, 'clock' | 'audit'> & StageDeps

/**
 * Holds a connection, or all of them (`*`), at a stage: its records wait, those of others continue. At the stage
 * `reads` it holds a read or a system: no run of its reads begins; requests for them, and deliveries to a held
 * system, wait. Throws `not_found` for an unknown target, `request_invalid` for a stage that cannot be held or an end in the past, and `state_conflict` if
 * it is paused already.
 */
export async function hold(deps: HoldDeps, by: Principal, wanted: Hold): Promise<PauseStatus> {
  const { stage, connection, reason, until } = wanted
  await (stage === READS ? assertRead : assertHoldable)(deps, by, wanted)
  const now = deps.clock.now()
  if (until !== null && until <= now) {
    throw new StreamError('request_invalid', 'until: is in the past; give a time in the future', { field: 'until' })
  }
  // Its end may have passed without a record or a process that noticed.
  for (const over of await listRows(deps.tables, stage)) {
    if (over.connection === connection && isOver(over, now)) await endSeen(deps.tables, over)
  }
  const since = new Date(now).toISOString()
  const message = `${reason} (${nameOf(by)})`
  const row = { stage, connection, code: HELD, message, since, probe_at: until ?? NEVER }
  if (!(await beginPause(deps.tables, row))) {
    const what = `${connection} is already paused at ${stage}; resume it first`
    throw new StreamError('state_conflict', `connection: ${what}`, { field: 'connection' })
  }
  const held = toStatus(row)
  const change = { what: 'pause.hold', target: `${stage} ${connection}`, after: { until: held.probe_at } }
  await noteChange(deps, by, change)
  return held
}

async function assertHoldable(deps: HoldDeps, by: Principal, { stage, connection }: PausePlace): Promise<void> {
  const { connections } = await readConfiguration(deps.tables)
  const known = connection === ALL_CONNECTIONS || connections.some(({ id }) => id === connection)
  if (!known || !sees(by.scope, { connection })) throw await unknownConnection(deps.tables, by, connection)
  const stages = await stagesFor(deps, by)
  if (stages.includes(stage)) return
  const message = `stage: "${stage}" cannot be held; stages that can: ${[...stages, READS].join(', ')}`
  throw new StreamError('request_invalid', message, { field: 'stage' })
}

async function assertRead({ tables }: HoldDeps, by: Principal, { connection: target }: PausePlace): Promise<void> {
  const { systems } = await readConfiguration(tables)
  const known = systems.some(({ id, reads }) => id === target || reads.some((read) => read.id === target))
  if (!known || !sees(by.scope, { system: systemOfRead(target) })) {
    const what = `there is no read or system "${target}"`
    const cli = `${what}; "waldstream reads list" lists the reads`
    throw notFound(by, { field: 'connection', api: `${what}; /v1/reads lists the reads`, cli })
  }
}

/** Ends a pause: waiting records are released within seconds. Throws `not_found`. */
export async function resumeConnection(
  { tables, audit }: Pick<TableDeps, 'tables' | 'audit'>,
  by: Principal,
  { stage, connection }: PausePlace,
): Promise<PausePlace> {
  if (sees(by.scope, ownerOfPause({ stage, connection })) && (await endPause(tables, stage, connection))) {
    await noteChange({ audit }, by, { what: 'pause.resume', target: `${stage} ${connection}` })
    return { stage, connection }
  }
  const what = `${connection} is not paused at ${stage}`
  const cli = `${what}; "waldstream pauses list" lists the pauses`
  throw notFound(by, { field: 'connection', api: `${what}; /v1/pauses lists the pauses`, cli })
}

export interface ParkedKey extends PausePlace {
  /** The key in `/v1/parked`. */
  readonly key: string
}

/**
 * Tries the parked records of a key now instead of later. Throws `not_found` if no record of it is parked, and
 * `state_conflict` if it is held.
 */
export async function tryParked(
  deps: Pick<OperationDeps, 'shards' | 'audit'> & StageDeps,
  by: Principal,
  { stage, connection, key }: ParkedKey,
): Promise<ParkedKey & { readonly tried: number }> {
  const isSeen = sees(by.scope, { connection }) && (await stagesFor(deps, by)).includes(stage)
  const partitions = Array.from({ length: isSeen ? deps.shards : 0 }, (_, partition) =>
    createParking(deps.tables, stage, partition),
  )
  const tried = (await Promise.all(partitions.map((rows) => rows.hasten(connection, key)))).reduce((a, b) => a + b, 0)
  if (tried > 0) {
    await noteChange(deps, by, { what: 'parked.try', target: `${stage} ${connection} ${key}` })
    return { stage, connection, key, tried }
  }
  const waiting = (await Promise.all(partitions.map((rows) => rows.ofKey(connection, key)))).flat()
  if (waiting.length > 0) {
    const what = `${key} of ${connection} is held at ${stage}; resume the connection, or release the order`
    throw new StreamError('state_conflict', `key: ${what}`, { field: 'key' })
  }
  const what = `no record of "${key}" is parked for ${connection} at ${stage}`
  throw notFound(by, { field: 'key', api: `${what}; /v1/parked lists parked records`, cli: what })
}

export interface ParkedFilter {
  readonly stage: string | null
  readonly connection: string | null
}

/** Parked records without their content. Throws `not_found` for a stage that does not park records. */
export async function listParked(
  deps: Pick<OperationDeps, 'shards'> & StageDeps,
  by: Principal,
  { filter, limit, after }: { readonly filter: ParkedFilter; readonly limit: number; readonly after: string | null },
): Promise<Page<ParkedSummary>> {
  const { stage, connection } = filter
  const known = await stagesFor(deps, by)
  if (stage !== null && !known.includes(stage)) {
    const what = `"${stage}" does not park records; stages that do: ${known.join(', ')}`
    throw notFound(by, { field: 'stage', api: what, cli: what })
  }
  const wanted = { stages: stage === null ? known : [stage], partitions: deps.shards, connection }
  const { rows, next } = await listRecords(deps.tables, wanted, limit, after)
  return { items: within(by.scope, rows, (row) => ({ connection: row.connection })), next }
}
