import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decimal4, decimal8, text8 } from '../../src/events/decimal.ts'
import type { VendorOrderRequested } from '../../src/events/generated/events.ts'
import type { ReadEntity } from '../../src/systems/kit/source.ts'
import { writeNetSuiteOrders } from '../../src/systems/netsuite/write-orders.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { type NetSuiteAccount, startNetSuiteAccount } from '../worlds/netsuite-account.ts'
import { netsuiteOf } from '../worlds/settings.ts'
import { keysOf, listAll, readAll, WHOLE } from '../worlds/sources.ts'

const zone = 'Asia/Kathmandu'
const connection = connectionOf('shop-a', '^WLD-')
const signal = new AbortController().signal

let account: NetSuiteAccount
let skus: readonly string[]
beforeAll(async () => {
  account = await startNetSuiteAccount({ zone })
  skus = (await account.items()).map(({ itemId }) => String(itemId))
})
afterAll(async () => await account.close())
beforeEach(async () => void (await account.control('POST', 'reset')))

const order = (number: string, ...quantities: number[]): VendorOrderRequested => {
  const lines = quantities.map((quantity, index) =>
    lineOf(String(11 + index), skus[index] ?? '', {
      quantityOrdered: decimal8(String(quantity), 'quantity'),
      rowTotal: decimal4(String(quantity * 10), 'total'),
    }),
  )
  return vendorOrder(connection.id, number, orderOf(lines))
}
/** Its internal id. */
const deliver = async (event: VendorOrderRequested): Promise<string> => {
  const sink = writeNetSuiteOrders(await account.client(), netsuiteOf({}, zone))
  const { targetId } = await sink.deliver(event, connection, signal, { targetId: null, unclear: false })
  return targetId ?? ''
}
const act = (id: string, what: string, body: object = {}) => account.control('POST', `orders/${id}/${what}`, body)
const reader = (pageSize = 50) => account.reader('fulfilments', pageSize)
const read = async (window = WHOLE) => (await readAll(reader(), window)).entities
const shown = ({ data }: ReadEntity<'fulfilments'>) =>
  data.lines.map(({ sku, lineId, quantity, location }) => [sku, lineId, text8(quantity), location])

