import type { Item, Tables } from '../platform/dynamodb/tables.ts'
import { type EntityRow, entityKey, toEntityRow, UNROUTED } from './entity-row.ts'
import { SYNC_ENTITIES } from './tables.ts'

export interface EntityFilter {
  readonly task: string
  /** Connections the task's read goes to. */
  readonly connections: readonly string[]
  /** One connection, or `*`: the entities as they were read. */
  readonly connection: string | null
  readonly status: string | null
  /** Connections whose rows may be seen; entities as they were read are seen by who sees all. */
  readonly seen: 'all' | ReadonlySet<string>
}

/** Rows looked at in one go, and how many such goes one call may take. */
const CHUNK = 500
const CHUNKS = 10
/** For a status, keys and statuses alone are looked at: so many at a time, in so many goes. */
const STATUS_CHUNK = 5000
const STATUS_CHUNKS = 4

interface EntityPage {
  readonly rows: readonly EntityRow[]
  readonly next: string | null
}

/**
 * Rows of a task after the key `after`: those of connections first, then the entities that are not routed everywhere
 * yet. `next` is null at the end; with a rare status a call may answer few or no rows and yet a `next`.
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
    const found = await nextChunk(tables, filter, last)
    const seen = found.filter((item) => isSeen(filter, String(item['entity'])))
    for await (const row of shownOf(tables, filter, seen, () => limit - rows.length)) {
      rows.push(row)
      if (rows.length === limit) return { rows, next: row.entity }
    }
    const end = found.at(-1)
    if (end === undefined) return { rows, next: null }
    last = String(end['entity'])
  }
  return { rows, next: last }
}

function isSeen({ seen }: EntityFilter, entity: string): boolean {
  return seen === 'all' || seen.has(entity.slice(0, entity.indexOf('#')))
}

/** The rows of a chunk that are to be shown; for a status they are read once they are known to be of it. */
async function* shownOf(tables: Tables, filter: EntityFilter, found: readonly Item[], left: () => number) {
  const { status, task } = filter
  if (status === null) return yield* await notRouted(tables, filter, found.map(toEntityRow))
  const keys = found.filter((item) => item['status'] === status).map((item) => String(item['entity']))
  while (keys.length > 0) {
    const wanted = keys.splice(0, left())
    const items = await tables.getMany(
      SYNC_ENTITIES,
      wanted.map((entity) => ({ task, entity })),
    )
    const rows = new Map(items.map((item) => [item['entity'], toEntityRow(item)]))
    // One that went on meanwhile is of another status now.
    const same = wanted.flatMap((entity) => rows.get(entity) ?? []).filter((row) => row.status === status)
    yield* await notRouted(tables, filter, same)
  }
}

/** `*` is the smallest of the characters that begin a key, and `+` the next: rows of connections begin there. */
const AFTER_UNROUTED = '+'

async function nextChunk(tables: Tables, filter: EntityFilter, last: string | null): Promise<readonly Item[]> {
  const size = filter.status === null ? { limit: CHUNK } : { limit: STATUS_CHUNK, attributes: ['entity', 'status'] }
  const query = async (range: { after?: string; from?: string; before?: string }) =>
    await tables.query(SYNC_ENTITIES, { partition: filter.task, ...size, ...range })
  if (filter.connection !== null) return await query(within(filter.connection, last))
  if (last?.startsWith(UNROUTED) !== true) {
    const routed = await query(last === null ? { from: AFTER_UNROUTED } : { after: last })
    if (routed.length > 0) return routed
  }
  return await query(within(UNROUTED, last?.startsWith(UNROUTED) === true ? last : null))
}

/** Keys of one connection: `$` is the character after `#`. */
function within(connection: string, last: string | null): { after?: string; from?: string; before: string } {
  const begin = last === null ? { from: `${connection}#` } : { after: last }
  return { ...begin, before: `${connection}$` }
}

/** Leaves out the unrouted rows of entities that have a row for every connection. */
async function notRouted(tables: Tables, filter: EntityFilter, rows: readonly EntityRow[]) {
  if (filter.connection !== null || filter.connections.length === 0) return rows
  const unrouted = rows.filter((row) => row.connection === null)
  const items = await tables.getMany(
    SYNC_ENTITIES,
    unrouted.flatMap(({ task, key }) =>
      filter.connections.map((connection) => ({ task, entity: entityKey(connection, key) })),
    ),
  )
  const routed = new Set(items.map((item) => item['entity']))
  return rows.filter(
    ({ connection, key }) => connection !== null || !filter.connections.every((id) => routed.has(entityKey(id, key))),
  )
}
