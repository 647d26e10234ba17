import { expect, it } from 'vitest'
import { createKey } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })

it('tells who asks, what they may do and what they reach', async () => {
  const api = await twoSellers(['alder', 'birch'])
  const open = await api.get('/v1/caller')
  expect(open.json).toMatchObject({ signed_in: false, connections: null, systems: null })
  expect(open.json.scopes).toContain('persons:read')
  const wanted = { name: 'agency', scopes: ['operate', 'observe'], connections: ['alder'], systems: [] } as const
  const { key } = await createKey(api.operations, boss, { ...wanted, expiresAt: null })
  expect((await api.get('/v1/caller')).status).toBe(401)
  const agency = await api.get('/v1/caller', { authorization: `Bearer ${key}` })
  expect(agency.json).toEqual({
    name: 'agency',
    signed_in: true,
    scopes: ['observe', 'operate'],
    demo: false,
    connections: ['alder'],
    systems: [],
  })
})
