import type { FilesClient } from '../../src/systems/files/client.ts'

/** A client without limits of calls, whose visits are these. */
export function placeClient(visit: FilesClient['visit']): FilesClient {
  const client: FilesClient = { visit, formOf: () => 'form', for: () => client, check: async () => ({ date: null }) }
  return client
}
