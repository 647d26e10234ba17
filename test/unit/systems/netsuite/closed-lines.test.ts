/** A line of which the shop takes everything back is closed by us: it is no line that the vendor closed. */
import { expect, it } from 'vitest'
import { decimal8, ZERO8 } from '../../../../src/events/decimal.ts'
import { writeNetSuiteOrders } from '../../../../src/systems/netsuite/write-orders.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../../../data/processor-events.ts'
import { memoryNetSuite } from '../../../memory/netsuite.ts'
import { netsuiteOf } from '../../../worlds/settings.ts'

it('a line that was taken back, and is wanted again, is open again', async () => {
  const { client, records, addItem } = memoryNetSuite()
  for (const sku of ['A-1', 'A-2']) addItem(sku)
  const sink = writeNetSuiteOrders(client, netsuiteOf())
  const deliver = async (contentDigest: string, quantityCanceled = ZERO8) => {
    const data = orderOf([lineOf('1', 'A-1'), lineOf('2', 'A-2', { quantityCanceled })])
    const event = { ...vendorOrder('a', '1', data), contentDigest }
    const before = { targetId: null, unclear: false }
    await sink.deliver(event, connectionOf('a', '^A-'), new AbortController().signal, before)
    return records.find(({ type }) => type === 'salesOrder')?.lines
  }
  await deliver('both')
  expect(await deliver('one', decimal8('1', 'quantity'))).toMatchObject([
    { quantity: 1, isClosed: false },
    { quantity: 0, isClosed: true },
  ])
  expect(await deliver('both again')).toMatchObject([
    { quantity: 1, isClosed: false },
    { quantity: 1, isClosed: false },
  ])
})
