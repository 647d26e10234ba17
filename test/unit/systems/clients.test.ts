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
    message: expect.stringContaining('system shop has the unknown type odoo; use one of magento2, netsuite'),
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
    message: expect.stringContaining('the address of shop is a reference'),
  })
  expect(asked).toEqual([])
})

it('knows the accounts of the systems it has connected, with their limits as they are now', async () => {
  const made = clients()
  expect(made.accounts()).toEqual([])
  await made.of(system)
  const account = { system: 'shop', account: 'magento2 127.0.0.1:9', part: null, concurrency: 2, per_minute: null }
  expect(made.accounts()).toEqual([account])
  await made.of({ ...system, limits: { concurrency: 9, perMinute: 300 } })
  expect(made.accounts()).toEqual([{ ...account, concurrency: 9, per_minute: 300 }])
  const settings = { storeHash: 'x7', currency: 'EUR', b2b: true, b2bPerMinute: 60 }
  await made.of({ ...system, id: 'store', type: 'bigcommerce', secrets: { accessToken: 'env:TOKEN' }, settings })
  expect(made.accounts().filter(({ system: of }) => of === 'store')).toMatchObject([
    { account: 'bigcommerce x7', part: null },
    { account: 'bigcommerce-b2b x7', part: 'B2B Edition', per_minute: 60 },
  ])
})
