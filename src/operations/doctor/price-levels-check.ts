import type { Configuration, Connection, System } from '../../configuration/model.ts'
import { entityOfRead, systemOfRead } from '../../configuration/read-id.ts'
import { unknownName } from '../../configuration/unknown-name.ts'
import type { Clients } from '../../systems/clients.ts'
import type { PriceLevel } from '../../systems/kit/price-level.ts'
import { type Check, type Finding, ok, warn } from './finding.ts'

interface PriceLevelDeps {
  readonly clients: Pick<Clients, 'of'>
}

/**
 * Finds price levels of connections that no price in the ERP has: such a level of the feed is empty, and orders at such
 * a level are rejected. A check for each connection that names levels.
 */
export function priceLevelChecks(
  { systems, connections }: Pick<Configuration, 'systems' | 'connections'>,
  deps: PriceLevelDeps,
): readonly Check[] {
  return connections.flatMap((connection) => {
    const { id, feeds, reads, vendor, priceLevel } = connection
    const levels = feeds?.prices?.levels
    const sources = new Set(reads.filter((read) => entityOfRead(read) === 'prices').map(systemOfRead))
    const priced = systems.filter((system) => sources.has(system.id))
    // A level may be of a source that is not there to be asked.
    const isWhole = priced.length === sources.size
    const asked = [
      ...(levels === undefined || !isWhole ? [] : priced),
      ...(priceLevel === null ? [] : systems.filter((system) => system.id === vendor)),
    ]
    if (asked.length === 0) return []
    const run = async (signal: AbortSignal) =>
      await findingsOf({ connection, isWhole }, [...new Set(asked)], deps, signal)
    return [{ name: `price levels ${id}`, run }]
  })
}

async function findingsOf(
  { connection, isWhole }: { readonly connection: Connection; readonly isWhole: boolean },
  systems: readonly System[],
  { clients }: PriceLevelDeps,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const known = new Map<string, readonly PriceLevel[]>()
  for (const system of systems) {
    const reads = system.reads.filter(({ id, entity }) => entity === 'prices' && connection.reads.includes(id))
    const levels = await (await clients.of(system)).priceLevels(reads, signal)
    if (levels !== null) known.set(system.id, levels)
  }
  if (known.size === 0) return []
  const name = `price levels ${connection.id}`
  const problems = [...(isWhole ? unknownInFeed(connection, known) : []), ...unknownOfOrders(connection, known)]
  const named = [...known.keys()].join(', ')
  return problems.length === 0
    ? [ok(name, `every level has prices in ${named}`)]
    : problems.map((problem) => warn(name, problem, FIX))
}

const FIX = "correct the connection's document, or give the level a price in the ERP"

/** A level of the feed may be of any source. */
function unknownInFeed({ feeds }: Connection, known: ReadonlyMap<string, readonly PriceLevel[]>): readonly string[] {
  const names = [...new Set([...known.values()].flat().map((level) => level.name))].toSorted()
  const unknown = (feeds?.prices?.levels ?? []).filter((level) => !names.includes(level))
  return unknown.map((level) => `feeds.prices.levels: "${level}" ${unknownName(level, names)}`)
}

function unknownOfOrders(
  { vendor, priceLevel }: Connection,
  known: ReadonlyMap<string, readonly PriceLevel[]>,
): readonly string[] {
  const levels = known.get(vendor) ?? []
  if (priceLevel === null || levels.length === 0 || levels.some(({ id }) => id === priceLevel)) return []
  const listed = levels.map(({ id, name }) => `${id} (${name})`)
  return [`priceLevel: "${priceLevel}" is not known; known are: ${listed.join(', ')}`]
}
