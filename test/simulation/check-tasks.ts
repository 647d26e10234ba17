import { listRuns } from '../../src/control/runs.ts'
import type { SourceEvent } from '../../src/events/topics.ts'
import { entityKey, isEnd } from '../../src/projections/entity-row.ts'
import { SYNC_ENTITIES } from '../../src/projections/tables.ts'
import { taskCounts, taskState } from '../../src/projections/task-status.ts'
import { eventsOf } from './check-cut-date.ts'
import { configuration, orderConnections, SHOP } from './configuration.ts'
import type { World } from './world.ts'

/** Every task comes to its end, and so does every event in it for every connection (2). */
export async function checkTasks(world: World): Promise<void> {
  const events = [
    ...(await eventsOf(world, 'orders')).values(),
    ...(await eventsOf(world, 'inventory')).values(),
  ].flat()
  for (const event of events) await checkEnded(world, event)
  for (const run of await listRuns(world.tables, { limit: 1000 })) {
    const state = taskState(run, await taskCounts(world.tables, run.id, run.connections))
    if (state === 'processing' || state === 'due') {
      world.broken(2, `task ${run.id} is ${state} for ever (published ${run.published})`)
    }
  }
}

/** For every connection that takes part in the read. */
async function checkEnded(world: World, { taskId, key, source }: SourceEvent): Promise<void> {
  if (taskId === null) return
  const ofRead = source === SHOP ? orderConnections : configuration.connections
  for (const { id } of ofRead) {
    const row = await world.tables.get(SYNC_ENTITIES, { task: taskId, entity: entityKey(id, key) })
    if (row !== undefined && isEnd(String(row['status']))) continue
    const status = row === undefined ? 'nowhere' : `${row['status']} at ${row['stage']}`
    world.broken(2, `${source} ${key} of task ${taskId} is ${status} for ${id}`)
  }
}
