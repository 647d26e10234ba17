import { StreamError } from '../../errors.ts'
import type { ConfiguredSystem } from '../kit/configured-system.ts'
import type { SapB1Settings } from './client.ts'
import { serviceLayerVersions } from './odata.ts'

type WithSettings = Pick<ConfiguredSystem, 'id' | 'settings'>

/** Throws `configuration_invalid`, naming what is missing. */
export function sapB1Settings(system: ConfiguredSystem): SapB1Settings {
  const need = (kind: 'secrets' | 'settings', name: string): string => {
    const value = system[kind][name]
    if (value !== undefined && value !== '') return value
    throw invalid(system, `${kind}.${name}`, 'is missing')
  }
  const { language, version = 'v2' } = system.settings
  const known = serviceLayerVersions.find((one) => one === version)
  if (known === undefined) throw invalid(system, 'settings.version', `must be ${serviceLayerVersions.join(' or ')}`)
  if (/\/b1s(\/|$)/.test(system.address)) {
    throw invalid(system, 'address', 'must end before /b1s, for example https://sap.example.com:50000')
  }
  return {
    baseUrl: system.address,
    version: known,
    login: {
      companyDb: need('settings', 'companyDb'),
      username: need('secrets', 'username'),
      password: need('secrets', 'password'),
      ...(language === undefined ? {} : { language }),
    },
    ...(system.secrets['ca'] === undefined ? {} : { ca: system.secrets['ca'] }),
    limits: system.limits,
  }
}

/** ISO 4217 code → SAP's code of a currency, as `settings.currencies` says: `USD=$,GBP=£`. */
export function currencyCodes(system: WithSettings): ReadonlyMap<string, string> {
  const pairs = names(system.settings['currencies']).map((pair) => {
    const [, iso, code] = /^([A-Z]{3})=(.+)$/.exec(pair) ?? []
    if (iso !== undefined && code !== undefined) return [iso, code] as const
    throw invalid(system, 'settings.currencies', `takes pairs like USD=$, parted by commas; "${pair}" is none`)
  })
  return new Map(pairs)
}

/** How products are taken from a company. */
export interface ItemSettings {
  /** Number of the price list that is the product's price. */
  readonly basePriceList: string
  /** Properties of items that become attributes beside the usual ones and the user's own (`U_…`). */
  readonly extraFields: readonly string[]
  /** SAP's code of a currency → ISO 4217. */
  readonly currencies: ReadonlyMap<string, string>
}

export function itemSettings(system: WithSettings): ItemSettings {
  const { basePriceList = '1', extraItemFields } = system.settings
  const currencies = new Map([...currencyCodes(system)].map(([iso, code]) => [code, iso]))
  return { basePriceList, extraFields: names(extraItemFields), currencies }
}

/** Names of the fields that orders are marked with. */
export interface MarkFields {
  /** Of the order: digest of its content. */
  readonly digest: string
  /** Of a line: the shop's id of it. */
  readonly line: string
}

/** Begins the digest of an order that we canceled, or are about to: what is canceled without it, the vendor canceled. */
export const CANCELED_MARK = 'canceled '

export function markFields(system: WithSettings): MarkFields {
  const { digestField = 'U_WLD_Digest', lineField = 'U_WLD_Line' } = system.settings
  for (const [name, field] of Object.entries({ digestField, lineField })) {
    if (!/^U_\w+$/.test(field)) throw invalid(system, `settings.${name}`, 'must be the name of a user field, U_…')
  }
  return { digest: digestField, line: lineField }
}

/** `configuration_invalid` of a system, with the field that is wrong. */
export function invalid({ id }: Pick<ConfiguredSystem, 'id'>, field: string, problem: string): StreamError {
  return new StreamError('configuration_invalid', `system ${id} (sap-b1): ${field} ${problem}`, { field })
}

/** A list parted by commas. */
export function names(list: string | undefined): string[] {
  return (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}
