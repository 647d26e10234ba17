import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Simulator } from '../../simulators/harness/simulator.ts'
import { NETSUITE_CREDENTIALS } from '../../simulators/netsuite/credentials.ts'
import { startNetSuiteSimulator } from '../../simulators/netsuite/start.ts'
import { text8 } from '../../src/events/decimal.ts'
import { createReader } from '../../src/producers/create-reader.ts'
import { createClients } from '../../src/systems/clients.ts'
import { toLocalTime } from '../../src/systems/kit/local-time.ts'
import type { SourceReader } from '../../src/systems/kit/source.ts'
import { type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { createNetSuiteClient } from '../../src/systems/netsuite/client.ts'
import { localNetwork } from '../data/loopback.ts'
import {
  catalogFile,
  checkedRead,
  governors,
  keysOf,
  listAll,
  readAll,
  systemOf,
  WHOLE,
  wallClock,
} from '../worlds/sources.ts'

/** East of UTC and a quarter of an hour off, so that a forgotten zone shows. */
const zone = 'Asia/Kathmandu'
const { consumerKey, consumerSecret, token, tokenSecret } = NETSUITE_CREDENTIALS
const secrets: Record<string, string> = { consumerKey, consumerSecret, tokenId: token, tokenSecret }
const logger = pino({ level: 'silent' })
const deps = {
  clock: wallClock,
  governors,
  network: localNetwork,
  logger,
  resolveSecret: (_system: string, name: string) => secrets[name.slice(4)] ?? '',
}

let account: Simulator
const settings = {
  account: NETSUITE_CREDENTIALS.account,
  currency: 'USD',
  extraItemColumns: 'custitem_color,custitem_size',
}
const system = (more: object = {}) =>
  systemOf({
    id: 'netsuite',
    type: 'netsuite',
    address: account.url,
    zone,
    settings,
    secrets: Object.fromEntries(Object.keys(secrets).map((name) => [name, `env:${name}`])),
    ...more,
  })
const connected = { clock: wallClock, clients: createClients(deps) }
const reader = <E extends 'products' | 'inventory'>(entity: E, pageSize = 9, more: object = {}, filter = {}) => {
  const of = system(more)
  return createReader(checkedRead(of, entity, pageSize, filter), of, connected) as SourceReader<E>
}
const client = () =>
  createNetSuiteClient(
    {
      baseUrl: account.url,
      account: NETSUITE_CREDENTIALS.account,
      credentials: NETSUITE_CREDENTIALS,
      limits: { concurrency: 2 },
    },
    deps,
  )
const send = async (method: string, path: string, body: unknown) =>
  await fetch(`${account.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const items = async (): Promise<readonly Wire[]> =>
  wiresOf(wireOf(await (await fetch(`${account.url}/_sim/state`)).json())['items'])

beforeAll(async () => {
  account = await startNetSuiteSimulator({ dataFile: ':memory:', catalogFile, vendorPattern: /^WLD-/, seed: 3, zone })
})
afterAll(async () => await account.close())

describe('products', () => {
  it.each([1, 9, 1000])('are each read once, oldest first, in pages of %i', async (pageSize) => {
    const { entities, unreadable, rows } = await readAll(reader('products', pageSize))
    expect(unreadable).toEqual([])
    expect(keysOf(entities).toSorted()).toEqual((await items()).map(({ itemId }) => String(itemId)).toSorted())
    expect(rows.map(({ changedAt }) => changedAt)).toEqual(rows.map(({ changedAt }) => changedAt).toSorted())
    expect(await listAll(reader('products', pageSize))).toEqual(rows)
  })

  it('have prices, custom fields, and the change time in UTC', async () => {
    const { entities } = await readAll(reader('products'))
    for (const item of await items()) {
      const read = entities.find(({ key }) => key === item['itemId'])
      expect(read?.occurredAt).toBe(Math.floor(Date.parse(String(item['lastModifiedDate'])) / 1000) * 1000)
      expect(read?.data).toMatchObject({ name: item['displayName'], barcode: item['upcCode'], currency: 'USD' })
      const prices = wiresOf(wireOf(item['price'])['items']).map(({ price }) => String(price))
      expect(read?.data.priceLevels.map(({ price }) => text8(price)).toSorted()).toEqual(prices.toSorted())
    }
    expect(entities.some(({ data }) => data.attributes['custitem_color'] !== undefined)).toBe(true)
  })

  it('are in the window that their change time is in, its start included and its end not', async () => {
    const { entities } = await readAll(reader('products'))
    const [from = 0, to = 0] = [entities[10]?.occurredAt ?? 0, entities[40]?.occurredAt ?? 0]
    const inside = await readAll(reader('products', 4), { from, to })
    expect(keysOf(inside.entities)).toEqual(
      keysOf(entities.filter(({ occurredAt }) => occurredAt !== null && occurredAt >= from && occurredAt < to)),
    )
  })

  it('come again when they change, and nothing else does', async () => {
    const { entities } = await readAll(reader('products'))
    const [first] = entities
    const from = (entities.at(-1)?.occurredAt ?? 0) + 1000
    await send('PATCH', `/_sim/items/${first?.key}`, { displayname: 'Rænamed' })
    const { entities: changed } = await readAll(reader('products'), { from, to: WHOLE.to })
    expect(changed.map(({ key, data }) => [key, data.name])).toEqual([[first?.key, 'Rænamed']])
  })

  it('of other types are not asked for', async () => {
    expect((await readAll(reader('products', 9, {}, { itemTypes: 'Kit' }))).entities).toEqual([])
  })

  it('name the column that an account does not have', async () => {
    const wrong = { settings: { ...settings, extraItemColumns: 'custitem_none' } }
    await expect(readAll(reader('products', 9, wrong))).rejects.toMatchObject({
      code: 'configuration_invalid',
      field: 'item.custitem_none',
      message: expect.stringMatching(/'custitem_none'.* settings\.extraItemColumns/),
    })
  })
})

describe('inventory', () => {
  const stockOf = (item: Wire) =>
    wiresOf(wireOf(item['locations'])['items']).map((location) => [
      String(location['quantityOnHand']),
      String(location['quantityAvailable']),
    ])

  it('is read of every item once, with all of its locations', async () => {
    const { entities, unreadable, rows } = await readAll(reader('inventory', 5))
    expect(unreadable).toEqual([])
    const all = await items()
    expect(keysOf(entities).toSorted()).toEqual(all.map(({ itemId }) => String(itemId)).toSorted())
    for (const item of all) {
      const read = entities.find(({ key }) => key === item['itemId'])
      expect(read?.data.locations.map(({ onHand, available }) => [text8(onHand), text8(available)])).toEqual(
        stockOf(item),
      )
      expect(read?.data.locations.map(({ location }) => location)).not.toContain('1')
    }
    expect(await listAll(reader('inventory', 5))).toEqual(rows)
  })

  it('of an item with one changed location has the unchanged ones too', async () => {
    const { entities } = await readAll(reader('inventory', 100))
    const several = entities.find(({ data }) => data.locations.length > 1)
    const changedAt = entities.map(({ occurredAt }) => occurredAt ?? 0)
    const from = Math.max(...changedAt) + 1000
    const location = several?.data.locations[0]?.location ?? ''
    const answer = await send('PUT', `/_sim/items/${several?.key}/locations/${encodeURIComponent(location)}`, {
      quantityonhand: 1234.5,
    })
    expect(answer.status).toBe(200)
    const { entities: changed } = await readAll(reader('inventory'), { from, to: WHOLE.to })
    expect(keysOf(changed)).toEqual([several?.key])
    expect(changed[0]?.data.locations).toHaveLength(several?.data.locations.length ?? 0)
    expect(changed[0]?.data.locations.map(({ onHand }) => text8(onHand))).toContain('1234.5')
    const moment = Date.parse(String(wireOf(await answer.json())['changed']))
    expect(changed[0]?.occurredAt).toBe(Math.floor(moment / 1000) * 1000)
    expect(toLocalTime(moment, zone)).toBe((await listAll(reader('inventory'), { from, to: WHOLE.to }))[0]?.changedAt)
  })

  it('can be of named locations alone', async () => {
    const { entities } = await readAll(reader('inventory', 50, {}, { locations: '2' }))
    const names = new Set(entities.flatMap(({ data }) => data.locations.map(({ location }) => location)))
    expect([...names]).toEqual(['West Warehouse'])
  })
})

describe('records', () => {
  it('are absent, then made, then found by external id', async () => {
    const { getByExternalId, upsertByExternalId } = client()
    expect(await getByExternalId('customer', 'shop-1')).toBeNull()
    const id = await upsertByExternalId('customer', 'shop-1', { companyName: 'A & B', email: 'a@example.com' })
    expect(id).toMatch(/^\d+$/)
    expect(await getByExternalId('customer', 'shop-1')).toMatchObject({
      id,
      externalId: 'shop-1',
      companyName: 'A & B',
    })
    expect(await upsertByExternalId('customer', 'shop-1', { email: 'b@example.com' })).toBe(id)
  })

  it('keep their lines when a sublist is replaced, and get them twice when it is not', async () => {
    const { findItems, getByExternalId, upsertByExternalId } = client()
    const sku = String((await items())[0]?.['itemId'])
    const itemId = (await findItems([sku])).get(sku)
    const entity = { id: await upsertByExternalId('customer', 'shop-2', { companyName: 'C' }) }
    const order = { entity, item: { items: [{ item: { id: itemId }, quantity: 2, rate: 10 }] } }
    const lines = async () => {
      const found = await getByExternalId('salesOrder', 'con-1 ü/2', { expand: true })
      return wiresOf(wireOf(found?.['item'])['items']).length
    }
    await upsertByExternalId('salesOrder', 'con-1 ü/2', order)
    expect(await lines()).toBe(1)
    await upsertByExternalId('salesOrder', 'con-1 ü/2', order, { replace: 'item' })
    expect(await lines()).toBe(1)
    await upsertByExternalId('salesOrder', 'con-1 ü/2', order)
    expect(await lines()).toBe(2)
  })

  it('name the field that is refused', async () => {
    const order = { entity: { id: '999999' }, item: { items: [] } }
    await expect(client().upsertByExternalId('salesOrder', 'con-2', order)).rejects.toMatchObject({
      code: 'target_rejected',
      field: expect.stringContaining('entity'),
    })
  })

  it('are found by SKU, a thousand at a time and with any character', async () => {
    const known = (await items()).map(({ itemId }) => String(itemId))
    const asked = [...known, "O'Hara", '?', ...Array.from({ length: 1100 }, (_, index) => `none-${index}`)]
    const found = await client().findItems(asked)
    expect([...found.keys()].toSorted()).toEqual(known.toSorted())
  })
})

describe('refusals', () => {
  it('of a token pause the system', async () => {
    const wrong = {
      secrets: {
        consumerKey: 'env:consumerKey',
        consumerSecret: 'env:consumerSecret',
        tokenId: 'env:tokenId',
        tokenSecret: 'env:tokenId',
      },
    }
    await expect(readAll(reader('products', 9, wrong))).rejects.toMatchObject({
      code: 'credentials_refused',
      message: expect.stringContaining('INVALID_LOGIN'),
    })
  })

  it('of too many requests at once are retried', async () => {
    const body = { 'o:errorDetails': [{ detail: 'Blocked.', 'o:errorCode': 'CONCURRENCY_LIMIT_EXCEEDED' }] }
    await send('POST', '/_sim/faults', [{ path: '/suiteql', kind: 'status', status: 429, body }])
    await expect(client().findItems(['a'])).rejects.toMatchObject({ code: 'rate_limited', policy: 'retry' })
    await send('POST', '/_sim/faults', [])
  })
})
