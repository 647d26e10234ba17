import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { startApi } from '../../../src/api/server.ts'
import { KEY_CACHE_MS } from '../../../src/operations/keys.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { apiFixture, listening } from '../../worlds/api-fixture.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const TOKEN = 'the-token'
const admin = { authorization: `Bearer ${TOKEN}` }

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

function logged() {
  const lines: Record<string, unknown>[] = []
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  return { lines, logger }
}

describe('keys over HTTP', () => {
  it('are created, shown without their secret, used, rotated and revoked', async () => {
    const api = apiFixture({ token: TOKEN })
    const asked = { name: 'shop puller', scopes: ['observe'], expires_at: '2026-03-01T00:00:00Z' }
    const created = await api.send('POST', '/v1/keys', asked, { ...admin, 'x-actor': 'ann' })
    expect([created.status, created.headers['cache-control']]).toEqual([201, 'no-store'])
    const { id, key } = created.json
    expect(created.json).toMatchObject({ state: 'active', created_by: 'ann', connections: 'all', systems: 'all' })
    const listed = await api.get('/v1/keys', admin)
    expect(listed.json.items).toMatchObject([{ id, name: 'shop puller', scopes: ['observe'], last_used_at: null }])
    expect(JSON.stringify(listed.json)).not.toContain(key.slice(-43))

    expect((await api.get('/v1/tasks', bearer(key))).status).toBe(200)
    expect((await api.get(`/v1/keys/${id}`, admin)).json.last_used_at).toBe('2026-01-31T08:00:00.000Z')
    const rotated = await api.send('POST', `/v1/keys/${id}/rotate`, { old_until: '2026-01-31T09:00:00Z' }, admin)
    expect(rotated.json).toMatchObject({ id, old_until: '2026-01-31T09:00:00.000Z' })
    for (const one of [key, rotated.json.key]) expect((await api.get('/v1/tasks', bearer(one))).status).toBe(200)
    api.clock.time += 3_600_000
    const statuses = async () =>
      await Promise.all([key, rotated.json.key].map(async (one) => (await api.get('/v1/tasks', bearer(one))).status))
    expect(await statuses()).toEqual([401, 200])
    const revoked = await api.send('POST', `/v1/keys/${id}/revoke`, undefined, { ...admin, 'x-actor': 'bea' })
    expect(revoked.json).toMatchObject({ state: 'revoked', revoked_by: 'bea' })
    expect(await statuses()).toEqual([401, 401])
    expect((await api.send('POST', `/v1/keys/${id}/rotate`, {}, admin)).status).toBe(409)
    expect((await api.get('/v1/keys/nobody', admin)).json.detail).toBe(
      'id: there is no key "nobody"; /v1/keys lists them',
    )
  })

  it('are refused with the field that is wrong', async () => {
    const api = await twoSellers(['alder', 'birch'], { token: TOKEN })
    const create = async (over: object) => {
      const { status, json } = await api.send('POST', '/v1/keys', { name: 'n', scopes: ['observe'], ...over }, admin)
      return [status, json.field, json.detail ?? '']
    }
    const refused = (field: string) => [400, field, expect.any(String)]
    expect(await create({ name: 'a\nb' })).toMatchObject([400, 'name', expect.stringContaining('control')])
    expect(await create({ scopes: [] })).toEqual(refused('scopes'))
    expect(await create({ scopes: ['everything'] })).toEqual(refused('scopes.0'))
    expect(await create({ expires_at: '2026-01-01T00:00:00Z' })).toEqual(refused('expires_at'))
    expect(await create({ connections: ['alder', 'oak'] })).toEqual([
      400,
      'connections',
      'connections names oak, but there is no such connection; there are: alder, birch',
    ])
    expect(await create({ scopes: ['administer'], systems: ['erp'] })).toEqual(refused('scopes'))
    expect(await create({})).toEqual([201, undefined, ''])
    expect(await create({})).toEqual([409, 'name', expect.any(String)])
  })

  it('may do what their scopes say; who administers may do everything but read personal data', async () => {
    const api = apiFixture({ token: TOKEN })
    const key = async (scopes: string[]) =>
      (await api.send('POST', '/v1/keys', { name: scopes.join(), scopes }, admin)).json.key
    const observer = await key(['observe'])
    const refused = await api.get('/v1/systems', bearer(observer))
    expect([refused.status, refused.json.code, refused.json.detail]).toEqual([
      403,
      'forbidden',
      'the key lacks the scope configure; use one that has it',
    ])
    expect((await api.get('/health/ready', bearer(observer))).status).toBe(200)
    const administrator = await key(['administer'])
    for (const path of ['/v1/systems', '/v1/tasks', '/v1/keys'])
      expect((await api.get(path, bearer(administrator))).status).toBe(200)
  })

  it('record what they change under their own name, whatever X-Actor or the body says', async () => {
    const api = await twoSellers(['alder'], { token: TOKEN })
    const asked = { name: 'operator', scopes: ['observe', 'operate'] }
    const { key } = (await api.send('POST', '/v1/keys', asked, admin)).json
    const headers = { ...bearer(key), 'x-actor': 'the boss' }
    const body = { topic: 'orders', processor: 'route-orders', connection: 'alder', by: 'somebody else' }
    expect((await api.send('POST', '/v1/replays', body, headers)).json.by).toBe('operator')
    expect((await api.send('POST', '/v1/replays', body, { ...admin, 'x-actor': 'ann' })).json.by).toBe('somebody else')
    const run = { read: 'shop-alder.orders.all' }
    const request = await api.send('POST', '/v1/sync-requests', run, { ...headers, 'idempotency-key': 'r' })
    expect(request.json.requested_by).toBe('operator')
  })
})

