// `line.…` rules ended up at the root of SAP's order, which refused it; and a rule could overwrite what a sink writes itself.

import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../src/configuration/model.ts'
import { decimal4 } from '../../src/events/decimal.ts'
import type { VendorOrderRequested } from '../../src/events/generated/events.ts'
import { routeOrders } from '../../src/processors/route-orders.ts'
import type { Clients } from '../../src/systems/clients.ts'
import type { Sink } from '../../src/systems/kit/sink.ts'
import { type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { lineOf, orderChanged, orderOf } from '../data/processor-events.ts'
import { bothErps } from '../worlds/both-erps.ts'
import { configurationOf } from '../worlds/configured.ts'
import { shopDeliveries } from '../worlds/shop-deliveries.ts'

const erps = bothErps()

const shop = {
  kind: 'system',
  id: 'magento',
  type: 'magento2',
  address: 'http://shop.test',
  secrets: { bearer: 'env:A' },
}
const connectionTo = (vendor: string, fields: readonly object[]) => ({
  kind: 'connection',
  id: 'con',
  shop: 'magento',
  vendor,
  reads: [],
  ownership: { skuPattern: '.' },
  orderMap: { location: vendor === 'netsuite' ? '6' : 'DS', fields },
})
const amount = (text: string) => decimal4(text, 'amount')
const orderWith = (skus: readonly string[], tax = '0') =>
  orderOf(
    skus.map((sku, index) =>
      lineOf(String(11 + index), sku, {
        tax: amount(index === 0 ? tax : '0'),
        attributes: index === 0 ? { gift: '"for you"', tax_class: '"LA"' } : {},
      }),
    ),
    { couponCode: 'SPRING' },
  )

/** From a valid configuration to the vendor: the rules are mapped by the router, the sink runs as it does in a process. */
async function send(configuration: Configuration, clients: Clients, data: ReturnType<typeof orderWith>) {
  const { connections, systems } = configuration
  const context = { connections, metadataOf: () => undefined }
  const { outputs } = await routeOrders.process(orderChanged(data), context, undefined)
  const [connection] = connections
  const system = systems.find(({ id }) => id === connection?.vendor)
  if (connection === undefined || system === undefined) throw new Error('no connection')
  const sink = (await clients.of(system)).sink('vendor-orders') as Sink<'vendor-orders'>
  const deliveries = shopDeliveries(system, sink, connection)
  const said = await deliveries.handle(...outputs.map(({ event }) => event as VendorOrderRequested))
  return { said, deadLetters: deliveries.deadLetters, connection, system, sink }
}

describe('fields of the order map at SAP Business One', () => {
  const skus = async () =>
    (await erps.company.state('Items')).filter(({ Frozen }) => Frozen === 'tNO').map(({ ItemCode }) => String(ItemCode))
  const toSap = async (fields: readonly object[], settings: Readonly<Record<string, unknown>> = {}) => {
    const { reads: _reads, ...system } = erps.company.system(settings)
    return await configurationOf([shop, { kind: 'system', ...system }, connectionTo('sap', fields)])
  }
  const linesOf = (order: Wire | undefined) => wiresOf(order?.['DocumentLines'])

  it('of lines are in the lines that they are of, and those of the order in the order', async () => {
    const configuration = await toSap([
      { attribute: 'Comments', from: 'couponCode' },
      { attribute: 'line.FreeText', from: 'attributes.gift' },
      { attribute: 'line.CostingCode', constant: 'WEB' },
    ])
    const [a = '', b = ''] = await skus()
    const { said } = await send(configuration, erps.company.clients, orderWith([a, b]))
    expect(said).toEqual(['000000001 succeeded'])
    const [order] = await erps.company.state('Orders')
    expect(order).toMatchObject({ Comments: 'SPRING' })
    expect(order).not.toHaveProperty('line')
    expect(linesOf(order)).toMatchObject([
      { ItemCode: a, FreeText: 'for you', CostingCode: 'WEB' },
      { ItemCode: b, CostingCode: 'WEB' },
    ])
    expect(linesOf(order)[1]?.['FreeText'] ?? null).toBeNull()
  })

  it.each(['TaxCode', 'VatGroup'])('may be the %s of each line', async (name) => {
    const rule = { attribute: `line.${name}`, from: 'attributes.tax_class' }
    const [a = '', b = ''] = await skus()
    const { said } = await send(await toSap([rule]), erps.company.clients, orderWith([a], '0.83'))
    expect(said).toEqual(['000000001 succeeded'])
    const [order] = await erps.company.state('Orders')
    expect(linesOf(order)).toMatchObject([{ ItemCode: a, [name]: 'LA' }])
    expect(order).toMatchObject({ VatSum: 0.83 })
    // A line without one has that of all lines.
    const both = await toSap([rule, { attribute: name, constant: 'EX' }])
    await erps.company.send('POST', '/reset')
    await send(both, erps.company.clients, orderWith([a, b], '0.83'))
    expect(linesOf((await erps.company.state('Orders'))[0])).toMatchObject([{ [name]: 'LA' }, { [name]: 'EX' }])
  })

  it('that the sink writes itself are refused, by validate and for an event of an older mapping', async () => {
    const digestField = 'U_WLD_Other'
    for (const name of ['line.ItemCode', 'DocumentLines', digestField, 'DocDate', 'line.U_WLD_Line']) {
      await expect(toSap([{ attribute: name, constant: '0' }], { digestField })).rejects.toThrow(
        'orderMap.fields[0].attribute is written by Waldstream itself',
      )
      const { connection, system, sink } = await send(
        await toSap([], { digestField }),
        erps.company.clients,
        orderWith([]),
      )
      const [a = ''] = await skus()
      const old = { [name.replace(/^line\./, 'line.11.')]: '"0"' }
      await refuses({ connection, system, sink }, orderWith([a]), old, name)
    }
    expect(await erps.company.state('Orders')).toEqual([])
  })
})

/** An event with these fields becomes a dead letter that names the field; nothing else stops. */
async function refuses(
  { system, sink, connection }: Pick<Awaited<ReturnType<typeof send>>, 'system' | 'sink' | 'connection'>,
  data: ReturnType<typeof orderWith>,
  fields: Readonly<Record<string, string>>,
  name: string,
): Promise<void> {
  const context = { connections: [connection], metadataOf: () => undefined }
  const { outputs } = await routeOrders.process(orderChanged(data), context, undefined)
  const deliveries = shopDeliveries(system, sink, connection)
  await deliveries.handle(...outputs.map(({ event }) => ({ ...(event as VendorOrderRequested), fields })))
  expect(deliveries.deadLetters).toMatchObject([{ code: 'mapping_failed', field: `orderMap.fields.${name}` }])
}

describe('fields of the order map at NetSuite', () => {
  const toNetSuite = async (fields: readonly object[]) => {
    const { reads: _reads, ...system } = erps.account.system()
    const settings = { ...system.settings, discountItem: 77 }
    return await configurationOf([shop, { kind: 'system', ...system, settings }, connectionTo('netsuite', fields)])
  }

  it('of lines are in the lines that they are of', async () => {
    const [a = '', b = ''] = (await erps.account.items()).map(({ itemId }) => String(itemId))
    const rules = [
      { attribute: 'custbody_channel', constant: 'web' },
      { attribute: 'line.custcol_gift', from: 'attributes.gift' },
    ]
    const { said } = await send(await toNetSuite(rules), erps.account.clients, orderWith([a, b]))
    expect(said).toEqual(['000000001 succeeded'])
    const [order] = await erps.account.orders()
    expect(order).toMatchObject({ custbody_channel: 'web' })
    const lines = wiresOf(wireOf(order?.['item'])['items'])
    expect(lines.map((line) => line['custcol_gift'] ?? null)).toEqual(['for you', null])
  })

  it('that the sink writes itself are refused, by validate and for an event of an older mapping', async () => {
    const [a = ''] = (await erps.account.items()).map(({ itemId }) => String(itemId))
    for (const name of [
      'discountRate',
      'discountItem',
      'memo',
      'line.price',
      'line.item',
      'custbody_waldstream_digest',
    ]) {
      await expect(toNetSuite([{ attribute: name, constant: '0' }])).rejects.toThrow(
        'orderMap.fields[0].attribute is written by Waldstream itself',
      )
      const { connection, system, sink } = await send(await toNetSuite([]), erps.account.clients, orderWith([]))
      await refuses(
        { connection, system, sink },
        orderWith([a]),
        { [name.replace(/^line\./, 'line.11.')]: '"0"' },
        name,
      )
    }
    expect(await erps.account.orders()).toEqual([])
  })
})
