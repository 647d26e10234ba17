import type { Tables } from '../platform/dynamodb/tables.ts'
import { forEachBounded } from './bounded.ts'
import { entityKey, entityStatuses, isEnd, UNREADABLE, UNROUTED } from './entity-row.ts'
import { BY_STATUS, SYNC_ENTITIES } from './tables.ts'

/** Of a task with no more rows than this the keys are counted here; of a larger one, by the table. */
const FEW = 3000
/** Counts asked for at once. */
const ASKED_AT_ONCE = 8
/** Of so many failed entities it is looked up one by one whether they are routed by now. */
const LOOKED_UP = 1000

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

export const taskStates = ['due', 'processing', 'completed', 'failed', 'incomplete', 'merged'] as const
export type TaskState = (typeof taskStates)[number]

/** Rows of one connection (or unrouted ones) by what they are counted as. */
type Tally = Map<string, Map<string, number>>

/**
 * Counts a task's entities by the index of their statuses, whose entries are small: a task of 100,000 entities is counted
 * in a few requests. Rows of connections not asked for are not counted.
 */
export async function taskCounts(tables: Tables, taskId: string, connections: readonly string[]): Promise<TaskCounts> {
  const first = await keysOf(tables, taskId, { limit: FEW })
  const tally = first.length < FEW ? tallyOf(first) : await tallyByTable(tables, taskId, connections)
  const unrouted = tally.get(UNROUTED) ?? new Map<string, number>()
  const failed = (unrouted.get('failed') ?? 0) === 0 ? [] : await failedKeys(tables, taskId)
  const routed = await routedOf(tables, taskId, connections, failed)
  const counts = connections.map((id) => {
    const statuses = Object.fromEntries([...(tally.get(id) ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    const ends = Object.entries(statuses).filter(([status]) => isEnd(status))
    const ended = ends.reduce((sum, [, count]) => sum + count, 0)
    // What failed for all connections at once has ended for each; a retry that routed it counts by its own row.
    return [id, { statuses, ended: ended + failed.length - (routed.get(id)?.size ?? 0) }] as const
  })
  const stuck = failed.filter((key) => connections.some((id) => routed.get(id)?.has(key) !== true))
  const unreadable = unrouted.get(UNREADABLE) ?? 0
  const all = [...unrouted.values()].reduce((sum, count) => sum + count, 0)
  return {
    published: all - unreadable,
    connections: Object.fromEntries(counts),
    unrouted_failed: unreadable + stuck.length,
  }
}

interface KeyRange {
  readonly beginsWith?: string
  readonly limit?: number
}

async function keysOf(tables: Tables, partition: string, range: KeyRange): Promise<readonly string[]> {
  const items = await tables.query(SYNC_ENTITIES, { partition, index: BY_STATUS, ...range })
  return items.map((item) => String(item['status_key']))
}

function tallyOf(keys: readonly string[]): Tally {
  const tally: Tally = new Map()
  for (const statusKey of keys) {
    const [connection = '', mark = ''] = statusKey.split('#', 2)
    add(tally, connection, mark, 1)
  }
  return tally
}

function add(tally: Tally, connection: string, mark: string, count: number): void {
  const marks = tally.get(connection) ?? new Map<string, number>()
  tally.set(connection, marks.set(mark, (marks.get(mark) ?? 0) + count))
}

async function tallyByTable(tables: Tables, partition: string, connections: readonly string[]): Promise<Tally> {
  const tally: Tally = new Map()
  const wanted = [UNROUTED, ...connections].flatMap((connection) =>
    [...entityStatuses, ...(connection === UNROUTED ? [UNREADABLE] : [])].map((mark) => ({ connection, mark })),
  )
  await forEachBounded(wanted, ASKED_AT_ONCE, async ({ connection, mark }) => {
    const range = { partition, index: BY_STATUS, beginsWith: `${connection}#${mark}#` }
    const count = await tables.count(SYNC_ENTITIES, range)
    if (count > 0) add(tally, connection, mark, count)
  })
  return tally
}

/** Keys of entities that were published and failed before they were routed. */
async function failedKeys(tables: Tables, taskId: string): Promise<readonly string[]> {
  const prefix = `${UNROUTED}#failed#`
  return (await keysOf(tables, taskId, { beginsWith: prefix })).map((key) => key.slice(prefix.length))
}

/** Which of these keys have a row of their own for each connection by now. */
async function routedOf(
  tables: Tables,
  task: string,
  connections: readonly string[],
  keys: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const routed = new Map(connections.map((id) => [id, new Set<string>()]))
  if (keys.length === 0) return routed
  if (keys.length > LOOKED_UP) {
    const failed = new Set(keys)
    for (const statusKey of await keysOf(tables, task, {})) {
      const [connection = '', mark = ''] = statusKey.split('#', 2)
      const key = statusKey.slice(connection.length + mark.length + 2)
      if (failed.has(key)) routed.get(connection)?.add(key)
    }
    return routed
  }
  const wanted = connections.flatMap((id) => keys.map((key) => ({ task, entity: entityKey(id, key) })))
  for (const { entity } of await tables.getMany(SYNC_ENTITIES, wanted)) {
    const [connection = ''] = String(entity).split('#', 1)
    routed.get(connection)?.add(String(entity).slice(connection.length + 1))
  }
  return routed
}

/**
 * State of a task, derived on read: it is `processing` until its run has ended and every published entity has, for
 * every subscribed connection, a row at its end; then `failed` when any of them failed, else `completed`.
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

/** The state that follows from the run alone; null: its entities decide. */
export function stateOfRun({ state }: Pick<TaskRun, 'state'>): TaskState | null {
  return state === 'ended' || state === 'running' ? null : state
}
