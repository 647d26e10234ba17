import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { createKey, type keyScopes } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { latestOrders, ordersWithSku } from '../../../src/operations/search-orders.ts'
import type { RangeQuery } from '../../../src/platform/dynamodb/tables.ts'
import { personId, personNames } from '../../../src/platform/persons/person-id.ts'
import { createPersonKeys } from '../../../src/platform/persons/person-keys.ts'
import { retentionOfAll } from '../../../src/platform/persons/retention.ts'
import { foundBySku } from '../../../src/projections/order-index.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { ORDER_INDEX } from '../../../src/projections/tables.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { indexOrder } from '../../worlds/indexed-orders.ts'
import { batchContext } from '../../worlds/stage-context.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const TOKEN = 'the-token'
const ADMIN = { authorization: `Bearer ${TOKEN}` }
const ZOE = 'zoe@example.com'
const PLACED = Date.UTC(2026, 0, 20)
const DAY_MS = 86_400_000

type Scopes = readonly (typeof keyScopes)[number][]
type Reach = Partial<Record<'connections' | 'systems', readonly string[]>>

/** Zoe's orders: one of alder's shop with a part of alder's vendor beside the seller's own line (OWN-1), and one of birch's. */
async function world() {
  const api = await twoSellers(['alder', 'birch'], { token: TOKEN })
  const of = (seller: string, number: string, skus: readonly string[], placedAt: number, parts: readonly string[]) =>
    indexOrder(
      api.operations,
      { source: `shop-${seller}`, connection: seller, number, skus, email: ZOE, placedAt },
      parts,
    )
  await of('alder', 'k-alder', ['A-1', 'OWN-1'], PLACED, ['A-1'])
  await of('birch', 'k-birch', ['A-1'], PLACED + DAY_MS, ['A-1'])
  let keys = 1
  const keyWith = async (scopes: Scopes, reach: Reach = {}) => {
    const { connections, systems } = reach
    const { key } = await createKey(api.operations, boss, {
      name: `key ${keys++}`,
      scopes,
      connections,
      systems,
      expiresAt: null,
    })
    return { authorization: `Bearer ${key}` }
  }
  const bySku = async (sku: string, as: Record<string, string> = ADMIN, more = '') =>
    await api.get(`/v1/orders?sku=${encodeURIComponent(sku)}${more}`, as)
  const byEmail = async (body: unknown, as: Record<string, string> = ADMIN) =>
    await api.send('POST', '/v1/persons/orders', body, as)
  return { ...api, keyWith, bySku, byEmail }
}

const numbersOf = ({ json }: { readonly json: { readonly items: readonly { readonly number: string }[] } }) =>
  json.items.map(({ number }) => number)

it('lists orders with an SKU, those placed last first, each with how its parts stand', async () => {
  const { bySku } = await world()
  expect((await bySku('A-1')).json).toEqual({
    items: [
      { source: 'shop-birch', number: 'k-birch', placed_at: '2026-01-21T00:00:00.000Z', parts: [part('birch')] },
      { source: 'shop-alder', number: 'k-alder', placed_at: '2026-01-20T00:00:00.000Z', parts: [part('alder')] },
    ],
    cursor: null,
  })
  expect(numbersOf(await bySku('OWN-1'))).toEqual(['k-alder'])
  expect(numbersOf(await bySku('a-1'))).toEqual([])
})

const part = (connection: string) => ({
  connection,
  status: 'failed',
  code: null,
  target_id: null,
  updated_at: '1970-01-01T00:00:00.001Z',
})

it('finds orders by an e-mail address in any case, which stands in no address, table or trail', async () => {
  const { byEmail, get, tables, operations } = await world()
  expect(numbersOf(await byEmail({ email: ' Zoe@EXAMPLE.com ' }))).toEqual(['k-birch', 'k-alder'])
  expect(numbersOf(await byEmail({ email: 'ann@example.com' }))).toEqual([])
  const { items } = (await get('/v1/audit?limit=5', ADMIN)).json
  expect(items.slice(0, 2)).toMatchObject([
    { what: 'persons.read', target: 'orders of an e-mail address', outcome: 'done' },
    { what: 'persons.read', target: 'orders of an e-mail address', outcome: 'done' },
  ])
  for (const table of ['audit', ORDER_INDEX]) {
    expect(JSON.stringify(await Array.fromAsync(operations.tables.scan(table)))).not.toMatch(/zoe@/i)
  }
  const id = personId(personNames.email(ZOE), await operations.personKeys.secret())
  const rows = (await Array.fromAsync(tables.scan(ORDER_INDEX))).flat()
  expect(rows.filter((row) => String(row['found_by']).endsWith(id))).toHaveLength(4)
})