describe('shipments', () => {
  it('are told with the shop’s lines, the location and the tracking numbers', async () => {
    const id = await deliver(order('000000042', 2, 1))
    const shipped = { lines: [{ line: 1, quantity: 2, location: 6 }], tracking: ['1Z-1', '1Z-2'] }
    const { fulfilment } = await act(id, 'fulfil', { ...shipped, shipMethod: { id: '4', refName: 'UPS Ground' } })
    const entities = await read()
    expect(entities).toMatchObject([
      {
        key: fulfilment,
        deleted: false,
        data: {
          fulfilmentId: fulfilment,
          kind: 'shipment',
          orderReference: 'shop-a-000000042',
          orderNumber: '000000042',
          tracks: [
            { number: '1Z-1', carrier: 'UPS Ground', title: 'UPS Ground' },
            { number: '1Z-2', carrier: 'UPS Ground', title: 'UPS Ground' },
          ],
          attributes: { tranId: `"IF${fulfilment}"`, shipMethod: '"UPS Ground"' },
        },
      },
    ])
    expect(entities.map(shown)).toEqual([[[skus[0], '11', '2', 'Drop Ship']]])
  })

  it('of an item whose SKU can be none are kept with that error, and the others go on', async () => {
    await account.control('POST', 'items', { itemid: 'WLD-ODD' })
    const odd = vendorOrder(connection.id, '1', orderOf([lineOf('11', 'WLD-ODD')]))
    for (const id of [await deliver(odd), await deliver(order('2', 1))]) await act(id, 'fulfil')
    await account.control('PATCH', 'items/WLD-ODD', { itemid: 'WLD\u0007ODD' })
    const { entities, unreadable } = await readAll(reader(), WHOLE)
    expect(entities.map(({ data }) => data.orderReference)).toEqual(['shop-a-2'])
    expect(unreadable).toMatchObject([{ error: { code: 'source_data_invalid', field: 'item.itemid' } }])
  })

  it('in parts are several, each with what it held, at the moment of the account’s clock', async () => {
    const id = await deliver(order('1', 5, 1))
    const parts = [
      { lines: [{ line: 1, quantity: 2 }] },
      { lines: [{ line: 1, quantity: 3 }] },
      { lines: [{ line: 2 }] },
    ]
    for (const part of parts) await act(id, 'fulfil', part)
    const entities = await read()
    expect(entities.map(shown)).toEqual([
      [[skus[0], '11', '2', 'East Warehouse']],
      [[skus[0], '11', '3', 'East Warehouse']],
      [[skus[1], '12', '1', 'East Warehouse']],
    ])
    const { fulfilments } = await account.state()
    const times = (fulfilments as { lastModifiedDate: string; tranDate: string }[]).map((one) => [
      Date.parse(one.lastModifiedDate),
      Date.parse(`${one.tranDate}T00:00:00+05:45`),
    ])
    expect(entities.map(({ occurredAt, data }) => [occurredAt, data.shippedAt])).toEqual(times)
  })

  it('that are picked or packed only are told when they are shipped', async () => {
    const id = await deliver(order('1', 1))
    const { fulfilment } = await act(id, 'fulfil', { shipStatus: 'A' })
    expect(await read()).toEqual([])
    expect(await listAll(reader())).toHaveLength(1)
    await account.control('PATCH', `fulfilments/${String(fulfilment)}`, { shipStatus: { id: 'C' }, tracking: ['T'] })
    expect((await read()).map(({ data }) => data.tracks.map(({ number }) => number))).toEqual([['T']])
  })

  it('of orders that others made are not ours', async () => {
    const client = await account.client()
    const entity = { id: await client.upsertByExternalId('customer', 'x', { companyName: 'X' }) }
    const item = { items: [{ item: { id: (await client.findItems(skus)).get(skus[0] ?? '') }, quantity: 1 }] }
    const id = await client.upsertByExternalId('salesOrder', 'other-1', { entity, item })
    await act(id, 'fulfil')
    await act(id, 'close')
    const { rows } = await readAll(reader())
    expect(rows).toEqual([])
  })

  it('are told again when they are changed', async () => {
    const id = await deliver(order('1', 1))
    const { fulfilment } = await act(id, 'fulfil')
    const [before] = await read()
    const window = { from: before?.occurredAt ?? 0, to: WHOLE.to }
    await account.control('PATCH', `fulfilments/${String(fulfilment)}`, { tracking: ['LATE'] })
    expect((await read(window)).map(({ data }) => data.tracks.map(({ number }) => number))).toEqual([['LATE']])
  })

  it.each(['createdfrom', 'nexttransactionlink'])('are found by %s', async (shipmentLink) => {
    const id = await deliver(order('1', 1))
    const { fulfilment } = await act(id, 'fulfil')
    const settings = { ...account.system().settings, shipmentLink }
    const { entities } = await readAll(account.reader('fulfilments', 50, { settings }))
    expect(keysOf(entities)).toEqual([fulfilment])
  })
})

