import { expect, it } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import type { Demo } from '../../../src/operations/demo.ts'
import { createKey } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'

const boss = everything({ kind: 'cli', name: 'boss' })

function switchboard(): Demo {
  let broken = false
  const shown = () => ({ id: 'erp_down', broken, order: { source: 'magento', number: '42' } })
  return {
    list: async () => [shown()],
    set: async (id, wanted) => {
      if (id !== 'erp_down') throw new StreamError('not_found', `scenario: there is no "${id}"`, { field: 'scenario' })
      broken = wanted
      return shown()
    },
  }
}

it('has nothing to break but in a demo, and does not say that it could', async () => {
  const api = apiFixture()
  expect((await api.get('/v1/caller')).json.demo).toBe(false)
  expect((await api.get('/v1/demo')).status).toBe(404)
  expect((await api.put('/v1/demo/erp_down', { broken: true })).status).toBe(404)
  expect(Object.keys((await api.get('/openapi.json')).json.paths).filter((path) => path.includes('demo'))).toEqual([])
})

it('breaks and repairs in a demo, for those who may operate', async () => {
  const api = apiFixture({ demo: switchboard() })
  expect((await api.get('/v1/caller')).json.demo).toBe(true)
  expect((await api.put('/v1/demo/erp_down', { broken: true })).json).toMatchObject({ broken: true })
  expect((await api.get('/v1/demo')).json.items).toEqual([
    { id: 'erp_down', broken: true, order: { source: 'magento', number: '42' } },
  ])
  expect((await api.put('/v1/demo/earthquake', { broken: true })).status).toBe(404)
  expect((await api.put('/v1/demo/erp_down', { broken: 'perhaps' })).status).toBe(400)
  const wanted = { name: 'watcher', scopes: ['observe'], connections: 'all', systems: 'all', expiresAt: null } as const
  const { key } = await createKey(api.operations, boss, wanted)
  const headers = { authorization: `Bearer ${key}` }
  expect((await api.get('/v1/demo', headers)).status).toBe(200)
  expect((await api.send('PUT', '/v1/demo/erp_down', { broken: false }, headers)).status).toBe(403)
  expect((await api.get('/v1/demo', headers)).json.items[0].broken).toBe(true)
})
