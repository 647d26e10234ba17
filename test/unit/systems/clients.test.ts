import { pino } from 'pino'
import { expect, it } from 'vitest'
import { createResolver } from '../../../src/configuration/references.ts'
import { createClients } from '../../../src/systems/clients.ts'
import { localNetwork } from '../../data/loopback.ts'
import { governors, systemOf, wallClock } from '../../worlds/sources.ts'

const clients = (asked: string[] = []) =>
  createClients({
    clock: wallClock,
    governors,
    network: localNetwork,
    logger: pino({ level: 'silent' }),
    async resolveSecret(owner, reference) {
      asked.push(`${owner} ${reference}`)
      return 'secret'
    },
  })
const address = 'http://127.0.0.1:9'
const system = systemOf({ id: 'shop', type: 'magento2', address, secrets: { bearer: 'env:TOKEN' } })

it('connects to a system once, whoever asks, and anew when its configuration changes', async () => {
  const asked: string[] = []
  const made = clients(asked)
  const [first, second] = await Promise.all([made.of(system), made.of({ ...system })])
  expect(second).toBe(first)
  expect(asked).toEqual(['shop env:TOKEN'])
  expect(await made.of({ ...system, limits: { concurrency: 9 } })).not.toBe(first)
})

it('resolves the references again when the client was forgotten', async () => {
  const asked: string[] = []
  const made = clients(asked)
  const first = await made.of(system)
  made.forget(system)
  expect(await made.of(system)).not.toBe(first)
  expect(asked).toHaveLength(2)
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
    network: localNetwork,
    logger: pino({ level: 'silent' }),
    resolveSecret: createResolver({ SECRET_ENV_NAMES: 'shop=*' }),
  })
  const two = { ...system, secrets: { consumerKey: 'env:ONE', consumerSecret: 'env:TWO' } }
  await expect(made.of(two)).rejects.toMatchObject({
    code: 'configuration_invalid',
    message: expect.stringMatching(/env:ONE is not set; .*env:TWO is not set/),
  })
})

it('looks nothing up that is not a secret: an address is none', async () => {
  const asked: string[] = []
  const made = clients(asked)
  await expect(made.of({ ...system, address: 'env:URL' })).rejects.toMatchObject({
    code: 'configuration_invalid',
    field: 'systems.shop.address',
    message: expect.stringContaining('the address of shop is no http(s) address'),
  })
  expect(asked).toEqual([])
})
