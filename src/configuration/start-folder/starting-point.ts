import type { SystemType, SystemTypes } from '../system-type.ts'

/** A shop or vendor that a first configuration is written for. */
export interface StartingSystem {
  readonly id: string
  readonly type: SystemType
  /** An http(s) address, or `env:NAME` of it. */
  readonly address: string
  /** Names of the secrets that it is signed in to with: one of the ways of its type. */
  readonly secrets: readonly string[]
  /** Settings that its type requires. */
  readonly settings: Readonly<Record<string, string>>
}

/** What a first configuration is written from. */
export interface StartingPoint {
  readonly shop: StartingSystem
  readonly vendor: StartingSystem
  readonly connection: string
  /** Regular expression on the vendor's SKUs; null: those in the vendor's feed of products are the vendor's. */
  readonly skuPattern: string | null
  /** ISO 8601: orders placed before it are not read. */
  readonly ordersFrom: string
  /** Variables of secrets begin with it: SECRET_ENV_PREFIX. */
  readonly secretPrefix: string
}

/** Types that a shop may have. */
export function shopTypes(systemTypes: SystemTypes): readonly SystemType[] {
  return [...systemTypes.values()].filter(({ shopStart }) => shopStart !== null)
}

/** Types that a vendor may have: its orders are delivered to it. */
export function vendorTypes(systemTypes: SystemTypes): readonly SystemType[] {
  return [...systemTypes.values()].filter(({ deliveries }) => deliveries.includes('vendor-orders'))
}

/** Names of the settings without which a system of the type is not right. */
export function requiredSettings({ settings }: SystemType): readonly string[] {
  return Object.keys(settings).filter((name) => settings[name]?.required === true)
}
