import type { Original } from '../control/dead-letters/original.ts'
import { toStreamError } from '../errors.ts'
import { readMadeFrom } from '../events/headers.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import { deadLetterRows } from '../projections/dead-letter-row.ts'
import { listDeadLetters } from '../projections/list-dead-letters.ts'
import type { SourceEntity } from '../rules/map-entity.ts'
import type { OperationDeps } from './dependencies.ts'
import type { Principal } from './principal.ts'

interface WantedGroup {
  readonly connection: string
  readonly group: string
  readonly entity: SourceEntity['entity']
  /** Maximum number of events. */
  readonly last: number
}

/** Rows per query: each contains a whole record. */
const AT_ONCE = 25

/**
 * The products or orders in the open dead letters of a connection's group, oldest first; skips those that cannot be
 * decoded. For a rejected vendor order it returns the source order.
 */
export async function eventsOfGroup(
  deps: Pick<OperationDeps, 'tables' | 'deadLetters' | 'codec' | 'staged' | 'topicPrefix'>,
  by: Principal,
  { connection, group, entity, last }: WantedGroup,
): Promise<readonly SourceEntity[]> {
  const { tables, deadLetters } = deps
  const any = { code: null, key: null, from: null, to: null }
  const stage = entity === 'products' ? 'map-products' : null
  const filter = { ...any, state: 'open', stage, connection, group, seen: by.scope.connections } as const
  const events: SourceEntity[] = []
  for (let after: string | null = null, more = true; more && events.length < last; more = after !== null) {
    const page = await listDeadLetters(tables, filter, Math.min(AT_ONCE, last - events.length), after)
    for (const row of await rowsOf(tables, deadLetterRows).listMany(page.rows.map(({ id }) => ({ id })))) {
      const { original } = await deadLetters.open(row, true)
      const event = await decode(deps, entity, await sourceOf(deps, entity, row.topic, original))
      if (event !== undefined) events.push(event)
    }
    after = page.next
  }
  return events.toReversed()
}

/** The bytes of the source event. */
async function sourceOf(
  { staged, topicPrefix }: Pick<OperationDeps, 'staged' | 'topicPrefix'>,
  entity: SourceEntity['entity'],
  topic: string,
  original: Original,
): Promise<Buffer | null> {
  if (entity === 'products' || topic === `${topicPrefix}${entity}`) return original.value
  const place = readMadeFrom(original.headers)
  if (place === null) return null
  const [record] = await staged.reader.read([place])
  return record?.value ?? null
}

async function decode(
  { codec }: Pick<OperationDeps, 'codec'>,
  entity: SourceEntity['entity'],
  value: Buffer | null,
): Promise<SourceEntity | undefined> {
  try {
    if (entity === 'products') {
      const { source, key, deleted, data } = await codec.decode('products', value)
      return { entity, source, key, deleted, data }
    }
    const { source, key, deleted, data } = await codec.decode('orders', value)
    return { entity, source, key, deleted, data }
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy === 'stop') throw error
    return undefined
  }
}
