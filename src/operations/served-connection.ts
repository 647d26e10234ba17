import { listChanges } from '../configuration/changes.ts'
import type { Connection } from '../configuration/model.ts'
import { connectionOfRow, metadataOfRow, stays, systemOfRow } from '../configuration/stored-documents.ts'
import { type StockPolicies, stockPoliciesOf } from '../configuration/stored-form.ts'
import { CONNECTIONS, PRODUCT_METADATA } from '../configuration/tables.ts'
import type { Item, Tables } from '../platform/dynamodb/tables.ts'
import { readableItems } from '../platform/dynamodb/unreadable-rows.ts'
import { createSharedReads, type Kept } from '../platform/shared-reads.ts'

/** Why a connection does not run: new changes do not reach its feeds. */
export type ConnectionProblem = 'removed' | 'unreadable'

/** A connection as its feeds are served. */
export interface ServedConnection {
  /** Undefined: its document is missing or cannot be read. */
  readonly connection: Connection | undefined
  /** The policies of its document, or else the last ones that can be read. */
  readonly policies: StockPolicies
  /** Null: it runs. */
  readonly problem: ConnectionProblem | null
}

/** For policies that are there and cannot be read. */
const STRICTEST: StockPolicies = { staleStock: { afterMinutes: 0, policy: 'zero' } }

/** The search for earlier policies reads many changes of the configuration. */
const SEARCHED_MS = 60_000
/** Changes of the connection that are searched. */
const SEARCHED = 20

export async function servedConnection(tables: Tables, id: string, kept: Kept): Promise<ServedConnection> {
  const found = await tables.get(CONNECTIONS, { kind: 'connection', id })
  const item = found !== undefined && stays(found) ? found : undefined
  if (item === undefined) {
    return { connection: undefined, policies: (await earlierPolicies(tables, id, kept)) ?? {}, problem: 'removed' }
  }
  const [connection] = readableItems([item], connectionOfRow)
  if (connection === undefined) {
    return { connection, policies: await policiesOf(tables, id, item, kept), problem: 'unreadable' }
  }
  const problem = (await hasUnreadablePart(tables, connection)) ? 'unreadable' : null
  return { connection, policies: connection, problem }
}

/** A connection does not run without its systems or its mapping. */
async function hasUnreadablePart(tables: Tables, { id, shop, vendor }: Connection): Promise<boolean> {
  const keys = [...new Set([shop, vendor])].map((system) => ({ kind: 'system', id: system }))
  const [systems, metadata] = await Promise.all([
    tables.getMany(CONNECTIONS, keys),
    tables.getMany(PRODUCT_METADATA, [{ connection: id }]),
  ])
  const broken = (items: readonly Item[], decode: (item: Item) => object) =>
    readableItems(items.filter(stays), decode).length < items.filter(stays).length
  return broken(systems, systemOfRow) || broken(metadata, metadataOfRow)
}

async function policiesOf(tables: Tables, id: string, item: Item, kept: Kept): Promise<StockPolicies> {
  const own = stockPoliciesOf(item['document'])
  if (own !== 'unreadable') return own
  return (await earlierPolicies(tables, id, kept)) ?? STRICTEST
}

const shared = createSharedReads<StockPolicies | undefined>()

/** The policies of the newest earlier document in which they can be read. Undefined: there is none. */
function earlierPolicies(tables: Tables, id: string, { now }: Kept): Promise<StockPolicies | undefined> {
  return shared(tables, id, { now, keptMs: SEARCHED_MS }, async () => {
    const filter = { kind: 'connection', id, by: null, from: null, to: null } as const
    const { changes } = await listChanges(tables, filter, SEARCHED, null)
    const documents = changes.flatMap(({ before, after }) => [after, before]).filter((one) => one !== null)
    return documents.map(stockPoliciesOf).find((policies) => policies !== 'unreadable')
  })
}
