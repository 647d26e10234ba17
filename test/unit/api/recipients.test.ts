import { expect, it } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import { createKey } from '../../../src/operations/keys.ts'
import type { SendNotice } from '../../../src/operations/notifications/send-notice.ts'
import { everything } from '../../../src/operations/principal.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const ops = { email: ['ops@example.com'], connections: ['alder'] }
const TOKEN = { token: 'administrator' }
const auth = { authorization: 'Bearer administrator' }

it('is put, listed, shown and removed, and its changes are kept', async () => {
  const api = await twoSellers(['alder'])
  expect((await api.send('PUT', '/v1/recipients/ops', ops)).status).toBe(201)
  expect((await api.get('/v1/recipients/ops')).json).toMatchObject({
    revision: 1,
    document: { kind: 'recipient', ...ops },
  })
  const listed = await api.get('/v1/recipients')
  expect(listed.json.items.map(({ id }: { readonly id: string }) => id)).toEqual(['ops'])
  expect((await api.send('PUT', '/v1/recipients/ops', { ...ops, remindHours: 2 })).json).toMatchObject({ revision: 2 })
  const { items } = (await api.get('/v1/configuration/changes?kind=recipient')).json
  expect(items.map(({ id, revision }: { readonly id: string; readonly revision: number }) => [id, revision])).toEqual([
    ['ops', 2],
    ['ops', 1],
  ])
  expect((await api.send('DELETE', '/v1/recipients/ops?dryRun=true')).json.effects).toMatchObject([
    { what: 'notifications', outcome: 'ends' },
  ])
  expect((await api.send('DELETE', '/v1/recipients/ops')).status).toBe(204)
  expect((await api.get('/v1/recipients/ops')).status).toBe(404)
})

it('a connection that a recipient names is needed', async () => {
  const api = await twoSellers(['alder'])
  await api.send('PUT', '/v1/recipients/ops', ops)
  const refused = await api.send('DELETE', '/v1/connections/alder?confirm=true')
  expect([refused.status, refused.json.detail]).toEqual([409, expect.stringContaining('recipient ops: connections[0]')])
})

it('what is wrong is refused with every mistake', async () => {
  const api = await twoSellers(['alder'])
  const { status, json } = await api.send('PUT', '/v1/recipients/ops', { ...ops, connections: ['elm'], causes: ['x'] })
  expect(status).toBe(400)
  expect(json.errors.map(({ field }: { readonly field: string }) => field).toSorted()).toEqual([
    'causes[0]',
    'connections[0]',
  ])
})

it('is not there for keys that do not reach everything', async () => {
  const api = await twoSellers(['alder', 'birch'], TOKEN)
  expect((await api.send('PUT', '/v1/recipients/ops', ops, auth)).status).toBe(201)
  const reach = { connections: ['alder'], systems: ['shop-alder'], expiresAt: null }
  const { key } = await createKey(api.operations, boss, { name: 'seller', scopes: ['configure', 'observe'], ...reach })
  const own = { authorization: `Bearer ${key}` }
  expect((await api.get('/v1/recipients', own)).json.items).toEqual([])
  expect((await api.get('/v1/recipients/ops', own)).status).toBe(404)
  expect((await api.send('PUT', '/v1/recipients/mine', ops, own)).status).toBe(404)
  expect((await api.send('DELETE', '/v1/recipients/ops', undefined, own)).status).toBe(404)
  expect((await api.send('POST', '/v1/recipients/ops/test', {}, own)).status).toBe(404)
  const needed = await api.send('DELETE', '/v1/connections/alder?confirm=true', undefined, own)
  expect(JSON.stringify(needed.json)).not.toContain('ops')
})

it('a test is sent at once, and says whether it arrived', async () => {
  const sent: Parameters<SendNotice>[] = []
  const sendNotice: SendNotice = async (...given) => {
    sent.push(given)
    if (sent.length > 1) throw new StreamError('target_unavailable', 'POST hooks.example answered 500')
  }
  const api = await twoSellers(['alder'], { sendNotice })
  await api.send('PUT', '/v1/recipients/ops', ops)
  const good = await api.send('POST', '/v1/recipients/ops/test', {})
  expect(good).toMatchObject({ status: 200, json: { recipient: 'ops', failure: null } })
  expect(sent).toMatchObject([[{ id: 'ops' }, { id: good.json.id, test: true, opened: [] }]])
  const bad = await api.send('POST', '/v1/recipients/ops/test', {})
  expect(bad.json.failure).toEqual({ code: 'target_unavailable', message: 'POST hooks.example answered 500' })
  expect((await api.send('POST', '/v1/recipients/none/test', {})).status).toBe(404)
  const { items } = (await api.get('/v1/audit?what=recipient.test')).json
  const done = { what: 'recipient.test', target: 'ops', outcome: 'done' }
  expect(items).toMatchObject([done, done])
})
