import type { Item, Tables } from '../platform/dynamodb/tables.ts'
import { readableItems } from '../platform/dynamodb/unreadable-rows.ts'
import type { Configuration } from './model.ts'
import { connectionOfRow, metadataOfRow, recipientOfRow, stays, systemOfRow } from './stored-documents.ts'
import { CONNECTIONS, PRODUCT_METADATA, REVISION_KEY } from './tables.ts'

/**
 * The configuration as the tables hold it, in order of the ids. A document that can't be read is left out, and with it the
 * connections that need it: the others go on (Guarantee 5). Once it is mended, they are fed what they missed.
 */
export async function readConfiguration(tables: Tables): Promise<Configuration> {
  // The revision first: what is written while the rest is read makes it stale and has it read again.
  const revision = await readRevision(tables)
  const systemItems = (await tables.query(CONNECTIONS, { partition: 'system' })).filter(stays)
  const connectionItems = (await tables.query(CONNECTIONS, { partition: 'connection' })).filter(stays)
  const recipientItems = (await tables.query(CONNECTIONS, { partition: 'recipient' })).filter(stays)
  const metadataItems: Item[] = []
  for await (const items of tables.scan(PRODUCT_METADATA)) metadataItems.push(...items.filter(stays))
  const systems = readDocuments(systemItems, 'id', systemOfRow)
  const metadata = readDocuments(metadataItems, 'connection', metadataOfRow)
  const recipients = readDocuments(recipientItems, 'id', recipientOfRow).documents
  const connections = readDocuments(connectionItems, 'id', connectionOfRow)
  // Without its systems or its mapping a connection would do something else than it is meant to.
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
    ...(unusable.size === 0 ? {} : { unusable: [...unusable].toSorted() }),
  }
}

/** What rows hold, and the ids of those that can't be read. */
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

/** Whether there is a newer configuration: a connection that this one does not know may be new, not gone. */
export async function isBehind(tables: Tables, { revision }: Configuration): Promise<boolean> {
  return (await readRevision(tables)) > revision
}

/** 0 before the first apply. */
export async function readRevision(tables: Tables): Promise<number> {
  const item = await tables.get(CONNECTIONS, REVISION_KEY)
  return Number(item?.['revision'] ?? 0)
}
