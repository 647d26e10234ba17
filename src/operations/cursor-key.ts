import { randomBytes } from 'node:crypto'
import type { TableDefinition, Tables } from '../platform/dynamodb/tables.ts'

/** Internal settings of the installation. */
export const SETTINGS = 'settings'

export const settingsTables: readonly TableDefinition[] = [{ name: SETTINGS, partitionKey: 'id' }]

const KEY = { id: 'cursor_key' }

/** The key that seals cursors: the configured key, else a key generated once and shared by all API processes. */
export async function cursorKey(tables: Tables, configured: string | null): Promise<string> {
  if (configured !== null) return configured
  await tables.put(SETTINGS, { ...KEY, value: randomBytes(32).toString('base64url') }, { absent: 'id' })
  const item = await tables.get(SETTINGS, KEY)
  return String(item?.['value'])
}
