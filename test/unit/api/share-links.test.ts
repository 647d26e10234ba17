import { expect, it } from 'vitest'
import { createKey, type keyScopes } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { usualHttp } from '../../worlds/api-fixture.ts'
import { sharedOrder } from '../../worlds/shared-order.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const ORDER = '/v1/orders/shop/7'
const DAY_MS = 86_400_000

async function world(over: Parameters<typeof sharedOrder>[0] = {}) {
  const api = await sharedOrder({ token: 'the-token', ...over })
  const admin = { authorization: 'Bearer the-token' }
  const share = async (body: object, headers: Record<string, string> = admin) =>
    await api.send('POST', `${ORDER}/share`, body, headers)
  const open = async (path: string, remoteAddress = '192.0.2.1') => await api.app.inject({ url: path, remoteAddress })
  const keyOf = async (scopes: readonly (typeof keyScopes)[number][], reach: object) => {
    const all = { name: JSON.stringify([scopes, reach]), scopes, connections: 'all', systems: 'all' } as const
    const { key } = await createKey(api.operations, boss, { ...all, expiresAt: null, ...reach })
    return { authorization: `Bearer ${key}` }
  }
  return { ...api, admin, share, open, keyOf }
}

it("opens one vendor's part to whoever has it, and nothing else", async () => {
  const { share, open, get, admin } = await world()
  const made = await share({ connection: 'alder' })
  expect(made).toMatchObject({ status: 201, json: { connection: 'alder', state: 'active', last_used_at: null } })
  expect(made.json.path).toMatch(/^\/share\/wss_[0-9a-f]{16}_[a-z0-9]{12}_[\w-]{43}$/)
  const { statusCode, body, headers } = await open(made.json.path)
  expect(statusCode).toBe(200)
  expect(body).toContain('ALDER-1')
  expect(body).toContain('10.00 USD')
  expect(body).toContain('Alder &lt;table&gt;')
  expect(body).not.toMatch(/BIRCH|77\.31|Zo|Main St|<script/)
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex, nofollow, noarchive',
    'x-frame-options': 'DENY',
    'content-security-policy':
      "default-src 'none';style-src 'self';font-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  })
  // The token opens nothing but its page.
  const bearer = { authorization: `Bearer ${made.json.path.slice('/share/'.length)}` }
  expect((await get(ORDER, bearer)).status).toBe(401)
  const { items } = (await get(`${ORDER}/shares`, admin)).json
  expect(items).toMatchObject([{ id: made.json.id, last_used_at: '2026-01-31T08:00:00.000Z' }])
  expect(JSON.stringify(items)).not.toContain(made.json.path.slice(-43))
})

it('counts until it expires or is revoked, and says so to whoever has it alone', async () => {
  const { share, open, send, clock, admin, get } = await world()
  const [first, second] = [await share({ connection: 'alder', days: 1 }), await share({ connection: 'alder' })]
  const revoke = () => send('POST', `${ORDER}/shares/${second.json.id}/revoke`, undefined, admin)
  expect((await revoke()).json).toMatchObject({ state: 'revoked', revoked_by: 'api' })
  expect((await revoke()).json).toMatchObject({ state: 'revoked' })
  const taken = await open(second.json.path)
  expect([taken.statusCode, taken.body]).toEqual([410, expect.stringContaining('was revoked')])
  clock.time += DAY_MS - 1
  expect((await open(first.json.path)).statusCode).toBe(200)
  clock.time += 1
  const late = await open(first.json.path)
  expect([late.statusCode, late.body]).toEqual([410, expect.stringContaining('has expired')])
  for (const path of [first.json.path, second.json.path]) {
    const wrong = await open(`${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`)
    expect([wrong.statusCode, wrong.body]).toEqual([404, expect.stringContaining('This link does not exist')])
  }
  const states = (await get(`${ORDER}/shares`, admin)).json.items.map(({ state }: { state: string }) => state)
  expect(states.toSorted()).toEqual(['expired', 'revoked'])
  expect((await send('POST', `${ORDER}/shares/none/revoke`, undefined, admin)).status).toBe(404)
})

it('is refused to an address that guesses, and never logged', async () => {
  const lines: string[] = []
  const { share, open } = await world({
    http: { ...usualHttp, refusalsPerMinute: 2 },
    logLines: lines,
  })
  const { json } = await share({ connection: 'alder' })
  for (const guess of ['wss_x', `wss_${'0'.repeat(16)}_${'a'.repeat(12)}_${'A'.repeat(43)}`, json.path.slice(7, -1)]) {
    await open(`/share/${guess}`)
  }
  const refused = await open(json.path)
  expect([refused.statusCode, refused.body]).toEqual([429, expect.stringContaining('Too many requests')])
  expect((await open(json.path, '192.0.2.2')).statusCode).toBe(200)
  expect(lines.join('\n')).toContain('refused a share link')
  expect(lines.join('\n')).not.toContain(json.path.slice(-40))
})

it('is made by who may operate, for a part that they see; the audit trail says so', async () => {
  const { share, get, keyOf, admin } = await world()
  expect((await share({ connection: 'alder' }, await keyOf(['observe'], {}))).status).toBe(403)
  const vendor = await keyOf(['observe', 'operate'], { connections: ['alder'], systems: ['erp-alder'] })
  expect(await share({ connection: 'birch' }, vendor)).toMatchObject({ status: 404, json: { field: 'connection' } })
  expect((await share({ connection: 'alder' }, vendor)).status).toBe(201)
  expect((await share({ connection: 'birch' })).status).toBe(201)
  expect((await get(`${ORDER}/shares`, vendor)).json.items).toMatchObject([{ connection: 'alder' }])
  expect((await get(`${ORDER}/shares`, admin)).json.items).toHaveLength(2)
  for (const days of [0, 91, 1.5]) expect((await share({ connection: 'alder', days })).status).toBe(400)
  const { items } = (await get('/v1/audit?what=share', admin)).json
  expect(items).toMatchObject([
    { what: 'share.create', target: '7 of shop', after: { connection: 'birch' } },
    { what: 'share.create', target: '7 of shop', after: { connection: 'alder' } },
  ])
})

it('ends with its connection', async () => {
  const { share, open, send, admin } = await world()
  const { json } = await share({ connection: 'alder' })
  expect((await send('DELETE', '/v1/connections/alder?confirm=true', undefined, admin)).status).toBe(204)
  const { statusCode, body } = await open(json.path)
  expect([statusCode, body]).toEqual([410, expect.stringContaining('no longer available')])
})
