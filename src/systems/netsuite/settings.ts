import { StreamError } from '../../errors.ts'
import type { CallLimits } from '../../platform/governor/governor.ts'
import type { NetSuiteSettings } from './client.ts'
import { type ItemSettings, STANDARD_COLUMNS } from './items.ts'

/** What is configured of a NetSuite system, with its address and secrets resolved. */
export interface ConfiguredNetSuite {
  readonly id: string
  readonly address: string
  readonly secrets: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, string>>
  readonly limits: CallLimits
}

/** Throws `configuration_invalid`, naming what is missing. */
export function netsuiteSettings(system: ConfiguredNetSuite): NetSuiteSettings {
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
export function itemSettings(system: Pick<ConfiguredNetSuite, 'id' | 'settings'>): ItemSettings {
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

function names(list: string | undefined): string[] {
  return (list ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
}
