import { StreamError } from '../../errors.ts'
import type { ConfiguredSystem } from '../kit/configured-system.ts'
import type { Wire } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'
import type { Magento2Values } from './settings.ts'

/** The configuration of the store view `settings.storeView`: media address, currency, units. */
export async function storeViewOf(
  client: Pick<Magento2Client, 'storeConfigs'>,
  { id, settings }: Pick<ConfiguredSystem<Pick<Magento2Values, 'storeView'>>, 'id' | 'settings'>,
  signal: AbortSignal,
): Promise<Wire> {
  const code = settings.storeView
  const view = (await client.storeConfigs(signal)).find((config) => config['code'] === code)
  if (view !== undefined) return view
  const message = `system ${id} (magento2): the shop has no store view "${code}"; set settings.storeView`
  throw new StreamError('configuration_invalid', message, { field: 'settings.storeView' })
}
