import { StreamError } from '../../errors.ts'
import type { CallLimits } from '../../platform/governor/governor.ts'
import type { ConfiguredSystem } from '../kit/configured-system.ts'
import type { BigCommerceSettings } from './client.ts'

const B2B_ADDRESS = 'https://api-b2b.bigcommerce.com'
/** Requests a store's B2B Edition takes in a minute, whoever sends them. */
const B2B_PER_MINUTE = 150

/** Throws `configuration_invalid`, naming what is missing or wrong. */
export function bigcommerceSettings(system: ConfiguredSystem): BigCommerceSettings {
  const { settings, secrets } = system
  return {
    baseUrl: system.address,
    storeHash: need(system, 'settings.storeHash', settings['storeHash']),
    accessToken: need(system, 'secrets.accessToken', secrets['accessToken']),
    limits: system.limits,
    b2b: hasB2b(system)
      ? { baseUrl: settings['b2bAddress'] ?? B2B_ADDRESS, limits: b2bLimits(system), sortBy: settings['b2bSortBy'] }
      : null,
  }
}

function hasB2b({ id, settings }: ConfiguredSystem): boolean {
  const given = settings['b2b'] ?? 'false'
  if (given === 'true' || given === 'false') return given === 'true'
  const message = `system ${id} (bigcommerce): settings.b2b must be "true" or "false"`
  throw new StreamError('configuration_invalid', message, { field: 'settings.b2b' })
}

function b2bLimits(system: ConfiguredSystem): CallLimits {
  const perMinute = wholeNumber(system, 'b2bPerMinute') ?? B2B_PER_MINUTE
  return { concurrency: system.limits.concurrency, perMinute }
}

type Settings = Pick<ConfiguredSystem, 'id' | 'settings'>

/** Status ids that an order is given when the vendor will deliver nothing more of it; null: none. */
export function statusSettings(system: Settings) {
  return {
    closureStatus: wholeNumber(system, 'closureStatus') ?? null,
    cancellationStatus: wholeNumber(system, 'cancellationStatus') ?? null,
  }
}

/** The location that every store has is 1. */
export function inventorySettings(system: Settings) {
  return { defaultLocation: wholeNumber(system, 'defaultLocation') ?? 1 }
}

/** A setting that is a whole number; undefined when it is not there. */
function wholeNumber(system: Settings, name: string): number | undefined {
  const given = system.settings[name]
  if (given === undefined) return undefined
  if (/^\d{1,9}$/.test(given)) return Number(given)
  const message = `system ${system.id} (bigcommerce): settings.${name} must be a whole number`
  throw new StreamError('configuration_invalid', message, { field: `settings.${name}` })
}

function need(system: ConfiguredSystem, field: string, value: string | undefined): string {
  if (value !== undefined && value !== '') return value
  throw new StreamError('configuration_invalid', `system ${system.id} (bigcommerce): ${field} is missing`, { field })
}
