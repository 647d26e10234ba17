import { pino } from 'pino'
import { expect, it } from 'vitest'
import { createResolver } from '../../../src/configuration/references.ts'
import { createClients } from '../../../src/systems/clients.ts'
import { governors, systemOf, wallClock } from '../../worlds/sources.ts'

const clients = (asked: string[] = []) =>
  createClients({
    clock: wallClock,
    governors,
    logger: pino({ level: 'silent' }),
    async resolveSecret(reference) {
      asked.push(reference)
      return reference === 'env:URL' ? 'http://127.0.0.1:9' : 'secret'
    },
  })
const system = systemOf({ id: 'shop', type: 'magento2', address: 'env:URL', secrets: { bearer: 'env:TOKEN' } })

it('connects to a system once, whoever asks, and anew when its configuration changes', async () => {
  const asked: string[] = []
  const made = clients(asked)
  const [first, second] = await Promise.all([made.of(system), made.of({ ...system })])
  expect(second).toBe(first)
  expect(asked.toSorted()).toEqual(['env:TOKEN', 'env:URL'])
  expect(await made.of({ ...system, limits: { concurrency: 9 } })).not.toBe(first)
})

it('resolves the references again when the client was forgotten', async () => {
  const asked: string[] = []
  const made = clients(asked)
  const first = await made.of(system)
  made.forget(system)
  expect(await made.of(system)).not.toBe(first)
  expect(asked).toHaveLength(4)
})

it('refuses a system of a type that there is not, and what is not delivered to one', async () => {
  await expect(clients().of({ ...system, type: 'odoo' })).rejects.toMatchObject({
    code: 'configuration_invalid',
    message: expect.stringContaining('system shop is of type odoo, which there is not; there are magento2, netsuite'),
  })
  const open = await clients().of(system)
  expect(() => open.sink('vendor-orders')).toThrow(/vendor-orders can't be delivered to magento2/)
})

it('names every reference that is not set at once', async () => {
  const made = createClients({
    clock: wallClock,
    governors,
    logger: pino({ level: 'silent' }),
    resolveSecret: createResolver({}, async () => ''),
  })
  await expect(made.of(system)).rejects.toMatchObject({
    code: 'configuration_invalid',
    message: expect.stringMatching(/env:TOKEN is not set; .*env:URL is not set/),
  })
})
