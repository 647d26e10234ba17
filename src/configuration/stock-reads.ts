import type { Connection } from './model.ts'
import { entityOfRead, systemOfRead } from './read-id.ts'

type Reads = Pick<Connection, 'reads' | 'shop'>

/** Reads of a connection's stock of its vendor: not of the shop itself. */
export function stockReads({ reads, shop }: Reads): readonly string[] {
  return reads.filter((read) => entityOfRead(read) === 'inventory' && systemOfRead(read) !== shop)
}

/** The systems that a connection's stock of its vendor is read from. */
export function stockSources(connection: Reads): readonly string[] {
  return [...new Set(stockReads(connection).map(systemOfRead))]
}
