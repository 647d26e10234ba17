import { systemOfRead } from '../configuration/read-id.ts'
import { connectionOfRow } from '../configuration/stored-documents.ts'
import { CONNECTIONS } from '../configuration/tables.ts'
import { StreamError } from '../errors.ts'
import { readableItems } from '../platform/dynamodb/unreadable-rows.ts'
import type { FeedMeta } from '../projections/feed-table.ts'
import type { FeedFilter } from '../projections/read-feed.ts'
import type { OperationDeps } from './dependencies.ts'
import type { Principal } from './principal.ts'
import { sees } from './scope.ts'
import { unknownConnection } from './unknown-connection.ts'

type Deps = Pick<OperationDeps, 'tables'>

/** Throws `not_found` for a connection that is not configured and has no rows in any of the feeds. */
export async function checkAnyKnown(
  deps: Deps,
  by: Principal,
  metas: readonly FeedMeta[],
  connection: string,
): Promise<void> {
  const [first] = metas
  const meta = metas.find(({ pairs }) => pairs.some((pair) => pair.connection === connection)) ?? first
  if (meta !== undefined) await checkKnown(deps, by, meta, { connection, sources: null })
}

/**
 * Throws `not_found` for a connection that is not configured and has no rows, and `request_invalid` for a source that
 * the connection does not read: a mistyped id would otherwise look like an empty feed.
 */
export async function checkKnown(
  { tables }: Deps,
  by: Principal,
  meta: FeedMeta,
  { connection, sources }: Pick<FeedFilter, 'connection' | 'sources'>,
): Promise<void> {
  await checkReached({ tables }, by, connection)
  const known = new Set(meta.pairs.filter((pair) => pair.connection === connection).map((pair) => pair.source))
  const hasRows = known.size > 0
  const isMistyped = (source: string) => !known.has(source)
  if (hasRows && sources?.some(isMistyped) !== true) return
  const { isThere, connection: configured } = await configuredConnection({ tables }, connection)
  if (!isThere && !hasRows) throw await unknownConnection(tables, by, connection)
  for (const read of configured?.reads ?? []) known.add(systemOfRead(read))
  const mistyped = sources?.find(isMistyped)
  if (mistyped === undefined) return
  const all = [...known].toSorted().join(', ')
  const message = `source: connection ${connection} does not read from "${mistyped}"; its sources are: ${all}`
  throw new StreamError('request_invalid', message, { field: 'source' })
}

/** Throws `not_found` for a connection beyond the caller's scope. */
export async function checkReached({ tables }: Deps, by: Principal, connection: string): Promise<void> {
  if (!sees(by.scope, { connection })) throw await unknownConnection(tables, by, connection)
}

/** The connection as configured now; undefined: its document cannot be read, or (`isThere` false) there is none. */
async function configuredConnection({ tables }: Deps, id: string) {
  const item = await tables.get(CONNECTIONS, { kind: 'connection', id })
  const [connection] = readableItems(item === undefined ? [] : [item], connectionOfRow)
  return { isThere: item !== undefined, connection }
}
