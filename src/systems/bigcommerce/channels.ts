import type { Read } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import type { B2bClient } from './b2b-client.ts'

/** The part of the store's client that is needed for channels. */
interface Store {
  readonly b2b: Pick<B2bClient, 'channels'> | null
  page(
    path: string,
    query: readonly (readonly [name: string, value: string])[],
    signal?: AbortSignal,
  ): Promise<{ readonly rows: readonly Wire[] }>
}

/**
 * The channels whose orders are requested; without channels, B2B Edition only returns orders of the first one. They
 * come from the read's filter, from `settings.b2bChannels`, or are all channels of the store; null if the API account
 * may not list them.
 */
export async function b2bChannels(
  client: Store,
  filter: Read['filter'],
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const one = filter['channel_id']
  if (one !== undefined) return [one]
  return client.b2b?.channels ?? (await channelsOf(client, signal))
}

/** Null if the API account may not list channels. */
export async function channelsOf(client: Pick<Store, 'page'>, signal?: AbortSignal) {
  try {
    const { rows } = await client.page('/v3/channels', [['limit', '250']], signal)
    return rows.flatMap((row) => textOf(row['id']) ?? [])
  } catch (error) {
    if (error instanceof StreamError && (error.code === 'permission_missing' || error.code === 'not_found')) return null
    throw error
  }
}
