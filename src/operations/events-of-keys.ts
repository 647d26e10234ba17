import { toStreamError } from '../errors.ts'
import { listStaged } from '../projections/list-staged.ts'
import type { SourceEntity } from '../rules/map-entity.ts'
import type { OperationDeps } from './dependencies.ts'
import type { Principal } from './principal.ts'
import { sees } from './scope.ts'

/** The products of a connection with these SKUs, as last read: one for each source that has the SKU. */
export async function eventsOfKeys(
  { tables, staged }: Pick<OperationDeps, 'tables' | 'staged'>,
  by: Principal,
  { connection, keys }: { readonly connection: string; readonly keys: readonly string[] },
): Promise<readonly SourceEntity[]> {
  if (!sees(by.scope, { connection })) return []
  const any = { status: null, since: null, until: null }
  const pages = await Promise.all(
    keys.map((key) => listStaged(tables, { ...any, connection, entity: 'products', key }, SOURCES, null)),
  )
  const places = pages.flatMap(({ rows }) => rows.flatMap(({ source_place }) => source_place ?? []))
  const records = await staged.reader.read(places)
  const events = await Promise.all(records.map((record) => decode(staged.codec, record?.value ?? null)))
  return events.filter((event) => event !== undefined)
}

/** Maximum number of sources per SKU; more than any connection has. */
const SOURCES = 20

/** Undefined: it cannot be decoded. It is a dead letter already, and a mapping cannot change that. */
async function decode(
  codec: OperationDeps['staged']['codec'],
  value: Buffer | null,
): Promise<SourceEntity | undefined> {
  if (value === null) return undefined
  try {
    const { source, key, deleted, data } = await codec.decode('products', value)
    return { entity: 'products', source, key, deleted, data }
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy === 'stop') throw error
    return undefined
  }
}
