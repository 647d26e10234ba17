import { expect, it } from 'vitest'
import { applyConfiguration } from '../../../src/operations/configuration.ts'
import { createKey } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { entityKey } from '../../../src/projections/entity-row.ts'
import { SYNC_ENTITIES } from '../../../src/projections/tables.ts'
import { deadLettered } from '../../data/dead-letters.ts'
import { lineOf, orderChanged, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { memoryCodec } from '../../memory/codec.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { configurationOf } from '../../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const PATH = '/v1/dead-letters'

async function fixture() {
  const api = apiFixture()
  const originalValue = api.letters.codec.encode('vendor-orders', vendorOrder('c1', '100'))
  await api.letters.project(
    deadLettered({ deadLetterId: 'a', originalValue }),
    deadLettered({ deadLetterId: 'b', originalValue, firstAt: 4000 }),
    deadLettered({ deadLetterId: 'c', originalValue, firstAt: 6000, code: 'target_conflict', connection: 'c2' }),
  )
  const ids = async (query: string) => {
    const { json } = await api.get(`${PATH}?${query}`)
    return json.items.map((item: { id: string }) => item.id)
  }
  return { ...api, ids, originalValue }
}

it('lists letters by what is asked for, page by page', async () => {
  const api = await fixture()
  expect(await api.ids('')).toEqual(['c', 'b', 'a'])
  expect(await api.ids('connection=c1&code=target_rejected&state=open&stage=deliver-erp&key=100')).toEqual(['b', 'a'])
  expect(await api.ids('from=1970-01-01T00:00:04Z&to=1970-01-01T00:00:06Z')).toEqual(['b'])
  expect(await api.ids('state=resolved')).toEqual([])
  const first = (await api.get(`${PATH}?limit=2&connection=c1`)).json
  expect(first.items.map((item: { id: string }) => item.id)).toEqual(['b', 'a'])
  const cursor = encodeURIComponent(first.cursor)
  expect((await api.get(`${PATH}?limit=2&connection=c1&cursor=${cursor}`)).json).toEqual({ items: [], cursor: null })
  const other = await api.get(`${PATH}?limit=2&cursor=${cursor}`)
  expect(other.json).toMatchObject({ status: 400, code: 'cursor_invalid', field: 'cursor' })
})

it('refuses a filter it does not know, and names it', async () => {
  const api = await fixture()
  const refused = async (query: string) => (await api.get(`${PATH}?${query}`)).json
  expect(await refused('state=broken')).toMatchObject({ status: 400, field: 'state' })
  expect(await refused('conection=c1')).toMatchObject({ status: 400, field: 'conection' })
  expect(await refused('from=yesterday')).toMatchObject({ status: 400, field: 'from' })
})

it('groups them, and lists a group', async () => {
  const api = await fixture()
  const { groups, complete } = (await api.get(`${PATH}?group=true`)).json
  expect(complete).toBe(true)
  expect(groups).toMatchObject([
    { count: 2, connection: 'c1', code: 'target_rejected', field: 'lines[].sku', example: 'b' },
    { count: 1, connection: 'c2', code: 'target_conflict' },
  ])
  expect(await api.ids(`groupId=${groups[0].group}`)).toEqual(['b', 'a'])
})

it('shows one with its event, its bytes, its history and what became of the entity', async () => {
  const api = await fixture()
  await api.tables.put(SYNC_ENTITIES, { task: 't', entity: entityKey('c1', '100'), status: 'failed' })
  const { status, json } = await api.get(`${PATH}/a`)
  expect(status).toBe(200)
  expect(json).toMatchObject({
    id: 'a',
    state: 'open',
    outcome: 'failed',
    undecodable: null,
    retries: 0,
    event: { connection: 'c1', data: { lines: [{ sku: 'A-1', rowTotal: '10' }] } },
    original: {
      key: Buffer.from('c1|100').toString('base64'),
      value: api.originalValue.toString('base64'),
      headers: [{ key: 'h', value: 'Bw==' }],
    },
    history: [{ what: 'failed', code: 'target_rejected', by: null, retry: 0 }],
  })
  expect((await api.get(`${PATH}/none`)).json).toMatchObject({ status: 404, code: 'not_found', field: 'id' })
})

it('previews a retry without sending anything', async () => {
  const api = await fixture()
  expect((await api.get(`${PATH}/a/preview`)).json).toMatchObject({ verdict: 'of deliver-erp', outputs: [] })
  expect(api.letters.producer.sent).toEqual([])
})

it('retries one; a second time it is refused until the first has ended', async () => {
  const api = await fixture()
  const retried = await api.post(`${PATH}/a/retry`)
  expect(retried).toEqual({ status: 200, json: { id: 'a', retry: 1, topic: 't.vendor-orders.erp' } })
  expect(await api.post(`${PATH}/a/retry`, { by: 'ann' })).toMatchObject({
    status: 409,
    json: { code: 'state_conflict', field: 'id' },
  })
  expect(await api.ids('state=retrying')).toEqual(['a'])
  expect((await api.post(`${PATH}/none/retry`)).json).toMatchObject({ status: 404 })
  expect((await api.post(`${PATH}/a/retry`, { force: true })).json).toMatchObject({ status: 400, field: 'reason' })
})

it('retries many by a filter or a group, after saying which it would be', async () => {
  const api = await fixture()
  const { groups } = (await api.get(`${PATH}?group=true`)).json
  const groupId = groups[0].group
  const dry = await api.post(`${PATH}/retry`, { groupId, dryRun: true })
  expect(dry.json).toEqual({ dry_run: true, done: ['b', 'a'], skipped: [], more: false })
  expect(await api.ids('state=retrying')).toEqual([])
  const wet = await api.post(`${PATH}/retry`, { groupId, limit: 1, by: 'ann' })
  expect(wet.json).toMatchObject({ dry_run: false, done: ['b'], more: true })
  expect(await api.ids('state=retrying')).toEqual(['b'])
  const all = await api.post(`${PATH}/retry`, { all: true, rate: 100 })
  expect(all.json).toMatchObject({ done: ['c', 'a'], more: false })
})

it('does nothing to all of them by mistake', async () => {
  const api = await fixture()
  for (const body of [undefined, {}, { state: 'open' }, { limit: 5 }]) {
    expect((await api.post(`${PATH}/retry`, body)).json).toMatchObject({ status: 400, code: 'request_invalid' })
  }
  expect((await api.post(`${PATH}/retry`, { codes: 'x' })).json).toMatchObject({ status: 400, field: 'codes' })
  expect((await api.post(`${PATH}/discard`, { reason: 'no' })).json).toMatchObject({ status: 400 })
  expect(await api.ids('state=open')).toEqual(['c', 'b', 'a'])
})

it('discards for a reason alone, and when it is confirmed', async () => {
  const api = await fixture()
  expect((await api.post(`${PATH}/a/discard`)).json).toMatchObject({ status: 400, field: 'reason' })
  const asked = await api.post(`${PATH}/a/discard`, { reason: 'a test', by: 'ann' })
  expect(asked).toMatchObject({ status: 409, json: { code: 'confirmation_needed', field: 'confirm' } })
  expect(await api.ids('state=open')).toContain('a')
  expect(await api.post(`${PATH}/a/discard`, { reason: 'a test', by: 'ann', confirm: true })).toEqual({
    status: 200,
    json: { id: 'a' },
  })
  const many = await api.post(`${PATH}/discard`, { reason: 'a test', connection: 'c2', confirm: true })
  expect(many.json).toMatchObject({ done: ['c'], skipped: [] })
  await api.letters.deliver()
  expect(await api.ids('state=discarded')).toEqual(['c', 'a'])
  expect((await api.get(`${PATH}/a`)).json.history.at(-1)).toMatchObject({
    what: 'discarded',
    reason: 'a test',
    by: 'ann',
  })
})

it('lists and retries those that are named, and says which are not to be retried', async () => {
  const api = await fixture()
  expect(await api.ids('ids=a,c,none')).toEqual(['c', 'a'])
  expect(await api.ids('ids=a,c&connection=c1')).toEqual(['a'])
  const tooMany = Array.from({ length: 101 }, (_, index) => index).join(',')
  expect((await api.get(`${PATH}?ids=${tooMany}`)).json).toMatchObject({ status: 400, field: 'ids' })
  await api.post(`${PATH}/c/discard`, { reason: 'a test', confirm: true })
  const { json } = await api.post(`${PATH}/retry`, { ids: ['a', 'c'], by: 'ann' })
  expect(json).toMatchObject({ done: ['a'], skipped: [{ id: 'c', code: 'state_conflict' }], more: false })
  expect(await api.ids('state=retrying')).toEqual(['a'])
  const forced = await api.post(`${PATH}/retry`, { ids: ['c'], force: true, reason: 'wanted after all' })
  expect(forced.json).toMatchObject({ done: ['c'], skipped: [] })
})

it('shows what an event was made from to who sees the system that it was read from', async () => {
  const order = { ...orderChanged(orderOf([lineOf('1', 'A-1'), lineOf('2', 'B-1')])), source: 'shop-c1' }
  const codec = memoryCodec()
  const record = { topic: 'orders', partition: 0, offset: 7n, timestamp: 1, key: null, headers: [] }
  const value = codec.encode('orders', order)
  const staged = { codec, topicPrefix: '', reader: { read: async () => [{ ...record, value }] } }
  const api = apiFixture({ staged, topicPrefix: 't.', token: 'the-token' })
  await applyConfiguration(api.operations, boss, { configuration: configurationOf(['c1']), reason: null })
  const originalValue = codec.encode('vendor-orders', vendorOrder('c1', '100'))
  const headers = [{ key: 'waldstream-made-from', value: Buffer.from('orders|0|7|99') }]
  await api.letters.project(deadLettered({ deadLetterId: 'a', originalValue, headers }))
  const keyOf = async (systems: readonly string[]) => {
    const wanted = { name: systems.join(), scopes: ['observe'] as const, connections: ['c1'], systems, expiresAt: null }
    const { key } = await createKey(api.operations, boss, wanted)
    return (await api.get(`${PATH}/a`, { authorization: `Bearer ${key}` })).json
  }
  expect((await keyOf(['shop-c1'])).as_read).toMatchObject({
    topic: 'orders',
    offset: 7,
    event: { source: 'shop-c1', data: { lines: [{ sku: 'A-1' }, { sku: 'B-1' }] } },
    problem: null,
  })
  const vendors = await keyOf(['erp'])
  expect(vendors).toMatchObject({ as_read: null, event: { connection: 'c1' } })
  expect(JSON.stringify(vendors)).not.toContain('B-1')
})
