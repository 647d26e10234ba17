import { rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { type EntityRow, isEnd, stageOrder, UNROUTED } from './entity-row.ts'
import { SYNC_ENTITIES } from './tables.ts'

/** Rows held in memory at once. */
const PAGE = 5000

/** The part of a run that determines its task's state. */
export interface TaskRun {
  readonly state: 'due' | 'running' | 'ended' | 'failed' | 'incomplete' | 'merged'
  /** Entities published, each to every subscribed connection. */
  readonly published: number
  readonly connections: readonly string[]
}

/** Entities of one connection by status. */
export interface ConnectionCounts {
  readonly statuses: Readonly<Record<string, number>>
  /** Entities whose row has a final status, and those that failed before they could be routed to the connection. */
  readonly ended: number
}

export interface TaskCounts {
  /** Entities that the producer reports as published. */
  readonly published: number
  /** By connection; contains every requested connection. */
  readonly connections: Readonly<Record<string, ConnectionCounts>>
  /** Entities that could not be read, or not be routed to every connection. */
  readonly unrouted_failed: number
}

export const taskStates = ['due', 'processing', 'completed', 'failed', 'incomplete', 'merged'] as const
export type TaskState = (typeof taskStates)[number]

/**
 * Counts a task's entity rows in one pass over its partition, reading only three attributes. Rows of other connections
 * are not counted.
 */
export async function taskCounts(tables: Tables, taskId: string, connections: readonly string[]): Promise<TaskCounts> {
  const unrouted: UnroutedRows = { published: 0, unreadable: 0, failed: new Set() }
  // Unrouted rows first, so that the routed ones can be compared with them.
  await eachRow(tables, taskId, UNROUTED, (row) => countUnrouted(unrouted, row))
  const counted = await Promise.all(
    connections.map(async (id) => {
      const statuses: Record<string, number> = {}
      const routed = new Set<string>()
      let ended = 0
      await eachRow(tables, taskId, id, ({ key, status }) => {
        statuses[status] = (statuses[status] ?? 0) + 1
        if (isEnd(status)) ended += 1
        if (unrouted.failed.has(key)) routed.add(key)
      })
      // An entity that failed for all connections has ended for each; if a retry routed it, its own row counts.
      return { id, routed, count: { statuses, ended: ended + unrouted.failed.size - routed.size } }
    }),
  )
  const stuck = [...unrouted.failed].filter((key) => counted.some(({ routed }) => !routed.has(key)))
  return {
    published: unrouted.published,
    connections: Object.fromEntries(counted.map(({ id, count }) => [id, count])),
    unrouted_failed: unrouted.unreadable + stuck.length,
  }
}

interface UnroutedRows {
  published: number
  /** Failed at the producer: never published. */
  unreadable: number
  /** Keys that were published and failed before they were routed. */
  readonly failed: Set<string>
}

function countUnrouted(rows: UnroutedRows, { key, status, stage }: CountedRow): void {
  const failed = status === 'failed'
  if (failed && stageOrder(stage) === 0) rows.unreadable += 1
  else rows.published += 1
  if (failed && stageOrder(stage) > 0) rows.failed.add(key)
}

/** The part of a row that is counted. */
type CountedRow = Pick<EntityRow, 'key' | 'status' | 'stage'>

/** The columns read for it. */
const countedRows = rowType<Pick<EntityRow, 'entity' | 'status' | 'stage'>>(SYNC_ENTITIES, ['entity'], {
  entity: text,
  status: text,
  stage: text,
})

/** The rows of one connection; `$` is the character after `#`. */
async function eachRow(
  tables: Tables,
  partition: string,
  connection: string,
  count: (row: CountedRow) => void,
): Promise<void> {
  let begin: { from: string } | { after: string } = { from: `${connection}#` }
  for (;;) {
    const range = { partition, limit: PAGE, before: `${connection}$`, ...begin }
    const rows = await rowsOf(tables, countedRows).queryParts(range)
    for (const { entity, status, stage } of rows) count({ key: entity.slice(connection.length + 1), status, stage })
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    begin = { after: last.entity }
  }
}

/**
 * State of a task, derived on read: `processing` until its run has ended and every published entity has a row with a
 * final status for every subscribed connection; then `failed` if any of them failed, otherwise `completed`.
 */
export function taskState(run: TaskRun, counts: TaskCounts): TaskState {
  const own = stateOfRun(run)
  if (own !== null) return own
  const perConnection = run.connections.map((id) => counts.connections[id])
  const published = Math.max(run.published, counts.published)
  const ended = perConnection.every((count) => (count?.ended ?? 0) >= published)
  if (run.state === 'running' || !ended) return 'processing'
  const failed = perConnection.some((count) => (count?.statuses['failed'] ?? 0) > 0)
  return failed || counts.unrouted_failed > 0 ? 'failed' : 'completed'
}

/** The state that the run alone determines; null: its entities decide. */
export function stateOfRun({ state }: Pick<TaskRun, 'state'>): TaskState | null {
  return state === 'ended' || state === 'running' ? null : state
}
