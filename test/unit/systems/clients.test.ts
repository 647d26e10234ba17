import { pino } from 'pino'
import { expect, it } from 'vitest'
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

it('makes one client of a system, whoever asks, and a new one when its configuration changes', async () => {
  const asked: string[] = []
  const { magento2 } = clients(asked)
  const [first, second] = await Promise.all([magento2(system, 'orders'), magento2({ ...system }, 'orders')])
  expect(second).toBe(first)
  expect(asked.toSorted()).toEqual(['env:TOKEN', 'env:URL'])
  expect(await magento2({ ...system, limits: { concurrency: 9 } }, 'orders')).not.toBe(first)
})

it('resolves the references again when the client was forgotten', async () => {
  const asked: string[] = []
  const made = clients(asked)
  const first = await made.magento2(system, 'orders')
  made.forget(system)
  expect(await made.magento2(system, 'orders')).not.toBe(first)
  expect(asked).toHaveLength(4)
})

it('refuses a system of another type', async () => {
  await expect(clients().netsuite(system, 'orders')).rejects.toMatchObject({
    code: 'configuration_invalid',
    message: 'system shop is of type magento2; netsuite is asked for',
  })
})
