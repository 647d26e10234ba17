import { StreamError } from '../../errors.ts'
import type { Address } from '../../events/generated/events.ts'
import type { KnownState, StateLists } from '../../rules/regions.ts'

/**
 * Creates a lookup of the states that a system knows for the countries of addresses; asks for each country once. If a
 * system does not answer (missing permission, old version), the built-in lists apply: an order never waits for a list.
 */
export function createStateLists(
  ask: (country: string, signal: AbortSignal) => Promise<readonly KnownState[]>,
): (addresses: readonly (Address | null)[], signal: AbortSignal) => Promise<StateLists> {
  const known = new Map<string, readonly KnownState[]>()
  const read = async (country: string, signal: AbortSignal): Promise<void> => {
    try {
      known.set(country, await ask(country, signal))
    } catch (error) {
      if (!(error instanceof StreamError) || error.policy === 'retry' || error.policy === 'stop') throw error
    }
  }
  return async (addresses, signal) => {
    const countries = addresses.flatMap((address) => {
      const country = address?.countryCode?.trim().toUpperCase() ?? ''
      const hasRegion = address?.region != null || address?.regionCode != null
      return country === '' || !hasRegion ? [] : [country]
    })
    for (const country of new Set(countries)) if (!known.has(country)) await read(country, signal)
    return known
  }
}
