import { readConfiguration } from '../configuration/read-configuration.ts'
import { systemOfRead } from '../configuration/read-id.ts'
import { ALL_CONNECTIONS } from '../control/connection-guard.ts'
import {
  pause as beginPause,
  resume as endPause,
  endPause as endSeen,
  type Kept,
  listPauses as listRows,
  type Pause,
} from '../control/pauses.ts'
import { endOfHold, isOver, NEVER, READS } from '../control/read-holds.ts'
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

export { keepPauses } from '../control/pauses.ts'

/** A connection that a stage holds, or (at `reads`) a read or a system whose reads are held. */
export interface PauseStatus extends Omit<Pause, 'probe_at'> {
  /** ISO 8601: when the next record is tried. */
  readonly probe_at: string
  /** ISO 8601: a hold by hand ends by itself then; null: when somebody ends it, or it is no hold by hand. */
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

/** Stages that hold records. They are named after systems: those of others are not there for who sees some only. */
async function stagesFor({ tables, systemTypes, ...deps }: StageDeps, by: Principal): Promise<readonly string[]> {
  const stages = await deps.parkingStages()
  if (seesAll(by.scope)) return stages
  const reached = parkingStages(reachedSystems(await readConfiguration(tables), by.scope), systemTypes)
  return stages.filter((stage) => reached.includes(stage))
}

/** Connections and reads that are held, by hand or because most of the last records failed. */
export async function listPauses({ tables }: Pick<TableDeps, 'tables'>, by: Principal): Promise<Scoped<PauseStatus>> {
  return within(by.scope, (await listRows(tables)).map(toStatus), ownerOfPause)
}

/** Stages at which the caller may hold a connection, or all of them. */
export async function listHoldStages(deps: StageDeps, by: Principal): Promise<readonly string[]> {
  return await stagesFor(deps, by)
}

/** A read, and a system whose reads are held, are seen by who sees the system. */
export function ownerOfPause({ stage, connection }: PausePlace): Owner {
  return stage === READS ? { system: systemOfRead(connection) } : { connection }
}

/** How long probes are told the same pauses: however many probes there are, the table is read once in so long. */
export const PAUSES_KEPT_MS = 5_000

export type KeptPauses = Kept<readonly Pause[]>

/** As `listPauses`, for those who ask all the time: of what is kept. */
export async function recentPauses(
  kept: KeptPauses,
  by: Principal,
): Promise<Scoped<Pick<Pause, 'connection' | 'stage' | 'code'>>> {
  return within(by.scope, await kept.get(), ownerOfPause)
}

/** A hold by hand: what a vendor is not to have before Monday. */
export interface Hold extends PausePlace {
  readonly reason: string
  /** Milliseconds: it ends by itself then, by trying one record; null: when somebody ends it. */
  readonly until: number | null
}

/** Code of a pause by hand. */
export const HELD = 'held'

type HoldDeps = Pick<OperationDeps, 'clock' | 'audit'> & StageDeps

/**
 * Holds a connection at a stage, or all of them (`*`): its records wait, those of others go on. At the stage `reads` it holds a
 * read, or a system: none of its reads is begun, and what is for it waits. Throws `not_found` for what is not there, `request_invalid` for a stage that holds nothing or an
 * end that has passed, and `state_conflict` where it is paused.
 */
export async function hold(deps: HoldDeps, by: Principal, wanted: Hold): Promise<PauseStatus> {
  const { stage, connection, reason, until } = wanted
  await (stage === READS ? assertRead : assertHoldable)(deps, by, wanted)
  const now = deps.clock.now()
  if (until !== null && until <= now) {
    throw new StreamError('request_invalid', 'until: has passed; give a time that is ahead', { field: 'until' })
  }
  const since = new Date(now).toISOString()
  const message = `${reason} (${nameOf(by)})`
  const row = { stage, connection, code: HELD, message, since, probe_at: until ?? NEVER }
  if (!(await beginPause(deps.tables, row))) {
    const what = `${connection} is paused at ${stage} already; end that first`
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
  const message = `stage: nothing can be held at "${stage}"; there are: ${[...stages, READS].join(', ')}`
  throw new StreamError('request_invalid', message, { field: 'stage' })
}

async function assertRead(
  { tables, clock }: HoldDeps,
  by: Principal,
  { connection: target }: PausePlace,
): Promise<void> {
  const { systems } = await readConfiguration(tables)
  const known = systems.some(({ id, reads }) => id === target || reads.some((read) => read.id === target))
  if (!known || !sees(by.scope, { system: systemOfRead(target) })) {
    const what = `there is no read or system "${target}"`
    const cli = `${what}; "waldstream reads list" has the reads`
    throw notFound(by, { field: 'connection', api: `${what}; /v1/reads lists the reads`, cli })
  }
  // One that ended while nothing ran that would have noticed.
  for (const over of await listRows(tables, READS)) {
    if (over.connection === target && isOver(over, clock.now())) await endSeen(tables, over)
  }
}

/** Ends a pause: what waits is released within seconds. Throws `not_found`. */
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
  const cli = `${what}; "waldstream pauses list" shows what is`
  throw notFound(by, { field: 'connection', api: `${what}; /v1/pauses lists what is`, cli })
}

export interface ParkedKey extends PausePlace {
  /** As `/v1/parked` has it. */
  readonly key: string
}

/**
 * Has what waits of a key tried now, whenever it would be tried again. Throws `not_found` where nothing of it waits, and
 * `state_conflict` where it is held.
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
    const what = `${key} of ${connection} is held at ${stage}: resume the connection, or release the order`
    throw new StreamError('state_conflict', `key: ${what}`, { field: 'key' })
  }
  const what = `nothing of "${key}" waits for ${connection} at ${stage}`
  throw notFound(by, { field: 'key', api: `${what}; /v1/parked lists what does`, cli: what })
}

export interface ParkedFilter {
  readonly stage: string | null
  readonly connection: string | null
}

/** Every record that waits, without what it holds. Throws `not_found` for a stage that parks nothing. */
export async function listParked(
  deps: Pick<OperationDeps, 'shards'> & StageDeps,
  by: Principal,
  { filter, limit, after }: { readonly filter: ParkedFilter; readonly limit: number; readonly after: string | null },
): Promise<Page<ParkedSummary>> {
  const { stage, connection } = filter
  const known = await stagesFor(deps, by)
  if (stage !== null && !known.includes(stage)) {
    const what = `nothing is parked at "${stage}"; there are: ${known.join(', ')}`
    throw notFound(by, { field: 'stage', api: what, cli: what })
  }
  const wanted = { stages: stage === null ? known : [stage], partitions: deps.shards, connection }
  const { rows, next } = await listRecords(deps.tables, wanted, limit, after)
  return { items: within(by.scope, rows, (row) => ({ connection: row.connection })), next }
}
