import type { Run } from '../control/runs.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { knownCounts } from '../projections/task-counts.ts'
import { type TaskCounts, taskState } from '../projections/task-status.ts'

/** Counts the entities of a task for these connections. */
export type CountEntities = (run: Run, connections: readonly string[]) => Promise<TaskCounts>

/** Maximum number of completed tasks whose counts are cached. */
const REMEMBERED = 1000

/** Caches the counts of completed tasks, which never change. */
export function entityCounter(tables: Tables): CountEntities {
  const completed = new Map<string, TaskCounts>()
  return async (run, connections) => {
    const key = JSON.stringify([run.id, connections])
    const counts = completed.get(key) ?? (await knownCounts(tables, run.id, connections))
    if (taskState({ ...run, connections }, counts) === 'completed') {
      const [oldest] = completed.keys()
      if (completed.size >= REMEMBERED && oldest !== undefined) completed.delete(oldest)
      completed.set(key, counts)
    }
    return counts
  }
}
