import { StreamError } from '../../errors.ts'
import { textOf } from '../kit/wire.ts'
import type { NetSuiteClient } from './client.ts'
import type { NetSuiteValues } from './settings.ts'

/** The settings that decide which locations' stock can be sold. */
export type LocationSettings = Pick<NetSuiteValues, 'inactiveLocations' | 'webStoreLocations'>

/**
 * Ids of the locations whose stock cannot be sold: unless settings say otherwise, those that are inactive and those
 * whose stock is not available in the web store. An account without web stores has none of the latter.
 */
export async function closedLocations(
  client: Pick<NetSuiteClient, 'suiteqlAll'>,
  { inactiveLocations, webStoreLocations }: LocationSettings,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const closing = [
    ...(inactiveLocations === 'closed' ? ["location.isinactive = 'T'"] : []),
    ...(webStoreLocations === 'only' ? ["location.makeinventoryavailablestore = 'F'"] : []),
  ]
  const closed = new Set<string>()
  for (const condition of closing) {
    const query = `SELECT location.id FROM location WHERE ${condition} ORDER BY location.id`
    const rows = await client.suiteqlAll(query, [], signal).catch(withoutWebStore)
    for (const row of rows) closed.add(textOf(row['id']) ?? '')
  }
  return closed
}

function withoutWebStore(error: unknown): [] {
  if (error instanceof StreamError && error.field === 'location.makeinventoryavailablestore') return []
  throw error
}
