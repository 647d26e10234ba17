import { expect, it } from 'vitest'
import { CONNECTIONS } from '../../../src/configuration/tables.ts'
import { createWebhookSystems } from '../../../src/operations/webhook-systems.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const shop = {
  type: 'magento2',
  address: 'https://shop.example.com',
  secrets: { bearer: 'env:B', webhook: 'env:HOOK' },
}

async function world() {
  const { send, tables } = apiFixture()
  for (const id of ['shop', 'other']) expect((await send('PUT', `/v1/systems/${id}`, shop)).status).toBe(201)
  const counted = { queries: 0, secrets: 0 }
  const clock = { time: 0, now: () => clock.time }
  const query: typeof tables.query = async (table, range) => {
    counted.queries += 1
    return await tables.query(table, range)
  }
  const systems = createWebhookSystems({
    tables: { ...tables, query },
    clock,
    logger: silentLogger,
    async resolveSecret(system) {
      counted.secrets += 1
      if (system === 'other') throw new Error('not set')
      return 'secret'
    },
  })
  return { systems, counted, clock, tables, send }
}

it('reads tables and secrets once, however many hooks come, and for whomever', async () => {
  const { systems, counted, clock } = await world()
  const asked = Array.from({ length: 200 }, (_, i) => systems.find(i % 2 === 0 ? 'shop' : `nobody-${i}`, 5_000))
  expect((await Promise.all(asked)).filter((known) => known?.secret === 'secret')).toHaveLength(100)
  expect(counted).toEqual({ queries: 1, secrets: 2 })
  clock.time = 5_001
  await systems.find('nobody', 5_000)
  expect(counted.queries).toBe(2)
})

it('has no secret where it can not be had, and leaves out a row that can not be read', async () => {
  const { systems, clock, tables } = await world()
  expect((await systems.find('other', 0))?.secret).toBeNull()
  await tables.put(CONNECTIONS, { kind: 'system', id: 'broken', document: { id: 5 } })
  clock.time = 1
  expect(await systems.find('broken', 0)).toBeUndefined()
  expect((await systems.find('shop', 5_000))?.secret).toBe('secret')
})

it('tries again after a table did not answer', async () => {
  const { systems, tables } = await world()
  let down = true
  const query: typeof tables.query = async (...args) => {
    if (down) throw new Error('down')
    return await tables.query(...args)
  }
  const failing = createWebhookSystems({
    tables: { ...tables, query },
    clock: { now: () => 0 },
    logger: silentLogger,
    resolveSecret: async () => 'secret',
  })
  await expect(failing.find('shop', 5_000)).rejects.toThrow('down')
  down = false
  expect((await failing.find('shop', 5_000))?.system.id).toBe('shop')
  expect(systems).toBeDefined()
})
