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
      await findingsOf({ connection, sources: [...sources] }, [...new Set(asked)], deps, signal)
    return [{ name: `price levels ${id}`, run }]
  })
}

async function findingsOf(
  { connection, sources }: { readonly connection: Connection; readonly sources: readonly string[] },
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
  const { feeds, vendor, priceLevel } = connection
  // A level of the feed may be of any source.
  const inFeed = sources.flatMap((source) => known.get(source) ?? [])
  const problemsOfFeed = sources.every((source) => known.has(source)) ? unknownInFeed(connection, inFeed) : null
  const ofVendor = known.get(vendor)
  const problemsOfOrders = ofVendor === undefined ? null : unknownOfOrders(connection, ofVendor)
  const name = `price levels ${connection.id}`
  const problems = [...(problemsOfFeed ?? []), ...(problemsOfOrders ?? [])]
  if (problems.length > 0) return problems.map((problem) => warn(name, problem, FIX))
  const isJudged =
    (feeds?.prices?.levels === undefined || problemsOfFeed !== null) &&
    (priceLevel === null || problemsOfOrders !== null)
  return isJudged ? [ok(name, `every level has prices in ${[...known.keys()].join(', ')}`)] : []
}

const FIX = "correct the connection's document, or give the level a price in the ERP"

function unknownInFeed({ feeds }: Connection, known: readonly PriceLevel[]): readonly string[] {
  const names = [...new Set(known.map((level) => level.name))].toSorted()
  const unknown = (feeds?.prices?.levels ?? []).filter((level) => !names.includes(level))
  return unknown.map((level) => `feeds.prices.levels: "${level}" ${unknownName(level, names)}`)
}

function unknownOfOrders({ priceLevel }: Connection, levels: readonly PriceLevel[]): readonly string[] {
  if (priceLevel === null || levels.length === 0 || levels.some(({ id }) => id === priceLevel)) return []
  const listed = levels.map(({ id, name }) => `${id} (${name})`)
  return [`priceLevel: "${priceLevel}" is not known; known are: ${listed.join(', ')}`]
}
