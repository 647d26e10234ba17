import { StreamError } from '../../errors.ts'
import type { Address } from '../../events/generated/events.ts'
import type { KnownState, StateLists } from '../../rules/regions.ts'

/**
 * The states that a system has of the addresses' countries, each country asked for once. A system that does not tell them
 * (a permission, a version) is left to what is generally known: no order waits for a list.
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
