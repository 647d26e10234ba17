import type { Item, Tables } from '../platform/dynamodb/tables.ts'
import type { Configuration, ProductMetadata } from './model.ts'
import { decodeConnection, decodeMetadata, decodeSystem } from './stored-form.ts'
import { CONNECTIONS, PRODUCT_METADATA, REVISION_KEY } from './tables.ts'

/** The configuration as the tables hold it, in order of the ids. */
export async function readConfiguration(tables: Tables): Promise<Configuration> {
  // The revision first: what is written while the rest is read makes it stale and has it read again.
  const revision = await readRevision(tables)
  const systems = (await tables.query(CONNECTIONS, { partition: 'system' })).filter(stays)
  const connections = (await tables.query(CONNECTIONS, { partition: 'connection' })).filter(stays)
  const metadata: ProductMetadata[] = []
  for await (const items of tables.scan(PRODUCT_METADATA)) {
    metadata.push(...items.filter(stays).map((item) => decodeMetadata(item['document'])))
  }
  return {
    revision,
    systems: systems.map((item) => decodeSystem(item['document'])),
    connections: connections.map((item) => decodeConnection(item['document'])),
    metadata: metadata.toSorted((a, b) => (a.connection < b.connection ? -1 : 1)),
  }
}

/** A row that is being removed counts as gone already. */
function stays(item: Item): boolean {
  return item['removing'] === undefined
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