it('asks for persons:read, and for an address', async () => {
  const { byEmail, keyWith, bySku } = await world()
  const observer = await keyWith(['observe'])
  expect(await byEmail({ email: ZOE }, observer)).toMatchObject({ status: 403, json: { code: 'forbidden' } })
  expect(await byEmail({ email: ZOE }, await keyWith(['administer']))).toMatchObject({ status: 403 })
  expect(await byEmail({ email: ZOE }, await keyWith(['persons:read']))).toMatchObject({ status: 403 })
  expect(numbersOf(await bySku('A-1', observer))).toEqual(['k-birch', 'k-alder'])
  const refused = await byEmail({ email: 'not an address' })
  expect(refused).toMatchObject({ status: 400, json: { field: 'email' } })
  expect(JSON.stringify(refused.json)).not.toContain('not an address')
  expect(await byEmail({})).toMatchObject({ status: 400 })
  expect((await bySku('')).status).toBe(400)
})

it('a key of one connection finds its parts, and can not tell what else there is', async () => {
  const { byEmail, bySku, keyWith } = await world()
  const vendor = await keyWith(['observe', 'persons:read'], { connections: ['alder'] })
  expect((await bySku('A-1', vendor)).json).toMatchObject({ items: [{ number: 'k-alder' }], cursor: null })
  expect((await byEmail({ email: ZOE }, vendor)).json).toMatchObject({ items: [{ number: 'k-alder' }], cursor: null })
  // Of the same order, but no line of this vendor.
  expect((await bySku('OWN-1', vendor)).json).toEqual((await bySku('NONE', vendor)).json)
  const seller = await keyWith(['observe', 'persons:read'], { systems: ['shop-alder'] })
  expect(numbersOf(await bySku('OWN-1', seller))).toEqual(['k-alder'])
  expect(numbersOf(await byEmail({ email: ZOE }, seller))).toEqual(['k-alder'])
  // A page that its own orders fill is the last one, whatever others have.
  expect((await bySku('A-1', vendor, '&limit=1')).json.cursor).toBeNull()
})

it('finds by the SKU that the vendor has, where the shop has another, for whoever sees the shop', async () => {
  const { bySku, keyWith, operations } = await world()
  const order = {
    source: 'shop-alder',
    connection: 'alder',
    number: 'o-1',
    skus: ['A-2-red'],
    email: ZOE,
    placedAt: PLACED,
  }
  await indexOrder(operations, order, ['A-2'])
  const seller = await keyWith(['observe'], { systems: ['shop-alder'] })
  for (const as of [ADMIN, seller]) {
    expect(numbersOf(await bySku('A-2', as))).toEqual(['o-1'])
    expect(numbersOf(await bySku('A-2-red', as))).toEqual(['o-1'])
  }
  const vendor = await keyWith(['observe'], { connections: ['alder'] })
  expect(numbersOf(await bySku('A-2', vendor))).toEqual(['o-1'])
  expect(numbersOf(await bySku('A-2-red', vendor))).toEqual([])
})

it('asks for what a shop has once, however many vendors there are', async () => {
  const { bySku, keyWith, tables } = await world()
  const queried: string[] = []
  const query = tables.query.bind(tables)
  Object.assign(tables, {
    query: async (table: string, range: RangeQuery) => {
      if (table === ORDER_INDEX) queried.push(range.partition)
      return await query(table, range)
    },
  })
  await bySku('A-1')
  expect(queried).toEqual([foundBySku({ system: 'shop-alder' }, 'A-1'), foundBySku({ system: 'shop-birch' }, 'A-1')])
  queried.length = 0
  await bySku('A-1', await keyWith(['observe'], { connections: ['birch'], systems: ['shop-alder'] }))
  expect(queried).toEqual([foundBySku({ system: 'shop-alder' }, 'A-1'), foundBySku({ connection: 'birch' }, 'A-1')])
})

