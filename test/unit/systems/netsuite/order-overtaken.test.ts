/** A vendor ships between our look at its order and our write: NetSuite refuses the write, and nobody is at fault. */
import { expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { decimal8 } from '../../../../src/events/decimal.ts'
import type { OrderLine, VendorOrderRequested } from '../../../../src/events/generated/events.ts'
import { writeNetSuiteOrders } from '../../../../src/systems/netsuite/write-orders.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../../../data/processor-events.ts'
import { memoryNetSuite } from '../../../memory/netsuite.ts'
import { netsuiteOf } from '../../../worlds/settings.ts'

const pieces = (count: string) => decimal8(count, 'quantity')
const line = (more: Partial<OrderLine>) =>
  lineOf('1', 'A-1', { quantityOrdered: pieces('5'), rowTotal: orderOf([lineOf('1', 'A-1')]).subtotal, ...more })

const order = (digest: string, more: Partial<OrderLine> = {}): VendorOrderRequested => ({
  ...vendorOrder('a', '1', orderOf([line(more)])),
  contentDigest: digest,
})

/** An account whose people ship `shipped` pieces as soon as an order that is there was looked at. */
function account(shipped: number) {
  const netsuite = memoryNetSuite()
  netsuite.addItem('A-1')
  let isQuick = false
  let refuses = false
  const client: typeof netsuite.client = {
    ...netsuite.client,
    async getByExternalId(type, id, options, signal) {
      const found = await netsuite.client.getByExternalId(type, id, options, signal)
      if (isQuick && type === 'salesOrder') {
        isQuick = false
        netsuite.fulfil(id, new Map([[1, shipped]]))
      }
      return found
    },
    async upsertByExternalId(type, ...more) {
      if (refuses && type === 'salesOrder') throw new StreamError('target_rejected', 'This customer is on credit hold.')
      return await netsuite.client.upsertByExternalId(type, ...more)
    },
  }
  const sink = writeNetSuiteOrders(client, netsuiteOf())
  const { signal } = new AbortController()
  const deliver = (event: VendorOrderRequested) =>
    sink.deliver(event, connectionOf('a', '^A-'), signal, { targetId: null, unclear: false })
  return {
    deliver,
    lines: () => netsuite.records.find(({ type }) => type === 'salesOrder')?.lines,
    ships: () => netsuite.fulfil('a-1', new Map([[1, shipped]])),
    shipsNext: () => {
      isQuick = true
    },
    refuseNext: () => {
      refuses = true
    },
  }
}

it('a change that was overtaken is tried again, and takes back what is still open', async () => {
  const { deliver, shipsNext, lines } = account(2)
  await deliver(order('whole'))
  shipsNext()
  const less = order('less', { quantityCanceled: pieces('2') })
  await expect(deliver(less)).rejects.toMatchObject({ code: 'concurrent_change' })
  expect(await deliver(less)).toMatchObject({ outcome: 'written' })
  expect(lines()).toMatchObject([{ quantity: 3, quantityFulfilled: 2 }])
})

it('a smaller change that was overtaken by a second shipment is tried again, and is then for people', async () => {
  const { deliver, ships, shipsNext } = account(2)
  await deliver(order('whole'))
  ships()
  shipsNext()
  const less = order('less', { quantityCanceled: pieces('2') })
  await expect(deliver(less)).rejects.toMatchObject({ code: 'concurrent_change' })
  await expect(deliver(less)).rejects.toMatchObject({ policy: expect.not.stringMatching('retry') })
})

it('a cancellation that was overtaken is tried again, and is then for people', async () => {
  const { deliver, shipsNext } = account(2)
  await deliver(order('whole'))
  shipsNext()
  const gone: VendorOrderRequested = { ...order('gone'), canceled: true, data: orderOf([]) }
  await expect(deliver(gone)).rejects.toMatchObject({ code: 'concurrent_change' })
  await expect(deliver(gone)).rejects.toMatchObject({ policy: expect.not.stringMatching('retry') })
})

it('a refusal of an order that nobody changed stays one', async () => {
  const { deliver, refuseNext } = account(2)
  await deliver(order('whole'))
  refuseNext()
  await expect(deliver(order('less', { quantityCanceled: pieces('2') }))).rejects.toMatchObject({
    code: 'target_rejected',
  })
})
