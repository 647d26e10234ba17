import { expect, it, onTestFinished } from 'vitest'
import { createEventStreams } from '../../../src/api/event-streams.ts'
import { startApi } from '../../../src/api/server.ts'
import { pause } from '../../../src/control/pauses.ts'
import { createKey } from '../../../src/operations/keys.ts'
import { holdOrder, releaseOrder } from '../../../src/operations/order-holds.ts'
import { everything } from '../../../src/operations/principal.ts'
import { entityResult } from '../../data/sync-status.ts'
import { listening } from '../../worlds/api-fixture.ts'
import { liveTopics } from '../../worlds/live-topics.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })

async function world(token: string | null = null) {
  const topics = liveTopics()
  const fixture = await twoSellers(['alder', 'birch'], topics.deps)
  const api = await startApi(listening(fixture.operations, { token }))
  onTestFinished(() => api.close())
  return { ...fixture, topics, api }
}

/** Events of a stream, one after the other; undefined once it has ended. */
async function open(url: string, query: string, bearer = '') {
  const ending = new AbortController()
  onTestFinished(() => ending.abort())
  const headers = bearer === '' ? {} : { authorization: `Bearer ${bearer}` }
  const answer = await fetch(`${url}/v1/events${query}`, { signal: ending.signal, headers })
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const next = async (): Promise<unknown> => {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const [event = '', data = ''] = text.slice(0, end).split('\n')
        text = text.slice(end + 2)
        if (event.startsWith('event: ')) return [event.slice(7), JSON.parse(data.slice(6))]
        continue
      }
      const more = await reader?.read()
      if (more?.value === undefined) return undefined
      text += more.value
    }
  }
  return { answer, next, leave: () => ending.abort() }
}

it('tells of which connection to ask again, and for what', async () => {
  const { api, topics } = await world()
  const stream = await open(api.url, '?seconds=60')
  expect(stream.answer.headers.get('content-type')).toBe('text/event-stream')
  expect(stream.answer.headers.get('cache-control')).toBe('no-store')
  expect(await stream.next()).toEqual(['ready', {}])
  await topics.report('deliver-erp', entityResult({ connection: 'alder', status: 'failed' }))
  const failed = ['changed', { connection: 'alder', topics: ['status', 'orders', 'tasks', 'dead-letters'] }]
  expect(await stream.next()).toEqual(failed)
  // Again, for what was written after the first was told.
  expect(await stream.next()).toEqual(failed)
  topics.letter('map-products', 'birch', 'shop|with|bars')
  expect(await stream.next()).toEqual(['changed', { connection: 'birch', topics: ['status', 'dead-letters'] }])
})

it('tells of what people do about orders, whoever it is, and whose part it is', async () => {
  const { api, operations } = await world()
  const stream = await open(api.url, '?seconds=60')
  await stream.next()
  const place = { source: 'shop-alder', number: 'k-alder', connection: 'alder' }
  await releaseOrder(operations, boss, { ...place, dryRun: true })
  await releaseOrder(operations, boss, { ...place, dryRun: false })
  const released = ['changed', { connection: 'alder', topics: ['status', 'orders'] }]
  expect(await stream.next()).toEqual(released)
  expect(await stream.next()).toEqual(released)
  const held = { source: 'shop-birch', number: 'k-birch', connection: null, reason: 'no', until: null }
  await holdOrder(operations, boss, { ...held, dryRun: false })
  expect(await stream.next()).toEqual(['changed', { connection: 'birch', topics: ['status', 'orders'] }])
})

