import { expect, it } from 'vitest'
import { decimal4, decimal8 } from '../../../src/events/decimal.ts'
import { listAudit, noteChange } from '../../../src/operations/audit.ts'
import { everything } from '../../../src/operations/principal.ts'
import { toPlainEvent } from '../../../src/platform/registry/plain-event.ts'
import { lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'
import { memoryTables } from '../../memory/tables.ts'
import { apiTestTables } from '../../worlds/api-fixture.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const TOKEN = 'the-token'
const admin = { authorization: `Bearer ${TOKEN}`, 'x-actor': 'ann' }
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

const total = decimal4('12', 'total')
const line = lineOf('1', 'A-1', { rowTotal: total, unitPrice: decimal8('12', 'price') })
const order = (toPlainEvent('orders', orderChanged(orderOf([line], { grandTotal: total }))) as { data: unknown }).data

const connection = {
  shop: 'shop-alder',
  vendor: 'erp',
  ownership: { skuPattern: '^A' },
  reads: ['shop-alder.orders.all'],
}

async function world() {
  const api = await twoSellers(['alder', 'birch'], { token: TOKEN })
  const keyOf = async (name: string, scopes: string[], connections?: string[]) =>
    (await api.send('POST', '/v1/keys', { name, scopes, connections }, admin)).json
  /** The entries since, the oldest first. */
  const trail = async (query = '') => (await api.get(`/v1/audit?${query}`, admin)).json.items.toReversed()
  return { ...api, keyOf, trail }
}

it('has who changed what, from where, with the fields before and after', async () => {
  const api = await world()
  const key = await api.keyOf('shaper', ['configure'])
  const put = await api.send('PUT', '/v1/connections/alder', connection, bearer(key.key))
  const shaped = { ...connection, ownership: { skuPattern: '^B' } }
  expect((await api.send('PUT', '/v1/connections/alder', shaped, bearer(key.key))).status).toBe(200)
  expect(put.status).toBe(200)
  const [created] = await api.trail('what=key')
  expect(created).toMatchObject({
    who: 'ann',
    kind: 'api',
    key: null,
    from: '127.0.0.1',
    what: 'key.create',
    target: key.id,
    outcome: 'done',
    after: { name: 'shaper', scopes: ['configure'], connections: 'all' },
  })
  const [, changed] = await api.trail('what=connection.put')
  expect(changed).toMatchObject({ who: 'shaper', key: key.id, target: 'alder', outcome: 'done' })
  expect([changed.before.ownership.skuPattern, changed.after.ownership.skuPattern]).toEqual(['^A', '^B'])
  expect(Object.keys(changed.after).toSorted()).toEqual(Object.keys(changed.before).toSorted())
  expect(changed.after).not.toHaveProperty('shop')
  const again = (await api.trail()).length
  await api.send('PUT', '/v1/connections/alder', shaped, bearer(key.key))
  expect(await api.trail()).toHaveLength(again)
})

it('has every refusal: of sign-in, scope and reach, and changes that failed', async () => {
  const api = await world()
  const { key, id } = await api.keyOf('seller', ['observe', 'operate'], ['alder'])
  await api.get('/v1/tasks/t-birch', bearer(key))
  await api.get('/v1/systems', bearer(key))
  await api.send('POST', '/v1/dead-letters/d-birch/retry', {}, bearer(key))
  await api.send('POST', '/v1/dead-letters/d-alder/retry', { force: 'perhaps' }, bearer(key))
  for (let n = 0; n < 20; n += 1) await api.get(`/v1/tasks/${n}`, bearer(`${key}x`))
  api.clock.time += 10_000
  await api.get('/v1/tasks', bearer('x'))
  const entries = (await api.trail()).filter(({ outcome }: { outcome: string }) => outcome !== 'done')
  const shown = ({ who, key: of, what, target, code, times }: Record<string, unknown>) => [
    who,
    of,
    what,
    target,
    code,
    times,
  ]
  expect(entries.map(shown)).toEqual([
    ['seller', id, 'GET /v1/tasks/:id', 't-birch', 'not_found', 1],
    ['seller', id, 'GET /v1/systems', null, 'forbidden', 1],
    ['seller', id, 'POST /v1/dead-letters/:id/retry', 'd-birch', 'not_found', 1],
    ['seller', id, 'POST /v1/dead-letters/:id/retry', 'd-alder', 'request_invalid', 1],
    ['nobody', null, 'sign-in', 'GET /v1/tasks/:id', 'unauthorized', 1],
    ['nobody', null, 'sign-in', 'GET /v1/tasks', 'unauthorized', 20],
  ])
  expect(JSON.stringify(entries)).not.toContain(key.slice(-43))
})

it('has who read personal data, and not who was shown it masked', async () => {
  const api = await world()
  const [masked, clear] = [
    await api.keyOf('masked', ['observe']),
    await api.keyOf('clear', ['observe', 'persons:read']),
  ]
  for (const { key } of [masked, clear]) {
    await api.get('/v1/dead-letters/d-alder', bearer(key))
    await api.get('/v1/dead-letters/d-alder/preview', bearer(key))
    await api.get('/v1/backend/alder/orders', bearer(key))
    await api.get('/v1/tasks', bearer(key))
  }
  const reads = await api.trail('what=persons.read')
  expect(reads.map(({ who, target }: Record<string, unknown>) => [who, target])).toEqual([
    ['clear', 'dead letter d-alder'],
    ['clear', 'dead letter d-alder'],
    ['clear', 'alder orders'],
  ])
})

it('forgets no change: what an operation does not note, the request does, and nothing twice', async () => {
  const api = await world()
  const before = (await api.trail()).length
  const asked: readonly [string, string, unknown?][] = [
    ['POST', '/v1/dead-letters/d-alder/retry', {}],
    ['POST', '/v1/dead-letters/discard', { connection: 'birch', reason: 'no', confirm: true }],
    ['POST', '/v1/pauses/map-products/alder/resume'],
    ['PUT', '/v1/reads/shop-alder.orders.all/cut-date', { cut_date: null, revision: 0, reason: 'again' }],
    ['POST', '/v1/sync-requests', { read: 'shop-alder.orders.all' }],
    ['POST', '/v1/replays', { topic: 'orders', processor: 'route-orders', connection: 'alder' }],
    ['POST', '/v1/rebuilds', { table: 'images' }],
    ['POST', '/v1/tasks/t-alder/retry', {}],
  ]
  for (const [method, path, body] of asked) {
    const { status } = await api.send(method as 'PUT', path, body, admin)
    expect([path, status < 300]).toEqual([path, true])
  }
  const entries = (await api.trail()).slice(before)
  expect(entries.map(({ what }: { what: string }) => what)).toEqual([
    'dead-letter.retry',
    'dead-letter.discard',
    'pause.resume',
    'cut-date.set',
    'sync.request',
    'replay.request',
    'rebuild.request',
    'task.retry',
  ])
  // What changes nothing is no change.
  for (const [path, body] of [
    ['/v1/replays', { topic: 'orders', processor: 'route-orders', preview: true }],
    ['/v1/dead-letters/retry', { all: true, dryRun: true }],
  ] as const) {
    expect((await api.send('POST', path, body, admin)).status).toBe(200)
  }
  expect((await api.trail()).slice(before)).toHaveLength(asked.length)
})

it('has a pushed order, whose operation notes nothing', async () => {
  const api = await world()
  await api.send('POST', '/v1/orders/shop-alder', order, admin)
  expect(await api.trail('what=POST /v1/orders/:source')).toMatchObject([
    { who: 'ann', target: 'shop-alder', outcome: 'done' },
  ])
})

it('is chosen by outcome, page after page', async () => {
  const api = await world()
  const { key } = await api.keyOf('seller', ['observe'], ['alder'])
  for (const id of ['a', 'b', 'c']) {
    api.clock.time += 1000
    await api.get(`/v1/tasks/${id}`, bearer(key))
    await api.send('POST', '/v1/sync-requests', { read: 'shop-alder.orders.all' }, admin)
  }
  const page = await api.get('/v1/audit?outcome=refused&limit=2', admin)
  expect(page.json.items.map(({ target }: { target: string }) => target)).toEqual(['c', 'b'])
  const next = await api.get(`/v1/audit?outcome=refused&limit=2&cursor=${page.json.cursor}`, admin)
  expect(next.json.items.map(({ target }: { target: string }) => target)).toEqual(['a'])
  expect((await api.get(`/v1/audit?limit=2&cursor=${page.json.cursor}`, admin)).json.code).toBe('cursor_invalid')
  expect((await api.get('/v1/audit?outcome=failed', admin)).json.items).toEqual([])
  expect((await api.get('/v1/audit?outcome=perhaps', admin)).status).toBe(400)
})

it('says why a key was revoked, where its reason was given', async () => {
  const api = await world()
  const [lost, old] = [await api.keyOf('lost', ['observe']), await api.keyOf('old', ['observe'])]
  const revoke = async (id: string, body?: unknown) =>
    (await api.send('POST', `/v1/keys/${id}/revoke`, body, admin)).status
  expect(await revoke(lost.id, { reason: 'the laptop is lost' })).toBe(200)
  expect(await revoke(old.id)).toBe(200)
  expect(await revoke(old.id, { reason: '' })).toBe(400)
  expect(await api.trail('what=key.revoke')).toMatchObject([
    {
      target: lost.id,
      before: { state: 'active', reason: null },
      after: { state: 'revoked', reason: 'the laptop is lost' },
    },
    { target: old.id, before: { state: 'active' }, after: { state: 'revoked' } },
  ])
})

it('is paged, and chosen by who, what and when', async () => {
  const api = await world()
  for (const name of ['one', 'two', 'three']) {
    api.clock.time += 1000
    await api.keyOf(name, ['observe'])
  }
  const page = await api.get('/v1/audit?what=key.create&limit=2', admin)
  expect(page.json.items.map(({ after }: { after: { name: string } }) => after.name)).toEqual(['three', 'two'])
  const next = await api.get(`/v1/audit?what=key.create&limit=2&cursor=${page.json.cursor}`, admin)
  expect(next.json.items.map(({ after }: { after: { name: string } }) => after.name)).toEqual(['one'])
  expect((await api.get('/v1/audit?who=nobody-else', admin)).json.items).toEqual([])
  expect((await api.get('/v1/audit?since=2026-01-31T08:00:02Z&what=key', admin)).json.items).toHaveLength(2)
  const { key } = await api.keyOf('observer', ['observe'])
  expect((await api.get('/v1/audit', bearer(key))).status).toBe(403)
})

it('keeps what fits, no name and password of an address, and nothing longer than it is to', async () => {
  const tables = memoryTables(apiTestTables)
  const { operations, clock } = await twoSellers(['alder'], {}, tables)
  const boss = everything({ kind: 'cli', name: 'boss' })
  await noteChange(operations, boss, {
    what: 'system.put',
    target: 'erp',
    before: { address: 'https://u:hunter2@erp.example.com/x' },
    after: { address: 'https://erp.example.com' },
  })
  await noteChange(operations, boss, { what: 'system.put', target: 'big', after: { text: 'x'.repeat(40_000) } })
  const wanted = {
    filter: { who: null, what: 'system', outcome: null, since: null, until: null },
    limit: 10,
    after: null,
  }
  const { items } = await listAudit(operations, boss, wanted)
  expect(JSON.stringify(items)).not.toContain('hunter2')
  expect(items).toMatchObject([
    { target: 'big', shortened: true, after: null },
    { target: 'erp', from: null, before: { address: 'https://…@erp.example.com/x' } },
  ])
  const [row] = await tables.query('audit', { partition: 'all', limit: 1 })
  expect(row?.['expires']).toBe(clock.time / 1000 + 400 * 86_400)
  clock.time += 401 * 86_400_000
  expect((await listAudit(operations, boss, wanted)).items).toEqual([])
})
