import { CONNECTIONS } from '../configuration/tables.ts'
import type { StreamError } from '../errors.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { notFound, type Principal } from './principal.ts'
import { within } from './scope.ts'

/** A `not_found` error with the known connections. */
export async function unknownConnection(tables: Tables, by: Principal, connection: string): Promise<StreamError> {
  const items = await tables.query(CONNECTIONS, { partition: 'connection' })
  const seen = within(by.scope, items, ({ id }) => ({ connection: String(id) }))
  const ids = seen.map(({ id }) => id).join(', ')
  const way = ids === '' ? 'no connection is configured; apply a configuration first' : `there are: ${ids}`
  const [api, cli] = [`there is no "${connection}"; ${way}`, `there is no connection "${connection}"; ${way}`]
  return notFound(by, { field: 'connection', api, cli })
}
