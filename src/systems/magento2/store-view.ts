import { StreamError } from '../../errors.ts'
import type { Wire } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'

/** The configuration of the store view `settings.storeView` (default `default`): its media address, currency, units. */
export async function storeViewOf(
  client: Pick<Magento2Client, 'storeConfigs'>,
  { id, settings }: { readonly id: string; readonly settings: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<Wire> {
  const code = settings['storeView'] ?? 'default'
  const view = (await client.storeConfigs(signal)).find((config) => config['code'] === code)
  if (view !== undefined) return view
  const message = `system ${id} (magento2): the shop has no store view "${code}"; set settings.storeView`
  throw new StreamError('configuration_invalid', message, { field: 'settings.storeView' })
}
