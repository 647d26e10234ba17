import { randomUUID } from 'node:crypto'
import { canBeSwept } from '../configuration/can-be-swept.ts'
import { checkQueueRequest } from '../configuration/check-queue-request.ts'
import type { Read, System } from '../configuration/model.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { SWEEP, SWEEP_ACCEPTED, SWEEP_PREVIEW, type SweepTrigger } from '../control/sweeps.ts'
import type { SyncRequest } from '../control/sync-requests.ts'
import { StreamError } from '../errors.ts'
import { hasFeed } from '../events/entities.ts'
import { noteChange } from './audit.ts'
import type { OperationDeps } from './dependencies.ts'
import { nameOf, notFound, type Principal } from './principal.ts'
import { within } from './scope.ts'

/** A requested run of a read. */
export interface WantedRun {
  readonly read: string
  /** Milliseconds UTC: read again from here without moving the cut date; null: continue from the cut date. */
  readonly from: number | null
  /** A queue to drain instead of the configured ones. */
  readonly queueUrl: string | null
  readonly reason: string | null
  /** A sweep instead of a read; null: a read. */
  readonly sweep: Sweep | null
}

type Deps = Pick<OperationDeps, 'tables' | 'audit' | 'systemTypes' | 'clock'>

/**
 * Requests a run with the caller's own id, or a new id if it is null; a repeated id is the same request. Resolves when
 * the broker has acknowledged the request and the dispatcher has accepted it or does not answer in time. Throws
 * `not_found`, `request_invalid`, and `state_conflict` for a different request with the same id.
 */
export async function requestSync(
  deps: Deps & Pick<OperationDeps, 'syncRequests'>,
  by: Principal,
  wanted: WantedRun & { readonly requestId: string | null },
): Promise<SyncRequest> {
  const { from, reason, requestId, sweep } = wanted
  const { systems, read } = await findRead(deps, by, wanted.read)
  if (from !== null && from > deps.clock.now()) throw invalid('from', 'is in the future; give a time in the past')
  if (sweep !== null) checkSweep(deps, systems, read)
  if (sweep !== null && from !== null) throw invalid('from', 'cannot be used with a sweep, which compares everything')
  if (sweep !== null && wanted.queueUrl !== null)
    throw invalid('queueUrl', 'cannot be used with a sweep: a queue is drained')
  const queueUrl = checkedQueue(deps, systems, wanted)
  if (queueUrl !== null && from !== null) throw invalid('from', 'cannot be used with a queue, which is read completely')
  const { isNew: _isNew, ...request } = await deps.syncRequests.request({
    read: read.id,
    from,
    queueUrl,
    reason,
    by: nameOf(by),
    trigger: sweep === null ? 'api' : triggers[sweep],
    requestId,
  })
  await noteChange(deps, by, { what: noteOf(sweep), target: request.read, after: { task: request.task } })
  return request
}

/** Throws `not_found`. */
export async function showSyncRequest(
  { tables, syncRequests }: Pick<OperationDeps, 'tables' | 'syncRequests'>,
  by: Principal,
  id: string,
): Promise<SyncRequest> {
  const { systems } = await readConfiguration(tables)
  const seen = within(by.scope, systems, (system) => ({ system: system.id }))
  const found = await syncRequests.get(
    id,
    seen.map((system) => system.id),
  )
  if (found !== undefined) return found
  const what = `there is no request "${id}"`
  throw notFound(by, { field: 'id', api: what, cli: what })
}

/**
 * `check` finds entities that are gone at the source and publishes their deletions; `accept` does so for more than the
 * read's `sweep.mostGone` too; `preview` only reports them.
 */
export const sweeps = ['preview', 'check', 'accept'] as const
export type Sweep = (typeof sweeps)[number]

const triggers: Readonly<Record<Sweep, SweepTrigger>> = {
  preview: SWEEP_PREVIEW,
  check: SWEEP,
  accept: SWEEP_ACCEPTED,
}

/** Its name in the audit trail. */
function noteOf(sweep: Sweep | null): string {
  if (sweep === null) return 'sync.request'
  return sweep === 'preview' ? 'sync.sweep.preview' : 'sync.sweep'
}

/**
 * Requests a run or a sweep without waiting for the dispatcher. Returns its task. Throws `not_found`,
 * `request_invalid`.
 */
export async function requestRun(
  deps: Deps & Pick<OperationDeps, 'requester'>,
  by: Principal,
  wanted: WantedRun,
): Promise<{ readonly task: string }> {
  const { from, reason, sweep } = wanted
  const { systems, read } = await findRead(deps, by, wanted.read)
  if (sweep !== null) checkSweep(deps, systems, read)
  const queueUrl = checkedQueue(deps, systems, wanted)
  const trigger = sweep === null ? by.kind : triggers[sweep]
  const requestedAt = deps.clock.now()
  const request = { read: read.id, requestId: randomUUID(), trigger, requestedAt }
  const task = await deps.requester.request({ ...request, from, queueUrl, reason })
  await noteChange(deps, by, { what: noteOf(sweep), target: read.id, after: { task } })
  return { task }
}

async function findRead({ tables }: Deps, by: Principal, id: string) {
  const { systems } = await readConfiguration(tables)
  const configured = systems.flatMap((system) => system.reads)
  const reads = within(by.scope, configured, ({ system }) => ({ system }))
  const read = reads.find((one) => one.id === id)
  if (read !== undefined) return { systems, read }
  const what = `there is no read "${id}"; there are: ${reads.map((one) => one.id).join(', ') || 'none'}`
  throw notFound(by, { field: 'read', api: what, cli: what })
}

function checkSweep({ systemTypes }: Deps, systems: readonly System[], read: Read): void {
  const { id, entity } = read
  if (canBeSwept(systemTypes, systems, read)) return
  const message = hasFeed(entity)
    ? `${id}: cannot be swept, because a queue does not list what its shop has`
    : `${id}: cannot be swept, because ${entity} are never deleted`
  throw new StreamError('request_invalid', message, { field: 'sweep' })
}

function checkedQueue({ systemTypes }: Deps, systems: readonly System[], { read, queueUrl }: WantedRun) {
  return queueUrl === null ? null : checkQueueRequest({ systems, systemTypes }, read, queueUrl)
}

function invalid(field: string, message: string): StreamError {
  return new StreamError('request_invalid', `${field} ${message}`, { field })
}
