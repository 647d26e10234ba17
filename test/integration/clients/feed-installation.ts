import { encodeConnection } from '../../../src/configuration/stored-form.ts'
import { CONNECTIONS } from '../../../src/configuration/tables.ts'
import { recordKey } from '../../../src/events/topics.ts'
import { positionText } from '../../../src/projections/feed-row.ts'
import { insertRows, readMeta } from '../../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { inventoryChanged, productsChanged } from '../../data/feed-events.ts'
import type { RunningProcess } from '../../worlds/processes.ts'
import { install, RUNNING, startRole } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'
import type { Row } from './kits.ts'

export const KEY = 'secret'
export const FEED = 'inventory'
export const SOURCE = 'netsuite'

/** The feed of stock over real servers: a projector, and an API that can be killed and started again. */
export async function feedInstallation(services: Readonly<Record<string, string>>) {
  const { platform, env, configuration, close } = await install('clients', services, { API_TOKEN: KEY, API_PORT: '0' })
  const { config, producer, codec, tables } = platform
  const connection = configuration.connections[0]?.id ?? ''
  let api: { readonly process: RunningProcess; readonly url: string } | null = null
  let readAt = 1
  const startApi = async () => {
    const process = await startRole('api', env)
    const line: { readonly api: string } = JSON.parse(await process.line(RUNNING))
    api = { process, url: line.api }
  }
  const killApi = async () => {
    const process = api?.process
    api = null
    process?.signal('SIGKILL')
    await process?.exited
  }
  const [projector] = await Promise.all([startRole('projector', env), startApi()])
  const request = async (method: string, path: string, body?: object) => {
    const json = body === undefined ? {} : { body: JSON.stringify(body) }
    const headers = {
      authorization: `Bearer ${KEY}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const answer = await fetch(`${api?.url}${path}`, { method, headers, ...json })
    return { status: answer.status, json: JSON.parse(await answer.text()) }
  }
  /** Every row of the feed by SKU, without a cursor. */
  const truth = async (): Promise<ReadonlyMap<string, Row>> => {
    const { json } = await until('the feed is complete', async () => {
      const answer = await request('GET', `/v1/feeds/${FEED}?connection=${connection}&limit=1000`)
      return answer.json.complete === true ? answer : undefined
    })
    const rows: readonly Row[] = json.items
    return new Map(rows.map((row) => [row.sku, row]))
  }
  return {
    connection,
    /** Null: it is down. */
    apiUrl: () => api?.url ?? null,
    startApi,
    killApi,
    truth,
    /** Publishes levels by SKU, null for one that is gone. */
    async change(levels: Readonly<Record<string, number | null>>, source = SOURCE): Promise<void> {
      readAt += 1
      const records = Object.entries(levels).map(async ([sku, level]) => {
        const head = { connection, source, sku, readAt, deleted: level === null }
        const value = await codec.encode('universal-inventory', inventoryChanged(head, String(level ?? 0)))
        return { topic: `${config.topicPrefix}universal-inventory`, key: recordKey(connection, source, sku), value }
      })
      await producer.send(await Promise.all(records))
    },
    /** Waits until the feed has these levels; the API has to be up. */
    async shows(levels: Readonly<Record<string, number | null>>): Promise<void> {
      await until('the feed has the changes', async () => {
        const rows = await truth()
        return Object.entries(levels).every(([sku, level]) => {
          const row = rows.get(sku)
          const data: unknown = row?.['data']
          if (level === null) return row?.['deleted'] === true
          return JSON.stringify(data)?.includes(`"total":"${level}"`) === true
        })
      })
    },
    /** A row that the table has and a rebuild will not: no event stands for it. */
    async addGhost(sku: string): Promise<void> {
      const { generation } = await readMeta(tables, inventoryFeed)
      const row = {
        connection,
        source: SOURCE,
        key: sku,
        updated_at: new Date(1_000).toISOString(),
        position: positionText({ time: 1_000, offset: 0n }),
        deleted: false,
        data: { total: '1', in_stock: true, locations: [] },
        rank: '',
        digest: 'ghost',
        event_id: 'ghost',
      }
      await insertRows(tables, inventoryFeed, [{ shard: { generation, connection, source: SOURCE, shard: 0 }, row }])
    },
    /** Rebuilds the feed and switches to it, so that every cursor is expired. */
    async rebuild(): Promise<void> {
      const { json } = await request('POST', '/v1/rebuilds', { table: FEED, by: 'test' })
      await until('the rebuild is ready', async () => {
        const answer = await request('GET', `/v1/rebuilds/${json.id}`)
        return answer.json.state === 'ready'
      })
      const { status } = await request('POST', `/v1/rebuilds/${json.id}/switch`, { confirm: true })
      if (status !== 200) throw new Error(`the switch answered ${status}`)
    },
    /** A key that reaches the connection alone. */
    async newKey(): Promise<string> {
      const { json } = await request('POST', '/v1/keys', {
        name: 'shop',
        scopes: ['feeds:read'],
        connections: [connection],
      })
      return json.key
    },
    /** Lets products decide which SKUs the feed shows, and publishes a product for each of these. Waits until it does. */
    async showOnly(skus: readonly string[]): Promise<void> {
      const [whole] = configuration.connections
      if (whole === undefined) throw new Error('there is no connection')
      const records = skus.map(async (sku) => {
        const event = productsChanged({ connection, source: SOURCE, sku }, { name: sku })
        const value = await codec.encode('universal-products', event)
        return { topic: `${config.topicPrefix}universal-products`, key: recordKey(connection, SOURCE, sku), value }
      })
      await producer.send(await Promise.all(records))
      const ownership = { manufacturer: ['Acme'] }
      const document = encodeConnection({ ...whole, ownership, feeds: { inventory: { skus: 'vendor' } } })
      await tables.put(CONNECTIONS, { kind: 'connection', id: connection, document })
      await until('the feed shows these SKUs alone', async () => {
        const { json } = await request('GET', `/v1/feeds/${FEED}?connection=${connection}&limit=1000`)
        return json.complete === true && json.items.length === skus.length
      })
    },
    async close(): Promise<void> {
      projector.signal('SIGKILL')
      await Promise.all([projector.exited, killApi()])
      await close()
    },
  }
}
