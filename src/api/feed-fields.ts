import { ObjectOptions } from 'typebox'
import { StreamError } from '../errors.ts'
import { splitKey } from '../events/entities.ts'
import type { ServedRow } from '../operations/feed-ages.ts'
import type { Feed } from '../projections/projection.ts'

/** Optional columns of a row. Source, key, `deleted` and `stale` are always included: a copy without them would be wrong. */
const CHOSEN = ['connection', 'updated_at', 'as_of', 'position'] as const
type Chosen = (typeof CHOSEN)[number]

const DATA = 'data'

/** The requested fields of a row. */
export interface FeedFields {
  readonly columns: ReadonlySet<Chosen>
  /** Columns of `data`; null: all. */
  readonly data: ReadonlySet<string> | null
}

const all: FeedFields = { columns: new Set(CHOSEN), data: null }

/**
 * Parses a list of fields, separated by commas: columns of the row, or of its data (`total`, `data.total`). Undefined: all.
 * Throws `request_invalid` for an unknown name.
 */
export function feedFields({ entity, key: { parts }, data }: Feed, text: string | undefined): FeedFields {
  if (text === undefined) return all
  const names = text.split(',').map((name) => name.trim())
  const kept = ['source', 'deleted', ...parts]
  const columns = new Set<Chosen>()
  const own = new Set<string>()
  for (const name of names) {
    const column = CHOSEN.find((one) => one === name)
    if (column !== undefined) columns.add(column)
    else if (!kept.includes(name) && name !== DATA)
      own.add(name.startsWith(`${DATA}.`) ? name.slice(DATA.length + 1) : name)
  }
  const known = Object.keys(data.properties)
  const isOpen = ObjectOptions(data).additionalProperties === true
  const mistyped = [...own].find((name) => (isOpen ? name === '' : !known.includes(name)))
  if (mistyped === undefined) return { columns, data: names.includes(DATA) ? null : own }
  const there = [...kept, ...CHOSEN, DATA, ...known].join(', ')
  const message = `fields: the feed of ${entity} has no "${mistyped}"; separate names by commas; there are: ${there}`
  throw new StreamError('request_invalid', message, { field: 'fields' })
}

/** A row as the API returns it. */
export function feedItemOf({ key: { parts } }: Feed, row: ServedRow, { columns, data }: FeedFields) {
  return {
    ...(columns.has('connection') ? { connection: row.connection } : {}),
    source: row.source,
    ...splitKey(parts, row.key),
    ...(columns.has('updated_at') ? { updated_at: row.updated_at } : {}),
    ...(columns.has('as_of') ? { as_of: row.as_of } : {}),
    ...(columns.has('position') ? { position: row.position } : {}),
    deleted: row.deleted,
    ...(row.stale === null ? {} : { stale: row.stale }),
    data: data === null ? row.data : Object.fromEntries(Object.entries(row.data).filter(([name]) => data.has(name))),
  }
}
