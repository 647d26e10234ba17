import { StreamError } from '../errors.ts'
import { forEachBounded } from '../platform/bounded.ts'
import { type AttributeOf, rowsOf } from '../platform/dynamodb/rows.ts'
import type { Condition, Tables } from '../platform/dynamodb/tables.ts'
import type { BatchContext, Decoded, Stage } from '../platform/runtime/stage.ts'
import { type EntityRow, entityKey, entityRows, evolveEntity, type ReportedResult } from './entity-row.ts'
import { insertMissing, ONE_REQUEST } from './insert-missing.ts'
import { orDeadLetter, type ResultOfRecord, soundResults } from './sound-results.ts'
import { noteReported } from './task-counts.ts'

/** Rows written in parallel. */
const WRITERS = 16
/** Few stages write to a row at once; more conflicts in a row than this mean that something else is wrong. */
const TRIES = 20

/** Results of one entity of a task, in order. */
interface Group {
  readonly task: string
  readonly entity: string
  readonly results: ReportedResult[]
  readonly first: ResultOfRecord
}

/**
 * Folds `sync-status` into one row per task, connection and entity. Results of several stages arrive from several
 * partitions in any order: each write is conditional on the row being unchanged since it was read, and is repeated
 * otherwise. Results without a task (pushes) are left out; a result that no row can hold is dead-lettered alone.
 */
export function taskStage(deps: { readonly tables: Tables }): Stage<'sync-status'> {
  return {
    name: 'project-tasks',
    kind: 'sync-status',
    topics: ['sync-status'],
    async handle(batch, context) {
      const groups = groupResults(await soundResults(batch, context))
      const keys = groups.map(({ task, entity }) => ({ task, entity }))
      const found = await rowsOf(deps.tables, entityRows).getMany(keys)
      const rows = new Map(found.map((row) => [rowName(row), row]))
      const rest = await insertMissing(groups, missingOf(deps.tables, rows), context)
      await forEachBounded(rest, WRITERS, async (group) => {
        const row = rows.get(rowName(group))
        await orDeadLetter(group.first, context, () => writeGroup(deps.tables, group, row, context))
      })
      // After the rows, also if none changed: after a crash in between, the redelivery notes the report.
      const times = groups.flatMap(({ task, results }) => results.map(({ at }) => [task, at] as const))
      for (const [task, own] of Map.groupBy(times, ([of]) => of)) {
        await noteReported(deps.tables, task, Math.max(...own.map(([, at]) => at)))
      }
    },
  }
}

function groupResults(batch: readonly Decoded<'sync-status'>[]): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const { record, event } of batch) {
    const { taskId, stage, at } = event
    const offset = Number(record.offset)
    if (taskId === null) continue
    for (const result of event.results) {
      const entity = entityKey(result.connection, result.key)
      const id = JSON.stringify([taskId, entity])
      const group = groups.get(id) ?? { task: taskId, entity, results: [], first: { record, taskId, result } }
      group.results.push({ taskId, stage, at, offset, result })
      groups.set(id, group)
    }
  }
  return [...groups.values()]
}

function rowName({ task, entity }: Pick<Group, 'task' | 'entity'>): string {
  return JSON.stringify([task, entity])
}

function missingOf(tables: Tables, found: ReadonlyMap<string, EntityRow>) {
  return {
    rowOf: (group: Group) => (found.has(rowName(group)) ? undefined : afterResults(undefined, group)),
    insert: rowsOf(tables, entityRows).insertMany,
    atOnce: ONE_REQUEST,
  }
}

/** The row to write after the results; undefined: they change nothing. */
function afterResults(row: EntityRow | undefined, { results }: Group): EntityRow | undefined {
  const after = results.reduce<EntityRow | undefined>(evolveEntity, row)
  return after === undefined || after === row ? undefined : { ...after, revision: after.revision + 1 }
}

async function writeGroup(tables: Tables, group: Group, read: EntityRow | undefined, context: BatchContext) {
  const { task, entity } = group
  const rows = rowsOf(tables, entityRows)
  let row = read
  for (let tries = 0; tries < TRIES; tries += 1) {
    const after = afterResults(row, group)
    if (after === undefined) return
    context.assertOwned()
    const unchanged: Condition<AttributeOf<EntityRow>> =
      row === undefined ? { absent: 'task' } : { attribute: 'revision', is: '=', value: row.revision }
    if (await rows.put(after, unchanged)) return
    row = await rows.get({ task, entity })
  }
  throw new StreamError(
    'concurrent_change',
    `entity ${entity} of task ${task} kept changing while being updated; try again`,
  )
}
