import type { Item, Tables } from '../platform/dynamodb/tables.ts'
import { type EntityRow, isEnd, stageOrder, toEntityRow, UNROUTED } from './entity-row.ts'
import { SYNC_ENTITIES } from './tables.ts'

/** Rows that are held in memory at once. */
const PAGE = 5000

/** What of a run its task's state follows from. */
export interface TaskRun {
  readonly state: 'due' | 'running' | 'ended' | 'failed' | 'incomplete' | 'merged'
  /** Entities published, each to every subscribed connection. */
  readonly published: number
  readonly connections: readonly string[]
}

/** Entities by status, of one connection. */
export interface ConnectionCounts {
  readonly statuses: Readonly<Record<string, number>>
  /** Entities whose row is at its end, and those that failed before they could be routed to it. */
  readonly ended: number
}

export interface TaskCounts {
  /** Entities that the producer says it published. */
  readonly published: number
  /** By connection; every connection asked for is there. */
  readonly connections: Readonly<Record<string, ConnectionCounts>>
  /** Entities that could not be read, or not be routed to every connection. */
  readonly unrouted_failed: number
}

export type TaskState = 'due' | 'processing' | 'completed' | 'failed' | 'incomplete' | 'merged'

/** Counts a task's entity rows in one pass over its partition. Rows of connections not asked for are not counted. */
export async function taskCounts(tables: Tables, taskId: string, connections: readonly string[]): Promise<TaskCounts> {
  const unrouted: UnroutedRows = { published: 0, unreadable: 0, failed: new Set() }
  const counts = new Map(connections.map((id) => [id, { statuses: {} as Record<string, number>, ended: 0 }]))
  const routed = new Map(connections.map((id) => [id, new Set<string>()]))
  // Unrouted rows come first in the partition, so that the routed ones can be held against them.
  for await (const item of taskItems(tables, taskId)) {
    const row = toEntityRow(item)
    if (row.connection === null) countUnrouted(unrouted, row)
    const count = counts.get(row.connection ?? UNROUTED)
    if (count === undefined) continue
    count.statuses[row.status] = (count.statuses[row.status] ?? 0) + 1
    if (isEnd(row.status)) count.ended += 1
    if (unrouted.failed.has(row.key)) routed.get(row.connection ?? UNROUTED)?.add(row.key)
  }
  // What failed for all connections at once has ended for each; a retry that routed it counts by its own row.
  for (const [id, count] of counts) count.ended += unrouted.failed.size - (routed.get(id)?.size ?? 0)
  const stuck = [...unrouted.failed].filter((key) => [...routed.values()].some((keys) => !keys.has(key)))
  return {
    published: unrouted.published,
    connections: Object.fromEntries(counts),
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

function countUnrouted(rows: UnroutedRows, { key, status, stage }: EntityRow): void {
  const failed = status === 'failed'
  if (failed && stageOrder(stage) === 0) rows.unreadable += 1
  else rows.published += 1
  if (failed && stageOrder(stage) > 0) rows.failed.add(key)
}

/** Rows of a task in order of their key. */
async function* taskItems(tables: Tables, taskId: string): AsyncIterable<Item> {
  let last: string | undefined
  for (;;) {
    const range = { partition: taskId, limit: PAGE, ...(last === undefined ? {} : { after: last }) }
    const items = await tables.query(SYNC_ENTITIES, range)
    yield* items
    if (items.length < PAGE) return
    last = String(items.at(-1)?.['entity'])
  }
}

/**
 * State of a task, derived on read: it is `processing` until its run has ended and every published entity has, for
 * every subscribed connection, a row at its end; then `failed` when any of them failed, else `completed`.
 */
export function taskState(run: TaskRun, counts: TaskCounts): TaskState {
  if (run.state === 'due' || run.state === 'merged' || run.state === 'failed' || run.state === 'incomplete') {
    return run.state
  }
  const perConnection = run.connections.map((id) => counts.connections[id])
  const published = Math.max(run.published, counts.published)
  const ended = perConnection.every((count) => (count?.ended ?? 0) >= published)
  if (run.state === 'running' || !ended) return 'processing'
  const failed = perConnection.some((count) => (count?.statuses['failed'] ?? 0) > 0)
  return failed || counts.unrouted_failed > 0 ? 'failed' : 'completed'
}