describe('what a key reaches', () => {
  async function sellers() {
    const api = await twoSellers(['alder', 'birch'], { token: TOKEN })
    const scopes = ['feeds:read', 'observe', 'configure', 'operate', 'orders:push']
    const reach = async (name: string, connections?: string[], systems?: string[]) =>
      (await api.send('POST', '/v1/keys', { name, scopes, connections, systems }, admin)).json.key as string
    return { ...api, reach }
  }

  it('is nothing of the other kind, where one kind is named', async () => {
    const api = await sellers()
    const [shop, system] = [await api.reach('c', ['alder']), await api.reach('s', undefined, ['shop-alder'])]
    const ids = async (key: string, path: string) =>
      (await api.get(path, bearer(key))).json.items.map(({ id }: { id: string }) => id)
    expect([await ids(shop, '/v1/connections'), await ids(shop, '/v1/systems')]).toEqual([['alder'], []])
    expect([await ids(system, '/v1/connections'), await ids(system, '/v1/systems')]).toEqual([[], ['shop-alder']])
  })

  it('decides about feeds: of another connection there is nothing, and its cursor is good for nobody else', async () => {
    const api = await sellers()
    for (const id of ['alder', 'birch']) {
      for (const sku of ['1', '2', '3'])
        await api.project(1, inventoryChanged({ connection: id, source: 'erp', sku }, '1'))
    }
    await api.idle()
    api.clock.time += 60_000
    await api.idle()
    const [own, other] = [await api.reach('own', ['alder']), await api.reach('other', ['birch'])]
    const path = '/v1/feeds/inventory?connection=alder'
    const page = await api.get(`${path}&limit=2`, bearer(own))
    expect(page.json.items).toHaveLength(2)
    expect((await api.get(path, bearer(other))).status).toBe(404)
    const next = `${path}&cursor=${page.json.cursor}`
    expect((await api.get(next, bearer(own))).status).toBe(200)
    const stolen = await api.get(`/v1/feeds/inventory?connection=birch&cursor=${page.json.cursor}`, bearer(other))
    expect([stolen.status, stolen.json.code]).toEqual([410, 'cursor_expired'])
    // A key with another reach begins again. One that does not reach the connection keeps its cursor.
    expect((await api.get(next, admin)).json.code).toBe('cursor_expired')
    expect((await api.get(next, bearer(other))).json.code).toBe('not_found')
    // Who reaches the same goes on with it: a key is replaced without beginning again.
    expect((await api.get(next, bearer(await api.reach('same', ['alder'])))).status).toBe(200)
  })

  it('decides about cursors of every list', async () => {
    const api = await sellers()
    const [own, other] = [
      await api.reach('own', ['alder'], ['shop-alder']),
      await api.reach('other', ['birch'], ['shop-birch']),
    ]
    const lists = ['/v1/tasks', '/v1/dead-letters', '/v1/configuration/changes', '/v1/parked']
    for (const list of lists) {
      const { json } = await api.get(`${list}?limit=1`, bearer(TOKEN))
      expect([list, typeof json.cursor]).toEqual([list, 'string'])
      for (const key of [own, other]) {
        const answer = await api.get(`${list}?limit=1&cursor=${json.cursor}`, bearer(key))
        expect([list, answer.json.code]).toEqual([list, 'cursor_invalid'])
      }
      expect((await api.get(`${list}?limit=1&cursor=${json.cursor}`, admin)).status).toBe(200)
    }
  })

  it('does not grow by joining another system to a connection, and nothing of others is in what is wrong', async () => {
    const api = await sellers()
    const key = bearer(await api.reach('own', ['alder'], ['shop-alder']))
    const put = async (body: object) => await api.send('PUT', '/v1/connections/alder', body, key)
    const good = {
      shop: 'shop-alder',
      vendor: 'erp',
      ownership: { skuPattern: '^A' },
      reads: ['shop-alder.orders.all'],
    }
    expect((await put(good)).status).toBe(200)
    for (const [over, field] of [
      [{ shop: 'shop-birch' }, 'shop'],
      [{ vendor: 'shop-birch' }, 'vendor'],
      [{ reads: ['shop-alder.orders.all', 'shop-birch.orders.all'] }, 'reads[1]'],
    ] as const) {
      const theirs = await put({ ...good, ...over })
      expect([theirs.status, theirs.json.field]).toEqual([400, field])
      const text = JSON.stringify(over).replaceAll('birch', 'nobody')
      expect((await put({ ...good, ...JSON.parse(text) })).json).toEqual(theirs.json)
    }
    const wrong = await put({ ...good, reads: ['shop-alder.orders.other'] })
    expect(wrong.status).toBe(400)
    expect(JSON.stringify(wrong.json)).not.toContain('birch')
    const needed = await api.send('DELETE', '/v1/systems/shop-alder', undefined, key)
    expect([needed.status, JSON.stringify(needed.json).includes('birch')]).toEqual([409, false])
  })
})

