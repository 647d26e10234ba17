import type { SystemType, SystemTypes } from '../system-type.ts'

/** A shop or vendor of a first configuration. */
export interface StartingSystem {
  readonly id: string
  readonly type: SystemType
  /** An http(s) address, or `env:NAME`. */
  readonly address: string
  /** Names of the secrets to sign in with: one of the ways of its type. */
  readonly secrets: readonly string[]
  /** Settings that its type requires. */
  readonly settings: Readonly<Record<string, string>>
}

/** The input of a first configuration. */
export interface StartingPoint {
  readonly shop: StartingSystem
  readonly vendor: StartingSystem
  readonly connection: string
  /** Regular expression on the vendor's SKUs; null: the vendor owns the SKUs in its products feed. */
  readonly skuPattern: string | null
  /** ISO 8601: orders placed before it are not read. */
  readonly ordersFrom: string
}

/** Types of systems that can be a shop. */
export function shopTypes(systemTypes: SystemTypes): readonly SystemType[] {
  return [...systemTypes.values()].filter(({ shopStart }) => shopStart !== null)
}

/** Types of systems that can be a vendor: orders can be delivered to them. */
export function vendorTypes(systemTypes: SystemTypes): readonly SystemType[] {
  return [...systemTypes.values()].filter(({ deliveries }) => deliveries.includes('vendor-orders'))
}

/** Names of the settings that a system of the type requires. */
export function requiredSettings({ settings }: SystemType): readonly string[] {
  return Object.keys(settings).filter((name) => settings[name]?.required === true)
}
