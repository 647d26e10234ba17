import { expect, it } from 'vitest'
import { fail, ok } from '../../../src/operations/doctor/finding.ts'
import { createKey } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })

it('answers what is so of both systems of a connection and what to do, and notes who asked', async () => {
  const api = await twoSellers(['alder', 'birch'], {
    testSystem: async ({ id }) =>
      id === 'erp'
        ? [fail('system erp', 'credentials_refused: no', 'renew the credentials that its secrets refer to')]
        : [ok(`system ${id}`, 'accepts the credentials')],
  })
  const { status, json } = await api.post('/v1/connections/alder/test')
  expect([status, json]).toEqual([
    200,
    {
      at: '2026-01-31T08:00:00.000Z',
      failed: 1,
      findings: [
        { check: 'system shop-alder', state: 'ok', message: 'accepts the credentials', fix: null },
        {
          check: 'system erp',
          state: 'fail',
          message: 'credentials_refused: no',
          fix: 'renew the credentials that its secrets refer to',
        },
      ],
    },
  ])
  const { items } = (await api.get('/v1/audit?what=connection.test')).json
  expect(items).toMatchObject([{ target: 'alder', outcome: 'done', after: { ok: 1, warn: 0, fail: 1 } }])
})

it('does not call a system that the key does not reach, and says so', async () => {
  const called: string[] = []
  const api = await twoSellers(['alder'], {
    testSystem: async ({ id }, connection) => {
      called.push(`${id} for ${connection?.id}`)
      return [ok(`system ${id}`, 'well')]
    },
  })
  const reach = { connections: ['alder'], systems: ['shop-alder'], expiresAt: null }
  const { key } = await createKey(api.operations, boss, { name: 'seller', scopes: ['configure'], ...reach })
  const headers = { authorization: `Bearer ${key}` }
  const { json } = await api.send('POST', '/v1/connections/alder/test', {}, headers)
  expect(called).toEqual(['shop-alder for alder'])
  expect(json.findings).toMatchObject([
    { check: 'system shop-alder', state: 'ok' },
    { check: 'system erp', state: 'warn', message: 'not tested: your key has no access to it' },
  ])
  expect((await api.send('POST', '/v1/systems/erp/test', {}, headers)).status).toBe(404)
})

it('says that what is tested is switched off, and tests it all the same', async () => {
  const api = await twoSellers(['alder'])
  const off = { type: 'magento2', address: 'https://shop.example.com', secrets: { bearer: 'env:T' }, enabled: false }
  const reads = [{ entity: 'orders', startFrom: '2026-01-01T00:00:00Z' }]
  expect((await api.put('/v1/systems/shop-alder', { ...off, reads })).status).toBe(200)
  const { json } = await api.post('/v1/systems/shop-alder/test')
  expect(json.findings.map(({ state }: { state: string }) => state)).toEqual(['warn', 'ok'])
})
