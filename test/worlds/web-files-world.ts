import type { System } from '../../src/configuration/model.ts'
import type { Entity } from '../../src/events/topics.ts'
import { startFileServer } from './file-server.ts'
import { readWorld } from './read-world.ts'
import { readOf, systemOf } from './sources.ts'

export interface WebFilesOptions extends Partial<Pick<System, 'secrets'>> {
  readonly settings?: Readonly<Record<string, unknown>>
  /** What happens between the two looks at a file. */
  readonly betweenLooks?: () => void
}

/** A server and reads of a vendor whose files it has; each file is `stock.csv` of the entity. */
export async function webFilesWorld<E extends Entity>(
  entity: E,
  { settings = {}, betweenLooks, secrets = { username: 'env:USER', password: 'env:PASSWORD' } }: WebFilesOptions = {},
) {
  const server = await startFileServer()
  const read = readOf('vendor', entity, 3)
  const system = systemOf({
    id: 'vendor',
    type: 'files',
    address: `${server.address}/exports/`,
    secrets,
    reads: [read],
    settings: { [`${entity}.files`]: 'stock.csv', ...settings },
  })
  const world = readWorld(entity, { system, read }, { readerSleep: async () => betweenLooks?.() })
  world.secrets.set('env:USER', 'vendor').set('env:PASSWORD', 'secret')
  return {
    ...world,
    server,
    put: (content: string, modifiedAt?: Date) => server.put(`exports/${entity}/stock.csv`, content, modifiedAt),
    /** Requests since the last call. */
    asked: () => server.requests.splice(0).map(({ method }) => method),
  }
}