describe('refused sign-ins', () => {
  it('are logged with address and reason, not with what was sent, and not each of many', async () => {
    const { lines, logger } = logged()
    const api = apiFixture({ token: TOKEN, logger })
    const { id, key } = (await api.send('POST', '/v1/keys', { name: 'n', scopes: ['observe'] }, admin)).json
    lines.length = 0
    const wrong = `${key.slice(0, -43)}${'B'.repeat(43)}`
    for (let n = 0; n < 200; n += 1) await api.get('/v1/tasks', bearer(wrong))
    await api.get('/v1/tasks')
    api.clock.time += 10_000
    await api.get('/v1/tasks', bearer(wrong))
    expect(
      lines.map(({ level, address, reason, key: of, refused, msg }) => [level, address, reason, of, refused, msg]),
    ).toEqual([
      [40, '127.0.0.1', 'wrong secret', id, 1, 'sign-in refused'],
      [40, '127.0.0.1', 'no bearer token', null, 1, 'sign-in refused'],
      [40, '127.0.0.1', 'wrong secret', id, 200, 'sign-in refused'],
    ])
    expect(JSON.stringify(lines)).not.toContain('BBBB')
  })

  it('are all answered with the same words', async () => {
    const api = apiFixture({ token: TOKEN })
    const { key } = (await api.send('POST', '/v1/keys', { name: 'n', scopes: ['observe'] }, admin)).json
    const given = [undefined, 'Basic x', 'Bearer x', `Bearer ${key}x`, `Bearer ${key.slice(0, -43)}${'B'.repeat(43)}`]
    const answers = await Promise.all(
      given.map(async (authorization) => {
        const { status, json } = await api.get('/v1/tasks', authorization === undefined ? {} : { authorization })
        return JSON.stringify([status, json])
      }),
    )
    expect(new Set(answers).size).toBe(1)
  })
})

describe('an API without a token', () => {
  it('is open to this machine until there is a key, and says so when it starts', async () => {
    const { lines, logger } = logged()
    const { operations, clock, send, get } = apiFixture()
    const options = listening(operations, { clock, logger })
    const start = async () => await startApi(options)
    const api = await start()
    const warned = () => lines.filter(({ level }) => level === 40).map(({ msg }) => msg)
    expect(warned()).toEqual([expect.stringContaining('the API is open to every program')])
    await api.close()
    const { key } = (await send('POST', '/v1/keys', { name: 'first', scopes: ['administer'] })).json
    expect((await get('/v1/tasks')).status).toBe(401)
    expect((await get('/v1/tasks', bearer(key))).status).toBe(200)
    lines.length = 0
    await (await start()).close()
    expect(warned()).toEqual([])
    await (await startApi({ ...options, host: '0.0.0.0' })).close()
  })

  it('closes within seconds after another process created the first key', async () => {
    const { operations, tables, clock, get } = apiFixture()
    expect((await get('/v1/tasks')).status).toBe(200)
    const row = { book: 'all', id: 'abcdefghijkl', name: 'n', secrets: [] }
    await tables.put('api_keys', row)
    clock.time += KEY_CACHE_MS
    expect((await get('/v1/tasks')).status).toBe(401)
    expect(await operations.keys.hasAny()).toBe(true)
  })
})

it('a key without persons:read is shown no persons, one with it is', async () => {
  const api = await twoSellers(['alder'], { token: TOKEN })
  const shown = async (scopes: string[]) => {
    const { key } = (await api.send('POST', '/v1/keys', { name: scopes.join(), scopes }, admin)).json
    return (await api.get('/v1/dead-letters/d-alder', bearer(key))).json.masked
  }
  expect(await shown(['administer'])).toBe(true)
  expect(await shown(['observe', 'persons:read'])).toBe(false)
})
