import type { SystemType, SystemTypes } from '../system-type.ts'

/** A shop or vendor of a first configuration. */
export interface StartingSystem {
  readonly id: string
  readonly type: SystemType
  /** An http(s) address, or a reference `env:NAME` to one. */
  readonly address: string
  /** Names of the secrets for signing in: one of the ways of its type. */
  readonly secrets: readonly string[]
  /** Settings that its type requires. */
  readonly settings: Readonly<Record<string, string>>
}

/** Input of a first configuration. */
export interface StartingPoint {
  readonly shop: StartingSystem
  readonly vendor: StartingSystem
  readonly connection: string
  /** Regular expression on the vendor's SKUs; null: the vendor owns the SKUs in its feed of products. */
  readonly skuPattern: string | null
  /** ISO 8601: orders placed before it are not read. */
  readonly ordersFrom: string
  /** Prefix of variables of secrets: SECRET_ENV_PREFIX. */
  readonly secretPrefix: string
}

/** Types that a shop may have. */
export function shopTypes(systemTypes: SystemTypes): readonly SystemType[] {
  return [...systemTypes.values()].filter(({ shopStart }) => shopStart !== null)
}

/** Types that a vendor may have: orders can be delivered to them. */
export function vendorTypes(systemTypes: SystemTypes): readonly SystemType[] {
  return [...systemTypes.values()].filter(({ deliveries }) => deliveries.includes('vendor-orders'))
}

/** Names of the settings that a system of the type requires. */
export function requiredSettings({ settings }: SystemType): readonly string[] {
  return Object.keys(settings).filter((name) => settings[name]?.required === true)
}
