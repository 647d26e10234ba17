import { StreamError } from '../../errors.ts'
import type { ConfiguredSystem } from '../kit/configured-system.ts'
import type { NetSuiteSettings } from './client.ts'
import { type ItemSettings, STANDARD_COLUMNS } from './items.ts'

/** Throws `configuration_invalid`, naming what is missing. */
export function netsuiteSettings(system: ConfiguredSystem): NetSuiteSettings {
  const need = (kind: 'secrets' | 'settings', name: string): string => {
    const value = system[kind][name]
    if (value !== undefined && value !== '') return value
    const field = `${kind}.${name}`
    throw new StreamError('configuration_invalid', `system ${system.id} (netsuite): ${field} is missing`, { field })
  }
  const secret = (name: string) => need('secrets', name)
  const { language } = system.settings
  return {
    baseUrl: system.address,
    account: need('settings', 'account'),
    credentials: CERTIFICATE.some((name) => name in system.secrets)
      ? {
          clientId: secret('clientId'),
          certificateId: secret('certificateId'),
          privateKey: secret('privateKey'),
        }
      : {
          consumerKey: secret('consumerKey'),
          consumerSecret: secret('consumerSecret'),
          token: secret('tokenId'),
          tokenSecret: secret('tokenSecret'),
        },
    limits: system.limits,
    ...(language === undefined ? {} : { language }),
  }
}

/** Secrets of OAuth 2.0; without any of them, those of token-based authentication are needed. */
const CERTIFICATE = ['clientId', 'certificateId', 'privateKey']

/** What `settings` say about items. Throws `configuration_invalid` for a column that is no column's name. */
export function itemSettings(system: Pick<ConfiguredSystem, 'id' | 'settings'>): ItemSettings {
  const { settings } = system
  const extra = names(settings['extraItemColumns'])
  const columns = [
    ...(settings['itemColumns'] === undefined ? STANDARD_COLUMNS : names(settings['itemColumns'])),
    ...extra,
  ]
  for (const column of columns) {
    if (/^[a-z][a-z0-9_]*$/.test(column)) continue
    throw new StreamError(
      'configuration_invalid',
      `system ${system.id} (netsuite): settings.itemColumns and settings.extraItemColumns take names of columns of item, parted by commas; "${column}" is none`,
      { field: 'settings.itemColumns' },
    )
  }
  return {
    columns,
    currency: settings['currency'] ?? null,
    basePriceLevel: settings['basePriceLevel'] ?? 'Base Price',
  }
}

/** Where the members of kits are: a table and three of its columns. */
export interface KitTable {
  readonly table: string
  readonly parent: string
  readonly member: string
  readonly quantity: string
}

/** What `settings` say about kits; null: none are sold. Throws `configuration_invalid` for what are no names. */
export function kitTable(system: Pick<ConfiguredSystem, 'id' | 'settings'>): KitTable | null {
  const given = system.settings['kitMembers'] ?? 'itemmember, parentitem, item, quantity'
  if (given.trim().toLowerCase() === 'none') return null
  const [table, parent, member, quantity, ...more] = names(given)
  const all = [table, parent, member, quantity]
  const isRight = more.length === 0 && all.every((name) => /^[a-z][a-z0-9_]*$/.test(name ?? ''))
  if (isRight && table && parent && member && quantity) return { table, parent, member, quantity }
  throw new StreamError(
    'configuration_invalid',
    `system ${system.id} (netsuite): settings.kitMembers takes a table and its columns of kit, member and quantity ("itemmember, parentitem, item, quantity"), or none`,
    { field: 'settings.kitMembers' },
  )
}

/** How a shipment is found to be of an order: by a column of its line, or by a table of links. */
export type ShipmentLink = 'createdfrom' | 'nexttransactionlink'

/** Throws `configuration_invalid` for another word. */
export function shipmentLink(system: Pick<ConfiguredSystem, 'id' | 'settings'>): ShipmentLink {
  const given = system.settings['shipmentLink'] ?? 'createdfrom'
  if (given === 'createdfrom' || given === 'nexttransactionlink') return given
  throw new StreamError(
    'configuration_invalid',
    `system ${system.id} (netsuite): settings.shipmentLink is createdfrom or nexttransactionlink, not "${given}"`,
    { field: 'settings.shipmentLink' },
  )
}

function names(list: string | undefined): string[] {
  return (list ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
}
