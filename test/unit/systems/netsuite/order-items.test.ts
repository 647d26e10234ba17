import { expect, it } from 'vitest'
import { writeNetSuiteOrders } from '../../../../src/systems/netsuite/write-orders.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../../../data/processor-events.ts'
import { memoryNetSuite } from '../../../memory/netsuite.ts'
import { netsuiteOf } from '../../../worlds/settings.ts'

function account() {
  const netsuite = memoryNetSuite()
  const sink = writeNetSuiteOrders(netsuite.client, netsuiteOf())
  const signal = new AbortController().signal
  const deliver = (key: string) =>
    sink.deliver(vendorOrder('a', key, orderOf([lineOf('1', 'A-1')])), connectionOf('a', '^A-'), signal, {
      targetId: null,
      unclear: false,
    })
  return { ...netsuite, deliver }
}

it('an item that was made anew is looked up again, and its order delivered', async () => {
  const { addItem, removeItem, records, deliver } = account()
  addItem('A-1')
  await deliver('1')
  removeItem('A-1')
  const made = addItem('A-1')
  expect(await deliver('2')).toMatchObject({ outcome: 'written' })
  expect(records.at(-1)?.lines).toMatchObject([{ item: { id: made } }])
})

it('an order of an item that is gone waits for it', async () => {
  const { addItem, removeItem, deliver } = account()
  addItem('A-1')
  await deliver('1')
  removeItem('A-1')
  await expect(deliver('2')).rejects.toMatchObject({ code: 'item_missing' })
})

it('an order of a SKU whose id went to another item waits, and orders nothing of that item', async () => {
  const { addItem, renameItem, records, deliver } = account()
  addItem('A-1')
  await deliver('1')
  renameItem('A-1', 'B-9')
  await expect(deliver('2')).rejects.toMatchObject({ code: 'item_missing' })
  const made = addItem('A-1')
  expect(await deliver('2')).toMatchObject({ outcome: 'written' })
  expect(records.at(-1)?.lines).toMatchObject([{ item: { id: made } }])
})
