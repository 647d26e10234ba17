import { decodeConnection } from '../configuration/stored-form.ts'
import { CONNECTIONS } from '../configuration/tables.ts'
import { StreamError } from '../errors.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { FeedMeta } from '../projections/feed-table.ts'

/**
 * Throws `not_found` for a connection that is neither configured nor has rows, and `request_invalid` for a source the
 * connection does not read: a mistyped id would otherwise look like an empty feed.
 */
export async function checkKnown(
  tables: Tables,
  meta: FeedMeta,
  connection: string,
  source: string | null,
): Promise<void> {
  const sources = new Set(meta.pairs.filter((pair) => pair.connection === connection).map((pair) => pair.source))
  const seen = sources.size > 0
  if (seen && (source === null || sources.has(source))) return
  const item = await tables.get(CONNECTIONS, { kind: 'connection', id: connection })
  if (item === undefined && !seen) throw await unknownConnection(tables, connection)
  if (item !== undefined) for (const read of decodeConnection(item['document']).reads) sources.add(systemOf(read))
  if (source === null || sources.has(source)) return
  const known = [...sources].toSorted().join(', ')
  const message = `source: connection ${connection} reads nothing from "${source}"; its sources are: ${known}`
  throw new StreamError('request_invalid', message, { field: 'source' })
}

function systemOf(read: string): string {
  return read.split('.', 1)[0] ?? read
}

/** Names the connections there are. */
export async function unknownConnection(tables: Tables, connection: string): Promise<StreamError> {
  const items = await tables.query(CONNECTIONS, { partition: 'connection' })
  const ids = items.map((item) => item['id']).join(', ')
  const way = ids === '' ? 'none is configured: apply a configuration first' : `there are: ${ids}`
  return new StreamError('not_found', `connection: there is no "${connection}"; ${way}`, { field: 'connection' })
}
