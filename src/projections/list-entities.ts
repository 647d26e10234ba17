import { rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { type EntityRow, entityKey, entityRows, UNROUTED } from './entity-row.ts'
import { SYNC_ENTITIES } from './tables.ts'

export interface EntityFilter {
  readonly task: string
  /** Connections that subscribe to the task's read. */
  readonly connections: readonly string[]
  /** One connection, or `*`: the entities as they were read. */
  readonly connection: string | null
  readonly status: string | null
  /** Connections whose rows the caller may see; unrouted entities are visible only to `all`. */
  readonly seen: 'all' | ReadonlySet<string>
}

/** Rows read at once, and how many such reads one call may take. */
const CHUNK = 500
const CHUNKS = 10
/** With a status filter only keys and statuses are read: this many at once, in this many reads. */
const STATUS_CHUNK = 5000
const STATUS_CHUNKS = 4

interface EntityPage {
  readonly rows: readonly EntityRow[]
  readonly next: string | null
}

/**
 * Rows of a task after the key `after`: those of connections first, then the entities that are not routed everywhere
 * yet. `next` is null at the end; with a status that few rows have, a call may return few or none and still have a
 * `next`.
 */
export async function listEntities(
  tables: Tables,
  filter: EntityFilter,
  limit: number,
  after: string | null,
): Promise<EntityPage> {
  const rows: EntityRow[] = []
  let last = after
  for (let chunk = 0; chunk < (filter.status === null ? CHUNKS : STATUS_CHUNKS); chunk += 1) {
    const { shown, end } = await nextChunk(tables, filter, last, () => limit - rows.length)
    for await (const row of shown) {
      rows.push(row)
      if (rows.length === limit) return { rows, next: row.entity }
    }
    if (end === undefined) return { rows, next: null }
    last = end
  }
  return { rows, next: last }
}

function isSeen({ seen }: EntityFilter, entity: string): boolean {
  return seen === 'all' || seen.has(entity.slice(0, entity.indexOf('#')))
}

interface Chunk {
  /** Rows to return. */
  readonly shown: Iterable<EntityRow> | AsyncIterable<EntityRow>
  /** Key of the last row examined; undefined: there are no more. */
  readonly end: string | undefined
}

/** The part of a row that decides whether it is returned. */
const statusRows = rowType<Pick<EntityRow, 'entity' | 'status'>>(SYNC_ENTITIES, ['entity'], {
  entity: text,
  status: text,
})

async function nextChunk(
  tables: Tables,
  filter: EntityFilter,
  last: string | null,
  left: () => number,
): Promise<Chunk> {
  const { task: partition, status } = filter
  if (status === null) {
    const table = rowsOf(tables, entityRows)
    const rows = await chunkAfter(filter, last, (range) => table.query({ partition, limit: CHUNK, ...range }))
    const seen = rows.filter(({ entity }) => isSeen(filter, entity))
    return { shown: await notRouted(tables, filter, seen), end: rows.at(-1)?.entity }
  }
  const table = rowsOf(tables, statusRows)
  const rows = await chunkAfter(filter, last, (range) => table.queryParts({ partition, limit: STATUS_CHUNK, ...range }))
  const keys = rows.filter((row) => row.status === status && isSeen(filter, row.entity)).map(({ entity }) => entity)
  return { shown: rowsOfStatus(tables, filter, keys, left), end: rows.at(-1)?.entity }
}

/** Reads full rows only of matching status. */
async function* rowsOfStatus(tables: Tables, filter: EntityFilter, keys: string[], left: () => number) {
  const { status, task } = filter
  while (keys.length > 0) {
    const wanted = keys.splice(0, left())
    const found = await rowsOf(tables, entityRows).listMany(wanted.map((entity) => ({ task, entity })))
    const rows = new Map(found.map((row) => [row.entity, row]))
    // A row that changed meanwhile has another status now.
    const same = wanted.flatMap((entity) => rows.get(entity) ?? []).filter((row) => row.status === status)
    yield* await notRouted(tables, filter, same)
  }
}

/** `*` is the smallest of the characters that begin a key, and `+` the next: rows of connections begin there. */
const AFTER_UNROUTED = '+'

interface EntityRange {
  readonly after?: string
  readonly from?: string
  readonly before?: string
}

async function chunkAfter<R>(
  filter: EntityFilter,
  last: string | null,
  query: (range: EntityRange) => Promise<readonly R[]>,
): Promise<readonly R[]> {
  if (filter.connection !== null) return await query(within(filter.connection, last))
  if (last?.startsWith(UNROUTED) !== true) {
    const routed = await query(last === null ? { from: AFTER_UNROUTED } : { after: last })
    if (routed.length > 0) return routed
  }
  return await query(within(UNROUTED, last?.startsWith(UNROUTED) === true ? last : null))
}

/** Keys of one connection: `$` is the character after `#`. */
function within(connection: string, last: string | null): EntityRange {
  const begin = last === null ? { from: `${connection}#` } : { after: last }
  return { ...begin, before: `${connection}$` }
}

/** Leaves out the unrouted rows of entities that have a row for every connection. */
async function notRouted(tables: Tables, filter: EntityFilter, rows: readonly EntityRow[]) {
  if (filter.connection !== null || filter.connections.length === 0) return rows
  const unrouted = rows.filter((row) => row.connection === null)
  const found = await rowsOf(tables, entityRows).getMany(
    unrouted.flatMap(({ task, key }) =>
      filter.connections.map((connection) => ({ task, entity: entityKey(connection, key) })),
    ),
  )
  const routed = new Set(found.map(({ entity }) => entity))
  return rows.filter(
    ({ connection, key }) => connection !== null || !filter.connections.every((id) => routed.has(entityKey(id, key))),
  )
}
