import { expect, it } from 'vitest'
import { createKey } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const rules = { attributes: [{ attribute: 'name', from: 'name' }] }

it('says what the removal of a connection would do, and removes nothing', async () => {
  const api = await twoSellers(['alder', 'birch'])
  await api.put('/v1/connections/alder/metadata', rules)
  const { status, json } = await api.send('DELETE', '/v1/connections/alder?dryRun=true')
  expect([status, json]).toEqual([
    200,
    {
      kind: 'connection',
      id: 'alder',
      revision: expect.any(Number),
      refusal: null,
      effects: [
        { what: 'reads', outcome: 'ends', count: 1 },
        { what: 'metadata', outcome: 'goes', count: 1 },
        { what: 'what waits', outcome: 'ends', count: 0 },
        { what: 'open dead letters', outcome: 'stays', count: 1 },
        { what: 'pauses', outcome: 'stays', count: 1 },
        { what: 'topics and rows', outcome: 'stays', count: null },
      ],
    },
  ])
  expect((await api.get('/v1/connections/alder')).status).toBe(200)
  expect((await api.get('/v1/audit?what=connection')).json.items).toEqual([])
})

it('says who needs what would be removed, and of others only that somebody does', async () => {
  const api = await twoSellers(['alder', 'birch'])
  const { json } = await api.send('DELETE', '/v1/systems/shop-alder?dryRun=true')
  expect(json.refusal).toMatch(/^system shop-alder is needed: connection alder: /)
  const reach = { connections: [], systems: ['shop-alder'], expiresAt: null }
  const { key } = await createKey(api.operations, boss, { name: 'shop', scopes: ['configure'], ...reach })
  const own = await api.send('DELETE', '/v1/systems/shop-alder?dryRun=true', undefined, {
    authorization: `Bearer ${key}`,
  })
  expect([own.status, own.json.refusal]).toEqual([200, expect.not.stringContaining('connection alder')])
})

it('keeps why a connection was removed, and refuses another revision', async () => {
  const api = await twoSellers(['alder'])
  const { revision } = (await api.send('DELETE', '/v1/connections/alder?dryRun=true')).json
  const address = '/v1/connections/alder?reason=they%20left'
  expect((await api.send('DELETE', address, undefined, { 'if-match': `"${revision + 1}"` })).status).toBe(412)
  expect((await api.send('DELETE', address, undefined, { 'if-match': `"${revision}"` })).status).toBe(204)
  const { items } = (await api.get('/v1/configuration/changes?kind=connection&id=alder')).json
  expect(items).toContainEqual(expect.objectContaining({ reason: 'they left', after: null }))
})

it('removes product metadata that no connection needs, after it was confirmed', async () => {
  const api = await twoSellers(['alder'])
  const path = '/v1/connections/alder/metadata'
  expect((await api.send('DELETE', `${path}?confirm=true`)).status).toBe(404)
  await api.put(path, rules)
  expect((await api.send('DELETE', path)).json).toMatchObject({ status: 409, code: 'confirmation_needed' })
  expect((await api.send('DELETE', `${path}?dryRun=true`)).json).toMatchObject({
    refusal: null,
    effects: [{ what: 'rules', outcome: 'goes', count: 1 }, { what: 'topics and rows' }],
  })
  expect((await api.send('DELETE', `${path}?confirm=true`)).status).toBe(204)
  expect((await api.get(path)).status).toBe(404)
  // Made again, it goes on with its revisions.
  expect((await api.put(path, rules)).json.revision).toBeGreaterThan(1)
})