describe('the end of an order', () => {
  it('by a cancellation tells all that will not come', async () => {
    const id = await deliver(order('7', 2, 1))
    await act(id, 'cancel')
    const entities = await read()
    expect(keysOf(entities)).toEqual([`${id}-canceled`])
    expect(entities.map(shown)).toEqual([
      [
        [skus[0], '11', '2', null],
        [skus[1], '12', '1', null],
      ],
    ])
    expect(entities[0]?.data).toMatchObject({ kind: 'cancellation', orderReference: 'shop-a-7', orderNumber: '7' })
  })

  it('by a closure tells what was not shipped, after the shipments', async () => {
    const id = await deliver(order('7', 5, 1))
    const { fulfilment } = await act(id, 'fulfil', { lines: [{ line: 1, quantity: 2 }] })
    await act(id, 'close')
    const entities = await read()
    expect(keysOf(entities)).toEqual([fulfilment, `${id}-closed`])
    expect(entities.map(shown)[1]).toEqual([
      [skus[0], '11', '3', null],
      [skus[1], '12', '1', null],
    ])
  })

  it('says why, by the field that the account has for it', async () => {
    const id = await deliver(order('7', 5, 1))
    const client = await account.client()
    await client.upsertByExternalId('salesOrder', 'shop-a-7', { custbody_close_reason: 'Out of stock' })
    await act(id, 'close', { lines: [2] })
    const settings = { ...account.system().settings, reasonField: 'custbody_close_reason' }
    const { entities } = await readAll(account.reader('fulfilments', 50, { settings }))
    expect(entities.map(({ data }) => data.lines)).toMatchObject([[{ sku: skus[1], reason: 'Out of stock' }]])
    expect((await read()).map(({ data }) => data.lines)).toMatchObject([[{ sku: skus[1], reason: null }]])
  })

  it('of one line tells that line, and grows with the next', async () => {
    const id = await deliver(order('7', 5, 1))
    await act(id, 'close', { lines: [2] })
    expect((await read()).map(shown)).toEqual([[[skus[1], '12', '1', null]]])
    await act(id, 'close')
    expect((await read()).map((entity) => shown(entity).length)).toEqual([2])
  })

  it('is not told when the shop itself canceled', async () => {
    const event = order('7', 2, 1)
    const id = await deliver(event)
    await deliver({ ...event, canceled: true, contentDigest: 'canceled', data: { ...event.data, lines: [] } })
    expect((await account.orders()).find((one) => one['id'] === id)).toMatchObject({ status: { id: 'H' } })
    expect(await read()).toEqual([])
  })

  it('is nothing where the shop took a line back before', async () => {
    const event = order('7', 2, 1)
    const [first, second] = event.data.lines
    if (first === undefined || second === undefined) throw new Error('no lines')
    const lines = [first, { ...second, quantityCanceled: second.quantityOrdered }]
    await deliver({ ...event, data: { ...event.data, lines } })
    const { entities, unreadable } = await readAll(reader())
    expect([entities, unreadable]).toEqual([[], []])
  })
})

describe('a window', () => {
  it('is read whole in any page, also by a run that goes on in its middle', async () => {
    const ids = await Promise.all(['1', '2', '3', '4', '5', '6'].map((number) => deliver(order(number, 2, 1))))
    for (const id of ids) await act(id, 'fulfil', { lines: [{ line: 1, quantity: 1 }] })
    for (const id of ids.slice(0, 4)) await act(id, 'close')
    const whole = await readAll(reader())
    expect(whole.entities).toHaveLength(10)
    expect(await listAll(reader(3))).toEqual(whole.rows)
    const small = await readAll(reader(1))
    expect(keysOf(small.entities)).toEqual(keysOf(whole.entities))
    for (const [index, page] of small.pages.entries()) {
      const rest = await readAll(reader(3), WHOLE, page.reached)
      expect(keysOf(rest.entities)).toEqual(keysOf(whole.entities).slice(index + 1))
    }
  })

  it('goes on without what was deleted meanwhile, and names the field that an account lacks', async () => {
    const id = await deliver(order('1', 1))
    await act(id, 'fulfil')
    await account.control('POST', 'faults', [{ path: '/itemFulfillment/', kind: 'status', status: 404 }])
    await expect(read()).rejects.toMatchObject({ code: 'target_unavailable' })
    const gone = { 'o:errorDetails': [{ detail: 'It is gone.', 'o:errorCode': 'NONEXISTENT_ID' }] }
    await account.control('POST', 'faults', [{ path: '/itemFulfillment/', kind: 'status', status: 404, body: gone }])
    expect(await read()).toEqual([])
    await account.control('POST', 'faults', [])
    await account.control('PUT', 'rules', { missing: ['transaction.custbody_waldstream_digest'] })
    await expect(read()).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining('Create the custom fields'),
    })
  })
})
