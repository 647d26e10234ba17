import type { StaleStock } from '../../src/configuration/model.ts'
import { encodeConnection } from '../../src/configuration/stored-form.ts'
import { CONNECTIONS } from '../../src/configuration/tables.ts'
import { SYNC_CONTROL } from '../../src/control/tables.ts'
import { connectionWith } from '../data/configuration.ts'
import { inventoryChanged } from '../data/feed-events.ts'
import { apiFixture } from './api-fixture.ts'

export const FEED = '/v1/feeds/inventory?connection=shop-vendor'
export const READ = 'vendor.inventory.all'
export const MINUTE_MS = 60_000

/** An API with a connection that has stock of two sources, of which the policy says what becomes of it after 30 minutes. */
export async function agingFeed(rule?: Partial<StaleStock>, reads: readonly string[] = [READ, 'files.inventory.all']) {
  const api = apiFixture()
  const staleStock = rule === undefined ? {} : { staleStock: { afterMinutes: 30, policy: 'keep' as const, ...rule } }
  const connection = connectionWith('shop-vendor', { reads, ...staleStock })
  const configure = (document = connection) =>
    api.tables.put(CONNECTIONS, { kind: 'connection', id: 'shop-vendor', document: encodeConnection(document) })
  await configure()
  const stock = (sku: string, source = 'vendor') => inventoryChanged({ sku, source, readAt: api.clock.time }, '5')
  const readNow = (read = READ, more = {}) =>
    api.tables.update(SYNC_CONTROL, { read }, { set: { cut_date: new Date(api.clock.time).toISOString(), ...more } })
  await api.project(0, stock('A'))
  await api.project(1, stock('F', 'files'))
  await readNow()
  await readNow('files.inventory.all')
  await api.idle()
  let cursor = ''
  const poll = async (more = '') => {
    const { json, headers } = await api.get(`${FEED}${more}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    cursor = json.cursor
    return { items: json.items, asOf: headers['as-of'], etag: headers['etag'] }
  }
  const pass = async (minutes: number) => {
    api.clock.time += minutes * MINUTE_MS
    await readNow('files.inventory.all')
    await api.idle()
  }
  return { api, stock, readNow, poll, pass, configure, connection }
}

/** Rows in short. */
export const rows = (items: readonly { sku: string; data: { total: string; in_stock: boolean } }[]) =>
  items.map(({ sku, data }) => `${sku} ${data.total} ${data.in_stock}`)