it("who sees all connections sees all of a shop's order: its own lines find it, and all parts are shown", async () => {
  const { operations } = await world()
  const scope = { connections: 'all', systems: new Set<string>() } as const
  const found = await ordersWithSku(operations, { ...boss, scope }, { sku: 'OWN-1', limit: 5, after: null })
  expect(found.items).toMatchObject([{ number: 'k-alder', parts: [{ connection: 'alder' }] }])
})

it('shows no part of a connection that was given nothing of the order', async () => {
  const { bySku, ...api } = await world()
  const nothing = { source: 'shop-alder', connection: 'alder', key: 'o-2', status: 'ignored', code: 'no_vendor_lines' }
  await stagedStage(api).handle([statusRecord('route-orders', 1, [entityResult(nothing)])], batchContext().context)
  const order = {
    source: 'shop-alder',
    connection: 'alder',
    number: 'o-2',
    skus: ['OWN-2'],
    email: ZOE,
    placedAt: PLACED,
  }
  await indexOrder(api.operations, order, [])
  expect((await bySku('OWN-2')).json.items).toMatchObject([{ number: 'o-2', parts: [] }])
})

it('pages by a cursor that is of one search and one reach', async () => {
  const { byEmail, bySku, keyWith } = await world()
  const first = await bySku('A-1', ADMIN, '&limit=1')
  expect(numbersOf(first)).toEqual(['k-birch'])
  const more = `&limit=1&cursor=${first.json.cursor}`
  expect(await bySku('A-1', ADMIN, more)).toMatchObject({ json: { items: [{ number: 'k-alder' }], cursor: null } })
  expect(await bySku('OWN-1', ADMIN, more)).toMatchObject({ status: 400, json: { code: 'cursor_invalid' } })
  const seller = await keyWith(['observe'], { systems: ['shop-alder'] })
  expect(await bySku('A-1', seller, more)).toMatchObject({ status: 400, json: { code: 'cursor_invalid' } })
  const { cursor } = (await byEmail({ email: ZOE, limit: 1 })).json
  expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toContain('zoe')
  expect(numbersOf(await byEmail({ email: ZOE.toUpperCase(), limit: 1, cursor }))).toEqual(['k-alder'])
  expect(await byEmail({ email: 'ann@example.com', cursor })).toMatchObject({ status: 400 })
})

it('finds nothing of a person who is forgotten, also where a row was left', async () => {
  const { byEmail, operations, clock } = await world()
  const keys = createPersonKeys({ ...operations, randomBytes, retention: retentionOfAll(null) })
  await keys.forget(personId(personNames.email(ZOE), await keys.secret()))
  expect(numbersOf(await byEmail({ email: ZOE }))).toEqual([])
  const later = { source: 'shop-alder', connection: 'alder', number: 'again', skus: ['A-1'], email: ZOE }
  await indexOrder(operations, { ...later, placedAt: clock.time + DAY_MS }, ['A-1'])
  expect(numbersOf(await byEmail({ email: ZOE }))).toEqual(['again'])
})

it('lists the latest orders where nothing is searched for, without those of others', async () => {
  const { operations, ...api } = await world()
  const nothing = { source: 'shop-alder', connection: 'alder', key: 'o-2', status: 'ignored', code: 'no_vendor_lines' }
  await stagedStage(api).handle([statusRecord('route-orders', 1, [entityResult(nothing)])], batchContext().context)
  const all = await latestOrders(operations, boss, 10)
  expect(all.map(({ number }) => number).toSorted()).toEqual(['k-alder', 'k-birch'])
  expect(all.find(({ number }) => number === 'k-alder')).toEqual({
    source: 'shop-alder',
    number: 'k-alder',
    changed_at: '1970-01-01T00:00:00.001Z',
    parts: [part('alder')],
  })
  expect(await latestOrders(operations, boss, 1)).toHaveLength(1)
  const scope = { connections: new Set(['birch']), systems: new Set<string>() }
  const own = await latestOrders(operations, { ...boss, scope }, 10)
  expect(own.map(({ number }) => number)).toEqual(['k-birch'])
})