it('tells nobody of what their key does not reach', async () => {
  const { api, topics, operations, tables } = await world('the-token')
  const reach = { connections: ['alder'], systems: ['shop-alder'], expiresAt: null }
  const { key } = await createKey(operations, boss, { name: 'alder', scopes: ['observe'], ...reach })
  const stream = await open(api.url, '?seconds=60', key)
  expect(await stream.next()).toEqual(['ready', {}])
  await topics.report('deliver-erp', entityResult({ connection: 'birch', status: 'succeeded' }))
  await topics.report('read', entityResult({ connection: null, source: 'shop-birch', status: 'new' }))
  topics.letter('route-orders', '', 'shop-birch|1')
  const held = { stage: 'deliver-erp', code: 'held', message: 'm', since: '2026-01-31T08:00:00.000Z', probe_at: 0 }
  await pause(tables, { ...held, connection: 'birch' })
  await releaseOrder(operations, boss, { source: 'shop-birch', number: 'k-birch', connection: null, dryRun: false })
  await topics.report('map-inventory', entityResult({ entity: 'inventory', connection: 'alder', status: 'processing' }))
  expect(await stream.next()).toEqual(['changed', { connection: 'alder', topics: ['status', 'feeds', 'tasks'] }])
})

it('tells that anything may have changed where more happened than it looks at', async () => {
  const { api, topics } = await world()
  const stream = await open(api.url, '?seconds=60&connection=alder')
  await stream.next()
  for (let letter = 0; letter < 101; letter += 1) topics.letter('map-products', 'birch', `${letter}`)
  expect(await stream.next()).toEqual(['changed', { connection: null, topics: expect.arrayContaining(['orders']) }])
})

it('reads nothing while nobody listens, and once for all who do', async () => {
  const { api, topics } = await world()
  const all = await Promise.all([1, 2, 3].map(() => open(api.url, '?seconds=60')))
  for (const stream of all) expect(await stream.next()).toEqual(['ready', {}])
  expect(topics.asked.ends).toBe(2)
  await topics.report('deliver-erp', entityResult({ connection: 'alder', status: 'succeeded' }))
  for (const stream of all) await stream.next()
  expect(topics.asked.ends).toBe(4)
})

it('ends when its time is over, and asks for how long', async () => {
  const { api } = await world()
  const stream = await open(api.url, '?seconds=0')
  expect([await stream.next(), await stream.next()]).toEqual([['ready', {}], undefined])
  expect((await open(api.url, '')).answer.status).toBe(400)
  expect((await open(api.url, '?seconds=901')).answer.status).toBe(400)
  expect((await open(api.url, '?seconds=1e309')).answer.status).toBe(400)
  expect((await fetch(`${api.url}/v1/events?seconds=60`, { method: 'HEAD' })).status).toBe(200)
})

it('gives a caller eight at once, and a place again where one is left', async () => {
  const { api } = await world()
  const all = await Promise.all(Array.from({ length: 8 }, () => open(api.url, '?seconds=60')))
  for (const stream of all) expect(await stream.next()).toEqual(['ready', {}])
  const refused = await open(api.url, '?seconds=60')
  expect([refused.answer.status, refused.answer.headers.get('retry-after')]).toEqual([429, '30'])
  all[0]?.leave()
  await expect.poll(async () => (await open(api.url, '?seconds=60')).answer.status).toBe(200)
})

it('ends with the process, without waiting for those who listen', async () => {
  const { api } = await world()
  const stream = await open(api.url, '?seconds=900')
  await stream.next()
  await api.close()
  expect(await stream.next()).toBeUndefined()
})

it('ends where the topics can’t be read: whoever listens asks by itself', async () => {
  const { api, topics } = await world()
  const stream = await open(api.url, '?seconds=900')
  await stream.next()
  topics.asked.down = true
  expect(await stream.next()).toBeUndefined()
  expect((await open(api.url, '?seconds=900')).answer.status).toBe(500)
  topics.asked.down = false
  expect((await open(api.url, '?seconds=0')).answer.status).toBe(200)
})

it('drops who reads too slowly, and gives the place to another', () => {
  const streams = createEventStreams({ mostStreams: 1, mostPerCaller: 1 })
  const slow = streams.open('someone')
  const gone = new Promise((resolve) => slow.body.once('close', resolve))
  for (let sent = 0; sent < 2_000 && !slow.body.destroyed; sent += 1) slow.send('changed', { connection: 'alder' })
  expect(slow.body.destroyed).toBe(true)
  expect(slow.body.readableLength).toBeLessThan(70_000)
  slow.end()
  return gone.then(() => expect(streams.open('another').body.destroyed).toBe(false))
})
