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
