import type { TableDefinition } from '../platform/dynamodb/tables.ts'

/** What the installation keeps for itself. */
export const SETTINGS = 'settings'

export const apiTables: readonly TableDefinition[] = [{ name: SETTINGS, partitionKey: 'id' }]
