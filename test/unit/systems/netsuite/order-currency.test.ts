import { expect, it } from 'vitest'
import { writeNetSuiteOrders } from '../../../../src/systems/netsuite/write-orders.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../../../data/processor-events.ts'
import { memoryNetSuite } from '../../../memory/netsuite.ts'
import { netsuiteOf } from '../../../worlds/settings.ts'

const deliver = async (currency: string, account: string | undefined) => {
  const netsuite = memoryNetSuite()
  netsuite.addItem('A-1')
  const event = vendorOrder('a', '000000001', orderOf([lineOf('1', 'A-1')], { currency }))
  const sink = writeNetSuiteOrders(netsuite.client, netsuiteOf(account === undefined ? {} : { currency: account }))
  return await sink.deliver(event, connectionOf('a', '^A-'), AbortSignal.timeout(10_000), {
    targetId: null,
    unclear: false,
  })
}

it("refuses an order in another currency than the account's, which would be booked as the same number", async () => {
  await expect(deliver('EUR', 'USD')).rejects.toMatchObject({ code: 'target_rejected', field: 'currency' })
})

it.each([
  ['USD', 'USD'],
  ['EUR', undefined],
] as const)('delivers an order in %s where the account takes %s', async (currency, account) => {
  expect(await deliver(currency, account)).toMatchObject({ outcome: 'written' })
})

it('names the currency where the account has it, and lists it with the customer', async () => {
  const netsuite = memoryNetSuite()
  netsuite.addItem('A-1')
  const sink = writeNetSuiteOrders(netsuite.client, netsuiteOf({ currency: 'USD', currencies: 'EUR=4' }))
  const deliverIn = async (currency: string, key: string) => {
    const event = vendorOrder('a', key, orderOf([lineOf('1', 'A-1')], { currency }))
    return await sink.deliver(event, connectionOf('a', '^A-'), AbortSignal.timeout(10_000), {
      targetId: null,
      unclear: false,
    })
  }
  await deliverIn('EUR', '1')
  await deliverIn('USD', '2')
  const ordered = netsuite.records.filter(({ type }) => type === 'salesOrder').map(({ fields }) => fields['currency'])
  expect(ordered).toEqual([{ id: '4' }, undefined])
  await expect(deliverIn('CHF', '3')).rejects.toThrow(/settings\.currencies/)
})
