import type { MagentoOptions } from './magento2/start-magento-simulator.ts'
import { locations } from './netsuite/schema.ts'

const codeOf = (location: string): string => location.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')

const codes = Object.values(locations).map((location) => [location, codeOf(location)] as const)

/**
 * The shop has a source for each location of the ERP, creates the products that it pulls, and has prices of each price
 * level of the ERP.
 */
export const pulledSources: Pick<MagentoOptions, 'sources' | 'pulling'> = {
  sources: codes.map(([, code]) => code),
  pulling: {
    createProducts: true,
    sources: codes.map(([location, code]) => `${location} = ${code}`).join('\n'),
    levels: 'Base Price = base, tier\nWholesale = group: Wholesale',
  },
}
