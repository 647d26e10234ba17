import { expect, it } from 'vitest'
import type { Wire } from '../../../../src/systems/kit/wire.ts'
import { commentOnOrder } from '../../../../src/systems/magento2/order-comment.ts'
import { fulfilmentLine, shopFulfilment } from '../../../data/magento2-events.ts'

it('says once what will not come, and again what the vendor corrects, also back to what it was', async () => {
  const history: Wire[] = []
  const client = {
    addComment: async (_id: string, comment: Wire) => {
      // Magento's own order is not promised.
      history.unshift({ ...comment, entity_id: history.length + 9 })
    },
  }
  const said = async (quantity: string) => {
    const event = shopFulfilment('so-1', '000000001', [fulfilmentLine('CUP', quantity)], { kind: 'closure' })
    const order = { entity_id: 1, status_histories: history }
    return (await commentOnOrder(client, event, order, new AbortController().signal)).outcome
  }
  expect([await said('1'), await said('1')]).toEqual(['written', 'unchanged'])
  expect([await said('2'), await said('2')]).toEqual(['written', 'unchanged'])
  expect([await said('1'), await said('1')]).toEqual(['written', 'unchanged'])
  expect(String(history[0]?.['comment'])).toMatch(/^The vendor will not deliver: 1 × CUP\./)
})
