import type { Tables } from '../platform/dynamodb/tables.ts'
import { type EntityRow, toEntityRow, UNREADABLE, UNROUTED } from './entity-row.ts'
import { BY_STATUS, SYNC_ENTITIES } from './tables.ts'

export interface StatusFilter {
  readonly task: string
  /** Connections in the order they are listed in, and `*` for the entities as they were read. */
  readonly connections: readonly string[]
  readonly status: string
}

/**
 * Rows of one status after the place `after`, by the index: a rare status of a large task is found at once. `next` is
 * null at the end.
 */
export async function listByStatus(
  tables: Tables,
  { task, connections, status }: StatusFilter,
  limit: number,
  after: string | null,
): Promise<{ readonly rows: readonly EntityRow[]; readonly next: string | null }> {
  const prefixes = connections.flatMap((connection) => {
    const marks = connection === UNROUTED && status === 'failed' ? [status, UNREADABLE] : [status]
    return marks.map((mark) => `${connection}#${mark}#`)
  })
  const begin = after === null ? 0 : prefixes.findIndex((prefix) => after.startsWith(prefix))
  const keys: { readonly entity: string; readonly place: string }[] = []
  for (const beginsWith of begin < 0 ? [] : prefixes.slice(begin)) {
    const left = limit - keys.length
    if (left === 0) break
    const from = after?.startsWith(beginsWith) === true ? { after } : {}
    const items = await tables.query(SYNC_ENTITIES, {
      partition: task,
      index: BY_STATUS,
      beginsWith,
      limit: left,
      ...from,
    })
    keys.push(...items.map((item) => ({ entity: String(item['entity']), place: String(item['status_key']) })))
  }
  const items = await tables.getMany(
    SYNC_ENTITIES,
    keys.map(({ entity }) => ({ task, entity })),
  )
  const rows = new Map(items.map((item) => [String(item['entity']), toEntityRow(item)]))
  // A row that went on since the index was read is of another status now.
  const listed = keys.flatMap(({ entity }) => rows.get(entity) ?? []).filter((row) => row.status === status)
  return { rows: listed, next: keys.length < limit ? null : (keys.at(-1)?.place ?? null) }
}
