import type { SyncRequested } from '../events/generated/events.ts'
import type { Bell } from '../platform/bell.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { Stage } from '../platform/runtime/stage.ts'
import { drainKey } from './drains.ts'
import { readControl, setDue } from './read-control.ts'
import { taskIdOf } from './request-sync.ts'
import { createRun, getRun, mergeRequest, type RunRequest } from './runs.ts'
import { controlKey, SWEEP_ACCEPTED } from './sweeps.ts'

/**
 * Turns a request into a waiting run, or joins it to the run that waits already. Repeatable: the run's id is derived
 * from the request. The read's row is written first: a row that names a missing run is harmless, but a run that no row
 * names would never begin.
 */
export async function dispatch(tables: Tables, request: SyncRequested): Promise<void> {
  const id = taskIdOf(request)
  if ((await getRun(tables, id)) !== undefined) return
  const run = toRun(request, id)
  const control = request.queueUrl === null ? controlKey(request.read, request.trigger) : drainKey(request.read, id)
  for (;;) {
    const { due } = await readControl(tables, control)
    if (due === null || due === id) {
      if (!(await setDue(tables, control, id))) continue
      await createRun(tables, run)
      return
    }
    const merged = { requestId: request.requestId, from: run.backfill_from, accept: request.trigger === SWEEP_ACCEPTED }
    if (await mergeRequest(tables, due, merged)) {
      await createRun(tables, run, due)
      return
    }
  }
}

function toRun(request: SyncRequested, id: string): RunRequest {
  return {
    id,
    read: request.read,
    trigger: request.trigger,
    reason: request.reason,
    requested_at: new Date(request.requestedAt).toISOString(),
    backfill_from: request.from === null ? null : new Date(request.from).toISOString(),
    queue_url: request.queueUrl,
  }
}

/** The consumer of `sync-requests`. `bell`: of the worker of this process, which begins the run without a pause. */
export function dispatchStage(tables: Tables, bell: Pick<Bell, 'ring'>): Stage<'sync-requests'> {
  return {
    name: 'dispatch-runs',
    kind: 'sync-requests',
    topics: ['sync-requests'],
    async handle(batch, context) {
      for (const { event } of batch) {
        context.assertOwned()
        await dispatch(tables, event)
        bell.ring()
      }
    },
  }
}
