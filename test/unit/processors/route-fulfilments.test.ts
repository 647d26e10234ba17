import { describe, expect, it } from 'vitest'
import type { ShopFulfilmentRequested } from '../../../src/events/generated/events.ts'
import { routeFulfilments } from '../../../src/processors/route-fulfilments.ts'
import { connectionOf, contextOf, fulfilmentChanged } from '../../data/processor-events.ts'

const a = connectionOf('a', '^A', { vendor: 'netsuite', shop: 'magento', revision: 3 })
const ab = connectionOf('a-b', '^B', { vendor: 'netsuite', shop: 'bigcommerce' })
const elsewhere = connectionOf('c', '^C', { vendor: 'sap' })
const alike = connectionOf('a-c', '^D', { vendor: 'sap' })
const context = contextOf(a, ab, elsewhere)
const routed = async (
  data: Parameters<typeof fulfilmentChanged>[0],
  more: Parameters<typeof fulfilmentChanged>[1] = {},
) => await routeFulfilments.process(fulfilmentChanged(data, more), context, undefined)
const ends = ({ decisions }: Awaited<ReturnType<typeof routed>>) =>
  decisions.map(({ connection, status, ...more }) =>
    `${connection} ${status} ${'code' in more ? more.code : ''}`.trim(),
  )

describe('a shipment', () => {
  it('goes to the shop of the connection that its order was delivered for, with the shop’s number', async () => {
    const made = await routed({ orderReference: 'a-000000042', orderNumber: '000000042' })
    expect(ends(made)).toEqual(['a processing null', 'a-b ignored not_ours', 'c ignored not_the_vendor'])
    expect(made.outputs).toMatchObject([
      {
        kind: 'shop-fulfilments',
        system: 'magento',
        key: 'a|77',
        event: { connection: 'a', key: '77', data: { orderNumber: '000000042', kind: 'shipment' } },
      },
    ])
  })

  it.each([
    ['a-000000042', 'a', '000000042'],
    ['a-b-7', 'a-b', '7'],
    ['a-b', 'a', 'b'],
  ])('whose ERP has nothing but %s is of %s, number %s', async (reference, connection, number) => {
    const { outputs } = await routed({ orderReference: reference, orderNumber: reference })
    expect(outputs.map(({ event }) => event)).toMatchObject([{ connection, data: { orderNumber: number } }])
  })

  it('is of no connection to another vendor, though its reference begins as that does', async () => {
    const event = fulfilmentChanged({ orderReference: 'a-c-7', orderNumber: 'a-c-7' })
    const { outputs } = await routeFulfilments.process(event, contextOf(a, alike), undefined)
    expect(outputs.map((output) => output.event)).toMatchObject([{ connection: 'a', data: { orderNumber: 'c-7' } }])
  })

  it.each([
    ['of no reference', null, '000000042'],
    ['of another program', 'web-000000042', '000000042'],
    ['whose number was changed', 'a-000000042', '000000043'],
  ])('of an order %s is ignored, and the reason recorded', async (_what, orderReference, orderNumber) => {
    const made = await routed({ orderReference, orderNumber })
    expect(made.outputs).toEqual([])
    expect(ends(made)).toEqual(['a ignored not_ours', 'a-b ignored not_ours', 'c ignored not_the_vendor'])
  })

  it('that the vendor deleted is left to people: the customer was told of it', async () => {
    const made = await routed({ orderReference: 'a-1', orderNumber: '1' }, { deleted: true })
    expect(made.outputs).toEqual([])
    expect(ends(made)[0]).toBe('a ignored deleted')
  })

  it('has the same digest whatever else the ERP says of it, and another one with another track', async () => {
    const digestOf = async (more: Parameters<typeof fulfilmentChanged>[0]) =>
      (await routed({ orderReference: 'a-1', orderNumber: '1', ...more })).outputs.map(
        ({ event }) => (event as ShopFulfilmentRequested).contentDigest,
      )
    const [plain] = await digestOf({})
    expect(await digestOf({ attributes: { memo: '"x"' } })).toEqual([plain])
    expect(await digestOf({ tracks: [{ number: '1Z', carrier: 'ups', title: null }] })).not.toEqual([plain])
  })
})
