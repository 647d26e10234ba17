import { systemOfRead } from '../configuration/read-id.ts'
import { cancelRun } from '../control/cancel-run.ts'
import { StreamError } from '../errors.ts'
import { noteChange } from './audit.ts'
import type { TableDeps } from './dependencies.ts'
import { nameOf, type Principal } from './principal.ts'
import { sees } from './scope.ts'
import { findRun, showTask, type TaskStatus } from './tasks.ts'

/**
 * Cancels a run. The caller must see its system, since other connections use the run too. Throws `not_found`,
 * `forbidden`, and `state_conflict` if the run has ended.
 */
export async function cancelTask(
  deps: Pick<TableDeps, 'tables' | 'clock' | 'audit' | 'countEntities'>,
  by: Principal,
  { task, reason }: { readonly task: string; readonly reason: string },
): Promise<TaskStatus> {
  const run = await findRun(deps, by, task)
  const system = systemOfRead(run.read)
  if (!sees(by.scope, { system })) {
    const message = `id: ${task} reads ${system} for other connections too; only callers who see that system may cancel it`
    throw new StreamError('forbidden', message, { field: 'id' })
  }
  await cancelRun(deps.tables, run.id, { by: nameOf(by), reason, now: deps.clock.now() })
  await noteChange(deps, by, { what: 'task.cancel', target: task, after: { reason } })
  return await showTask(deps, by, task)
}
