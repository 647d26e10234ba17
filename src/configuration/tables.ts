import type { TableDefinition } from '../platform/dynamodb/tables.ts'

/** Systems, connections and the revision (partition `kind`, sort `id`). */
export const CONNECTIONS = 'connections'
/** Product metadata of each connection. */
export const PRODUCT_METADATA = 'product_metadata'
/** One row per change of the configuration or of a cut date (partition `book`, sort `place`: time first). */
export const CONFIGURATION_CHANGES = 'configuration_changes'
/** Key of the row with the revision of the whole configuration. */
export const REVISION_KEY = { kind: 'revision', id: 'configuration' } as const

export const coreTables: TableDefinition[] = [
  { name: CONNECTIONS, partitionKey: 'kind', sortKey: 'id' },
  { name: PRODUCT_METADATA, partitionKey: 'connection' },
  { name: CONFIGURATION_CHANGES, partitionKey: 'book', sortKey: 'place', expires: 'expires' },
]
