import type { Item, Tables } from '../platform/dynamodb/tables.ts'
import { readableItems } from '../platform/dynamodb/unreadable-rows.ts'
import type { Configuration } from './model.ts'
import {
  connectionOfRow,
  metadataOfRow,
  recipientOfRow,
  stays,
  subscriptionOfRow,
  systemOfRow,
} from './stored-documents.ts'
import { CONNECTIONS, PRODUCT_METADATA, REVISION_KEY } from './tables.ts'

/**
 * The configuration stored in the tables, ordered by id. Leaves out a document that can't be read and the connections
 * that need it; the others continue (Guarantee 5). Once it is fixed, these connections get what they missed.
 */
export async function readConfiguration(tables: Tables): Promise<Configuration> {
  // The revision first: a write during the other reads makes it stale, so that everything is read again.
  const revision = await readRevision(tables)
  const itemsOf = async (kind: string) => (await tables.query(CONNECTIONS, { partition: kind })).filter(stays)
  const systemItems = await itemsOf('system')
  const connectionItems = await itemsOf('connection')
  const recipientItems = await itemsOf('recipient')
  const subscriptionItems = await itemsOf('subscription')
  const metadataItems: Item[] = []
  for await (const items of tables.scan(PRODUCT_METADATA)) metadataItems.push(...items.filter(stays))
  const systems = readDocuments(systemItems, 'id', systemOfRow)
  const metadata = readDocuments(metadataItems, 'connection', metadataOfRow)
  const recipients = readDocuments(recipientItems, 'id', recipientOfRow).documents
  const subscriptions = readDocuments(subscriptionItems, 'id', subscriptionOfRow).documents
  const connections = readDocuments(connectionItems, 'id', connectionOfRow)
  // A connection must not run without its systems or its mapping.
  const lacking = connections.documents.filter(
    ({ id, shop, vendor }) => metadata.broken.has(id) || systems.broken.has(shop) || systems.broken.has(vendor),
  )
  const unusable = new Set([...connections.broken, ...lacking.map(({ id }) => id)])
  return {
    revision,
    systems: systems.documents,
    connections: connections.documents.filter(({ id }) => !unusable.has(id)),
    metadata: metadata.documents.toSorted((a, b) => (a.connection < b.connection ? -1 : 1)),
    ...(recipients.length === 0 ? {} : { recipients }),
    ...(subscriptions.length === 0 ? {} : { subscriptions, subscribedAt: createdOf(subscriptionItems) }),
    ...(unusable.size === 0 ? {} : { unusable: [...unusable].toSorted() }),
  }
}

function createdOf(items: readonly Item[]): Readonly<Record<string, string>> {
  const isCreated = ({ created_at }: Item) => typeof created_at === 'string' && !Number.isNaN(Date.parse(created_at))
  return Object.fromEntries(items.filter(isCreated).map(({ id, created_at }) => [String(id), String(created_at)]))
}

/** The documents in rows, and the ids of unreadable rows. */
function readDocuments<T>(items: readonly Item[], id: 'id' | 'connection', decode: (item: Item) => T) {
  const documents: T[] = []
  const broken = new Set<string>()
  for (const item of items) {
    const [document] = readableItems([item], decode)
    if (document === undefined) broken.add(String(item[id]))
    else documents.push(document)
  }
  return { documents, broken }
}

/** Whether a newer configuration exists: a connection unknown to this one may be new, not removed. */
export async function isBehind(tables: Tables, { revision }: Configuration): Promise<boolean> {
  return (await readRevision(tables)) > revision
}

/** 0 before the first apply. */
export async function readRevision(tables: Tables): Promise<number> {
  const item = await tables.get(CONNECTIONS, REVISION_KEY)
  return Number(item?.['revision'] ?? 0)
}
