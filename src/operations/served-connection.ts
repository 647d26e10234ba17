import { listChanges } from '../configuration/changes.ts'
import type { Connection, StaleStock } from '../configuration/model.ts'
import { connectionOfRow, metadataOfRow, stays, systemOfRow } from '../configuration/stored-documents.ts'
import { staleStockOf } from '../configuration/stored-form.ts'
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
  /** The policy of its document, or else the last one that can be read. Undefined: it has none. */
  readonly staleStock: StaleStock | undefined
  /** Null: it runs. */
  readonly problem: ConnectionProblem | null
}

/** For a policy that is there and cannot be read. */
const STRICTEST: StaleStock = { afterMinutes: 0, policy: 'zero' }

/** The search for an earlier policy reads many changes of the configuration. */
const SEARCHED_MS = 60_000
/** Changes of the connection that are searched. */
const SEARCHED = 20

export async function servedConnection(tables: Tables, id: string, kept: Kept): Promise<ServedConnection> {
  const found = await tables.get(CONNECTIONS, { kind: 'connection', id })
  const item = found !== undefined && stays(found) ? found : undefined
  if (item === undefined) {
    return { connection: undefined, staleStock: await earlierPolicy(tables, id, kept), problem: 'removed' }
  }
  const [connection] = readableItems([item], connectionOfRow)
  if (connection === undefined) {
    return { connection, staleStock: await policyOf(tables, id, item, kept), problem: 'unreadable' }
  }
  const problem = (await hasUnreadablePart(tables, connection)) ? 'unreadable' : null
  return { connection, staleStock: connection.staleStock, problem }
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

async function policyOf(tables: Tables, id: string, item: Item, kept: Kept): Promise<StaleStock | undefined> {
  const own = staleStockOf(item['document'])
  if (own !== 'unreadable') return own
  return (await earlierPolicy(tables, id, kept)) ?? STRICTEST
}

/** Undefined: it had none, or there is no earlier document. */
type EarlierPolicy = StaleStock | undefined

const shared = createSharedReads<EarlierPolicy>()

/** The policy of the newest earlier document in which it can be read. */
function earlierPolicy(tables: Tables, id: string, { now }: Kept): Promise<EarlierPolicy> {
  return shared(tables, id, { now, keptMs: SEARCHED_MS }, async () => {
    const filter = { kind: 'connection', id, by: null, from: null, to: null } as const
    const { changes } = await listChanges(tables, filter, SEARCHED, null)
    const documents = changes.flatMap(({ before, after }) => [after, before]).filter((one) => one !== null)
    const policies = documents.map(staleStockOf).filter((policy) => policy !== 'unreadable')
    return policies[0]
  })
}
