import { expect, it } from 'vitest'
import type { Connection, System } from '../../../../src/configuration/model.ts'
import { priceLevelChecks } from '../../../../src/operations/doctor/price-levels-check.ts'
import type { Clients } from '../../../../src/systems/clients.ts'
import type { PriceLevel } from '../../../../src/systems/kit/price-level.ts'
import { connectionWith, systemWith } from '../../../data/configuration.ts'

const known: readonly PriceLevel[] = [
  { id: '1', name: 'Base Price' },
  { id: '5', name: 'Wholesale' },
]

/** Findings for a connection whose vendor has these levels; null: its type does not know them. */
async function found(
  more: Partial<Connection>,
  levels: readonly PriceLevel[] | null = known,
  unknowing: readonly System[] = [],
) {
  const connection = connectionWith('c', { shop: 'shop', vendor: 'erp', reads: ['erp.prices.all'], ...more })
  const systems = [systemWith('erp', 'netsuite', {}), systemWith('shop', 'magento2', {}), ...unknowing]
  const levelsOf = (system: System) => (unknowing.includes(system) ? null : levels)
  const clients = { of: async (system: System) => ({ priceLevels: async () => levelsOf(system) }) } as unknown as Pick<
    Clients,
    'of'
  >
  const checks = priceLevelChecks({ systems, connections: [connection] }, { clients })
  const findings = await Promise.all(checks.map((check) => check.run(new AbortController().signal)))
  return findings.flat().map(({ level, name, what }) => `${level} ${name}: ${what}`)
}

it('reports levels of the feed that no price has, with the nearest name', async () => {
  expect(await found({ feeds: { prices: { levels: ['Base Price', 'Wholsale', 'Trade partners'] } } })).toEqual([
    'warn price levels c: feeds.prices.levels: "Wholsale" is not known; did you mean Wholesale? known are: Base Price, Wholesale',
    'warn price levels c: feeds.prices.levels: "Trade partners" is not known; known are: Base Price, Wholesale',
  ])
})

it('reports the level of orders that no price has', async () => {
  expect(await found({ priceLevel: '7' })).toEqual([
    'warn price levels c: priceLevel: "7" is not known; known are: 1 (Base Price), 5 (Wholesale)',
  ])
})

it('does not judge levels of the feed where a source of prices is not asked', async () => {
  const reads = ['erp.prices.all', 'other.prices.all']
  expect(await found({ reads, feeds: { prices: { levels: ['Wholsale'] } } })).toEqual([])
})

it('does not judge levels of the feed where the type of a source does not know its levels', async () => {
  const reads = ['erp.prices.all', 'file.prices.all']
  const more = { reads, priceLevel: '7', feeds: { prices: { levels: ['Dealers'] } } }
  expect(await found(more, known, [systemWith('file', 'files', {})])).toEqual([
    'warn price levels c: priceLevel: "7" is not known; known are: 1 (Base Price), 5 (Wholesale)',
  ])
})

it('finds nothing wrong with levels that there are, and asks nothing where none is named or known', async () => {
  expect(await found({ priceLevel: '5', feeds: { prices: { levels: ['Wholesale'] } } })).toEqual([
    'ok price levels c: every level has prices in erp',
  ])
  expect(await found({})).toEqual([])
  expect(await found({ feeds: { prices: { levels: ['A'] } } }, null)).toEqual([])
})
