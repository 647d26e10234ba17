import { allGroups } from './customer-groups.ts'
import { MapLines } from './map-lines.ts'
import { type PullSettings, WrongConfiguration } from './pull-settings.ts'
import { baseCurrency, storeTimeZone } from './store-routes.ts'

/** A website whose prices the map names. */
export interface PriceWebsite {
  readonly code: string
  readonly currency: string
  /** Time zone of its store. */
  readonly zone: string
}

/**
 * The only website that may have prices of its own: the shop's price scope is Global, as in a new installation. It
 * stands for all websites, and has website id and store id 0.
 */
const admin: PriceWebsite = { code: 'admin', currency: baseCurrency, zone: storeTimeZone }
const otherWebsites = ['base']

/** Which level becomes which price, and in which currency, as in the module (`Model/Price/PriceSettings.php`). */
export class PriceSettings {
  readonly writesCost: boolean
  readonly #levels: MapLines
  readonly #currencies: MapLines

  /** @throws WrongConfiguration for a kind of price or a website that does not exist */
  constructor({ levels, currencies, writeCost }: PullSettings) {
    this.writesCost = writeCost
    this.#levels = new MapLines(levels)
    this.#currencies = new MapLines(currencies)
    for (const value of this.#levels.values()) checkTargets(listOf(value))
    for (const value of this.#currencies.values()) for (const code of listOf(value)) checkWebsite(code)
  }

  /** `base`, `special`, `tier` (prices of quantities for all groups), or `group:` and a customer group; none: left out. */
  targetsOf(level: string): readonly string[] {
    return listOf(this.#levels.get(level) ?? '')
  }

  /** The website that prices of a currency are for; null: they are left out. An unknown currency is that of the website. */
  websiteOf(currency: string | null): PriceWebsite | null {
    return listOf(this.#currencies.get(currency ?? '') ?? '').length === 0 ? null : admin
  }

  /** Whether some level becomes a special price of the website. */
  writesSpecial(): boolean {
    return this.#hasWebsite() && this.#targets().includes('special')
  }

  /** Customer groups whose tier prices are those of the feed, in lower case. */
  groups(): readonly string[] {
    if (!this.#hasWebsite()) return []
    const groups = this.#targets().map(groupOf)
    return [...new Set(groups.filter((group) => group !== null).map((group) => group.toLowerCase()))]
  }

  #targets(): readonly string[] {
    return this.#levels.values().flatMap(listOf)
  }

  #hasWebsite(): boolean {
    return this.#currencies.values().some((value) => listOf(value).length > 0)
  }
}

/** The customer group of a target as the map has it; null: the target is no tier price. */
export function groupOf(target: string): string | null {
  if (target === 'tier') return allGroups.code
  return target.startsWith('group:') ? target.slice('group:'.length).trim() : null
}

function checkTargets(targets: readonly string[]): void {
  const wrong = targets.find((target) => !['base', 'special'].includes(target) && !groupOf(target))
  if (wrong === undefined) return
  const kinds = 'Use base, special, tier, or group: and the name of a customer group.'
  throw new WrongConfiguration(`Levels: "${wrong}" is not a kind of price. ${kinds}`)
}

function checkWebsite(code: string): void {
  if (code === admin.code) return
  if (!otherWebsites.includes(code)) {
    const message = `there is no website "${code}". Give the code of a website, or admin for all.`
    throw new WrongConfiguration(`Websites of currencies: ${message}`)
  }
  throw new WrongConfiguration(
    `Websites of currencies: "${code}" cannot have prices of its own, because the catalog price scope is Global. ` +
      'Use admin, or set Catalog > Price > Catalog Price Scope to Website.',
  )
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
