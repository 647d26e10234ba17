import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { magentoCredentials } from '../../simulators/magento2/authorization.ts'
import { type MagentoSimulator, startMagentoSimulator } from '../../simulators/magento2/start-magento-simulator.ts'
import { createReader } from '../../src/producers/create-reader.ts'
import type { SourceReader } from '../../src/producers/source.ts'
import { createClients } from '../../src/systems/clients.ts'
import { createMagento2Client } from '../../src/systems/magento2/client.ts'
import { wireOf, wiresOf } from '../../src/systems/wire.ts'
import {
  catalogFile,
  governors,
  keysOf,
  listAll,
  readAll,
  readOf,
  systemOf,
  WHOLE,
  wallClock,
} from '../support/sources.ts'

const { consumerKey, consumerSecret, token, tokenSecret } = magentoCredentials
const secrets: Record<string, string> = {
  consumerKey,
  consumerSecret,
  accessToken: token,
  accessTokenSecret: tokenSecret,
}
const deps = {
  clock: wallClock,
  governors,
  logger: pino({ level: 'silent' }),
  resolveSecret: (name: string) => secrets[name.slice(4)] ?? '',
}
const signal = new AbortController().signal

let shop: MagentoSimulator
const state = async () => wireOf(await (await fetch(`${shop.url}/_sim/state`)).json())
const post = async (path: string, body: unknown, method = 'POST') =>
  await fetch(`${shop.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const references = Object.fromEntries(Object.keys(secrets).map((name) => [name, `env:${name}`]))
const system = (more: object = {}) =>
  systemOf({ id: 'magento', type: 'magento2', address: shop.url, secrets: references, ...more })
const connected = { clock: wallClock, clients: createClients(deps) }
const reader = <E extends 'orders' | 'images'>(entity: E, pageSize = 7, more: object = {}) =>
  createReader(readOf('magento', entity, pageSize), system(more), connected) as SourceReader<E>

beforeAll(async () => {
  shop = await startMagentoSimulator({
    dataFile: ':memory:',
    catalogFile,
    vendorPattern: /^WLD-/,
    seed: 7,
    orders: 30,
    mixedStates: true,
  })
})
afterAll(async () => await shop.close())

describe('orders', () => {
  it.each([1, 7, 100])('are each read once, oldest first, in pages of %i', async (pageSize) => {
    const { entities, unreadable, rows } = await readAll(reader('orders', pageSize))
    const wanted = wiresOf((await state())['orders']).map((order) => String(order['increment_id']))
    expect(unreadable).toEqual([])
    expect(keysOf(entities).toSorted()).toEqual(wanted.toSorted())
    expect(rows.map(({ changedAt }) => changedAt)).toEqual(rows.map(({ changedAt }) => changedAt).toSorted())
  })

  it('are proven by a list of the same rows', async () => {
    const { rows } = await readAll(reader('orders'))
    expect(await listAll(reader('orders'))).toEqual(rows)
  })

  it('are in the window that their change time is in, its start included and its end not', async () => {
    const { entities } = await readAll(reader('orders'))
    const times = entities.map(({ occurredAt }) => occurredAt ?? 0)
    const [from = 0, to = 0] = [times[5], times[20]]
    const inside = await readAll(reader('orders', 3), { from, to })
    expect(keysOf(inside.entities)).toEqual(
      keysOf(entities.filter(({ occurredAt }) => occurredAt !== null && occurredAt >= from && occurredAt < to)),
    )
  })

  it('go on after a page that was acknowledged', async () => {
    const { entities, pages } = await readAll(reader('orders', 4))
    const after = pages[2]?.reached ?? null
    const rest = await readAll(reader('orders', 4), WHOLE, after)
    expect(keysOf(rest.entities)).toEqual(keysOf(entities).slice(pages.slice(0, 3).flatMap(({ rows }) => rows).length))
  })

  it('come again when they change', async () => {
    const [first] = keysOf((await readAll(reader('orders'))).entities)
    const before = (await readAll(reader('orders'))).entities.at(-1)?.occurredAt ?? 0
    await post(`/_sim/orders/${first}`, { status: 'on_hold' }, 'PATCH')
    const { entities } = await readAll(reader('orders'), { from: before, to: WHOLE.to })
    expect(entities.find(({ key }) => key === first)?.data.status).toBe('on_hold')
  })

  it('that do not add up are unreadable, and the others go on', async () => {
    const { entities } = await readAll(reader('orders'))
    const key = entities[3]?.key
    await post(`/_sim/orders/${key}`, { grand_total: 1 }, 'PATCH')
    const again = await readAll(reader('orders'))
    expect(again.unreadable).toMatchObject([{ key, error: { code: 'totals_differ' } }])
    expect(again.entities).toHaveLength(entities.length - 1)
    expect(JSON.parse(again.unreadable[0]?.raw ?? '')).toMatchObject({ increment_id: key })
  })
})

describe('images', () => {
  it('are read of every product, with addresses that answer', async () => {
    const { entities, unreadable } = await readAll(reader('images', 50))
    expect(unreadable).toEqual([])
    const wanted = wiresOf((await state())['products']).map(({ sku }) => String(sku))
    expect(keysOf(entities).toSorted()).toEqual(wanted.toSorted())
    const image = entities.find(({ data }) => data.image !== null)?.data.image ?? ''
    expect((await fetch(image)).status).toBe(200)
    expect(await listAll(reader('images', 100))).toHaveLength(entities.length)
  })

  it('leave out what came from our own feed', async () => {
    const before = (await readAll(reader('images', 100))).entities
    const sku = before.find(({ data }) => data.gallery.length > 0)?.key ?? ''
    const answer = await post(`/_sim/products/${sku}/media`, { file: '/w/s/ws-1.jpg', position: 9 })
    expect(answer.status).toBe(200)
    const after = (await readAll(reader('images', 100))).entities.find(({ key }) => key === sku)
    expect(after?.data).toEqual(before.find(({ key }) => key === sku)?.data)
  })
})

describe('refusals', () => {
  it('of a gateway are retried: an HTML page is no answer of Magento', async () => {
    await post('/_sim/faults', [{ path: '/orders', kind: 'html', status: 503 }])
    await expect(readAll(reader('orders'))).rejects.toMatchObject({ code: 'target_unavailable' })
    await post('/_sim/faults', [])
  })

  it('of wrong secrets pause the system', async () => {
    const wrong = { secrets: { ...references, accessTokenSecret: 'env:consumerKey' } }
    await expect(readAll(reader('orders', 7, wrong))).rejects.toMatchObject({ code: 'credentials_refused' })
  })

  it('of a bearer token name both causes', async () => {
    const bearer = { secrets: { bearer: 'env:accessToken' } }
    await expect(readAll(reader('orders', 7, bearer))).rejects.toMatchObject({
      code: 'permission_missing',
      message: expect.stringContaining('Magento_Sales::actions_view'),
    })
  })
})

/** Public specification of the vendor; it is kept beside the project, not in it. */
const spec = resolve(import.meta.dirname, '../../../shared/specs/magento/admin-schema-2.4.8.yaml')
const missing = !existsSync(spec)
if (missing) {
  const message = `NOT CHECKED: ${spec} is not there, so requests to Magento are not compared with its specification`
  if (process.env['CI'] !== undefined) throw new Error(message)
  console.warn(message)
}

describe.skipIf(missing)('the specification of Magento 2.4.8', () => {
  it('has every path, method and query parameter that we send', { timeout: 60_000 }, async () => {
    const paths = wireOf(wireOf(parse(readFileSync(spec, 'utf8')))['paths'])
    const { baseUrl, credentials } = {
      baseUrl: shop.url,
      credentials: { consumerKey, consumerSecret, accessToken: token, accessTokenSecret: tokenSecret },
    }
    const client = createMagento2Client({ baseUrl, credentials, storeCode: 'all', limits: { concurrency: 2 } }, deps)
    const order = wiresOf((await state())['orders'])[0]
    await client.getOrder(String(order?.['entity_id']), signal)
    await client
      .findSourceItems(
        { filters: [{ field: 'sku', condition: 'in', value: 'a,b' }], sort: ['source_item_id'], limit: 5 },
        signal,
      )
      .catch(() => undefined)
    await readAll(reader('orders', 7))
    await readAll(reader('images', 100))
    await listAll(reader('images', 100))
    const sent = wiresOf(await (await fetch(`${shop.url}/_sim/requests`)).json())
      .map(
        (request) => ({ ...request, path: String(request['path']) }) as { path: string; method: string; query: string },
      )
      .filter(({ path }) => path.startsWith('/rest/all/'))
    expect(sent.length).toBeGreaterThan(20)
    const unknown = new Set(sent.flatMap((request) => unknownParts(paths, request)))
    expect([...unknown]).toEqual([])
  })
})

/** What of a request the specification does not know. `fields` belongs to every call and is in none of its lists. */
function unknownParts(
  paths: object,
  { method, path, query }: { method: string; path: string; query: string },
): string[] {
  const bare = path.replace('/rest/all', '').replace(/^\/V1\/orders\/\d+$/, '/V1/orders/{id}')
  const operation = wireOf(wireOf(wireOf(paths)[bare])[method.toLowerCase()])
  if (operation['responses'] === undefined) return [`${method} ${bare}`]
  const known = new Set(wiresOf(operation['parameters']).map(({ name }) => name))
  const names = [...new URLSearchParams(query).keys()].map((name) => name.replaceAll(/\[\d+\]/g, '[0]'))
  return names.filter((name) => name !== 'fields' && !known.has(name)).map((name) => `${method} ${bare} ${name}`)
}
