import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BigCommerceSimulator } from '../../simulators/bigcommerce/start.ts'
import { writeBigCommerceFulfilments } from '../../src/systems/bigcommerce/write-fulfilments.ts'
import { writeBigCommerceImages } from '../../src/systems/bigcommerce/write-images.ts'
import { writeBigCommerceInventory } from '../../src/systems/bigcommerce/write-inventory.ts'
import { writeBigCommerceProducts } from '../../src/systems/bigcommerce/write-products.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import {
  bcConnection,
  FIRST,
  type Lines,
  shopFulfilment,
  shopImages,
  shopInventory,
  shopProduct,
} from '../data/bigcommerce-events.ts'
import { connectTo, control, startStore, stateOf } from '../worlds/bigcommerce.ts'

let store: BigCommerceSimulator
const signal = new AbortController().signal
const client = () => connectTo(store).client()

beforeEach(async () => {
  store = await startStore({ orders: 20 })
})
afterEach(async () => await store.close())

const writesOf = async () =>
  (await control<readonly { method: string; path: string }[]>(store, 'GET', '/requests'))
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path.replace('/stores/wldstore1', '')}`)

describe('shipments', () => {
  const settings = { closureStatus: null, cancellationStatus: 5 }
  const deliver = async (event: ReturnType<typeof shopFulfilment>, connection = bcConnection()) =>
    await writeBigCommerceFulfilments(await client(), settings).deliver(event, connection, signal, FIRST)
  const orderRow = async (id: number): Promise<Wire> => (await stateOf(store)).orders.find((o) => o['id'] === id) ?? {}
  const linesOf = (order: Wire): Lines =>
    wiresOf(order['products'])
      .filter((row) => row['parent_order_product_id'] === null)
      .map((row) => [String(row['sku']), String(row['quantity']), String(row['id'])])

  it('carry items, tracking and the carrier that the connection maps, once', async () => {
    const lines = linesOf(await orderRow(100))
    const connection = bcConnection({ fulfilments: { notifyCustomer: false, carriers: { 'UPS Ground': 'UPS' } } })
    const tracks = [{ number: '1Z999', carrier: 'UPS Ground', title: null }]
    const event = shopFulfilment('900', '100', lines, { tracks })
    expect(await deliver(event, connection)).toEqual({ outcome: 'written', targetId: '1' })
    expect(await deliver(event, connection)).toEqual({ outcome: 'unchanged', targetId: '1' })
    const { shipments } = await stateOf(store)
    expect(shipments).toMatchObject([
      {
        order_id: 100,
        tracking_number: '1Z999',
        shipping_provider: 'ups',
        tracking_carrier: '',
        comments: '[ws a/900]',
      },
    ])
    expect((await orderRow(100))['status_id']).toBe(2)
  })

  it('tell further and over-long tracking numbers in the comments, and carriers by name', async () => {
    const long = '9'.repeat(51)
    const tracks = [
      { number: long, carrier: 'DPD', title: null },
      { number: 'T1', carrier: 'Bike', title: null },
      { number: 'T2', carrier: null, title: null },
    ]
    await deliver(shopFulfilment('900', '100', linesOf(await orderRow(100)), { tracks }))
    expect((await stateOf(store)).shipments).toMatchObject([
      {
        tracking_number: 'T1',
        shipping_provider: '',
        tracking_carrier: 'Bike',
        comments: `Further tracking numbers: DPD ${long}, T2 [ws a/900]`,
      },
    ])
  })

  it('are one for each address, and one number of a part is of its address alone', async () => {
    const order = await orderRow(102)
    const lines = linesOf(order)
    expect(await deliver(shopFulfilment('900', '102', lines))).toEqual({ outcome: 'written', targetId: '1, 2' })
    expect(await deliver(shopFulfilment('900', '102', lines))).toEqual({ outcome: 'unchanged', targetId: '1, 2' })
    const { shipments } = await stateOf(store)
    expect(shipments.map(({ order_address_id: id }) => id)).toEqual([1020, 1021])
    const other = (await orderRow(108)) as Wire
    const second = wiresOf(other['products']).find(({ order_address_id: id }) => id === 1081) ?? {}
    await deliver(shopFulfilment('901', '108-1081', [[String(second['sku']), String(second['quantity'])]]))
    expect((await stateOf(store)).shipments.at(-1)).toMatchObject({ order_address_id: 1081 })
  })

  it('may be parts, found by SKU where the ERP kept no line', async () => {
    const order = (await stateOf(store)).orders.find(({ products }) =>
      wiresOf(products).some((p) => Number(p['quantity']) > 1),
    )
    const row = wiresOf(order?.['products']).find((p) => Number(p['quantity']) > 1)
    const number = String(order?.['id'])
    const sku = String(row?.['sku'])
    await deliver(shopFulfilment('900', number, [[sku, '1']]))
    expect((await orderRow(Number(number)))['status_id']).toBe(3)
    await deliver(shopFulfilment('901', number, [[sku, String(Number(row?.['quantity']) - 1)]]))
    const shipped = wiresOf((await orderRow(Number(number)))['products']).find(({ id }) => id === row?.['id'])
    expect(shipped?.['quantity_shipped']).toBe(row?.['quantity'])
  })

  it('get tracking that comes later, and are not made again when others were shipped by hand meanwhile', async () => {
    const lines = linesOf(await orderRow(100))
    await deliver(shopFulfilment('900', '100', lines))
    const tracks = [{ number: 'LATE', carrier: 'fedex', title: null }]
    expect((await deliver(shopFulfilment('900', '100', lines, { tracks }))).outcome).toBe('written')
    expect((await stateOf(store)).shipments).toMatchObject([{ tracking_number: 'LATE', shipping_provider: 'fedex' }])
    await expect(deliver(shopFulfilment('901', '100', lines))).rejects.toMatchObject({ code: 'target_conflict' })
    const fewer: Lines = lines.map(([sku, , id]) => [sku, '0', id ?? ''])
    await expect(deliver(shopFulfilment('900', '100', fewer))).rejects.toMatchObject({ code: 'target_conflict' })
    expect((await stateOf(store)).shipments).toHaveLength(1)
  })

  it.each([
    ['an unknown line', () => shopFulfilment('900', '100', [['NONE', '1']]), 'lines[0].sku'],
    [
      'a part of a piece',
      () => shopFulfilment('900', '100', [['WLD-J10-XS-Moss', '0.5', '10001']]),
      'lines[0].quantity',
    ],
    ['an order that is not there', () => shopFulfilment('900', '9999', [['X', '1']]), 'orderNumber'],
    ['a number of something else', () => shopFulfilment('900', 'SO-1', [['X', '1']]), 'orderNumber'],
  ])('of %s are refused', async (_, event, field) => {
    await expect(deliver(event())).rejects.toMatchObject({ code: 'target_rejected', field })
    expect(await writesOf()).toEqual([])
  })

  it('closures and cancellations are a note, there once; the status follows when nothing else is open', async () => {
    const order = await orderRow(101)
    const lines = linesOf(order)
    await control(store, 'PATCH', '/orders/101', { staff_notes: 'Call first' })
    const closure = shopFulfilment('SO1-closed', '101', lines, { kind: 'closure' })
    expect((await deliver(closure)).outcome).toBe('written')
    expect((await deliver(closure)).outcome).toBe('unchanged')
    const notes = String((await orderRow(101))['staff_notes']).split('\n')
    expect(notes[0]).toBe('Call first')
    expect(notes[1]).toContain('erp will not deliver: ')
    expect(notes).toHaveLength(2)
    expect((await orderRow(101))['status_id']).toBe(11)
    const some = shopFulfilment('SO2-canceled', '103', linesOf(await orderRow(103)).slice(1), { kind: 'cancellation' })
    await deliver(some)
    const whole = shopFulfilment('SO1-canceled', '101', lines, { kind: 'cancellation' })
    await deliver(whole)
    expect((await orderRow(101))['status_id']).toBe(5)
    expect(String((await orderRow(101))['staff_notes']).split('\n')).toHaveLength(3)
  })

  it('closures of one order that come at once are each a note', async () => {
    const sink = writeBigCommerceFulfilments(await client(), { closureStatus: null, cancellationStatus: null })
    const keys = ['SO1-closed', 'SO2-closed', 'SO3-canceled']
    const note = (key: string) =>
      sink.deliver(shopFulfilment(key, '101', [], { kind: 'closure' }), bcConnection(), signal, FIRST)
    await Promise.all(keys.map(note))
    const notes = String((await orderRow(101))['staff_notes'])
    for (const key of keys) expect(notes).toContain(key)
  })
})

describe('stock', () => {
  const sink = async () => writeBigCommerceInventory(await client(), { defaultLocation: 1 })
  const levelsOf = async (sku: string) => {
    const item = (await stateOf(store)).inventory.find((one) => wireOf(one['identity'])['sku'] === sku)
    return wiresOf(item?.['locations']).map((location) => location['total_inventory_onhand'])
  }
  const SKU = 'WLD-J10-XS-Moss'

  it('goes whole pieces to the default location, none below zero, and none when it is gone', async () => {
    const deliver = async (event: ReturnType<typeof shopInventory>) =>
      await (await sink()).deliver(event, bcConnection(), signal, FIRST)
    await deliver(shopInventory(SKU, { East: '7.9', West: '3' }))
    expect(await levelsOf(SKU)).toEqual([10, 0])
    await deliver(shopInventory(SKU, { East: '-4' }))
    expect(await levelsOf(SKU)).toEqual([0, 0])
    await deliver(shopInventory(SKU, { East: '4' }))
    await deliver(shopInventory(SKU, { East: '4' }, true))
    expect(await levelsOf(SKU)).toEqual([0, 0])
  })

  it('goes to the locations that the connection names, and is gone where the vendor has none', async () => {
    const connection = bcConnection({ stock: { locations: { East: '1', West: '2', South: '2' } } })
    const both = shopInventory(SKU, { East: '5', West: '2', South: '4', North: '9' })
    await (await sink()).deliver(both, connection, signal, FIRST)
    expect(await levelsOf(SKU)).toEqual([5, 6])
    await (await sink()).deliver(shopInventory(SKU, { West: '1' }), connection, signal, FIRST)
    expect(await levelsOf(SKU)).toEqual([0, 1])
    const rest = bcConnection({ stock: { locations: { East: '1', '*': '2' } } })
    await (await sink()).deliver(both, rest, signal, FIRST)
    expect(await levelsOf(SKU)).toEqual([5, 15])
    const wrong = bcConnection({ stock: { locations: { East: 'main' } } })
    const refused = (await sink()).deliver(both, wrong, signal, FIRST)
    await expect(refused).rejects.toMatchObject({ code: 'configuration_invalid', field: 'stock.locations' })
  })

  it('of several SKUs at once is one request; an unknown one waits alone', async () => {
    const all = (await stateOf(store)).inventory.map((item) => String(wireOf(item['identity'])['sku'])).slice(0, 40)
    const own = await sink()
    const deliver = (sku: string) => own.deliver(shopInventory(sku, { East: '3' }), bcConnection(), signal, FIRST)
    await Promise.all(all.map(deliver))
    expect((await writesOf()).length).toBeLessThanOrEqual(2)
    const ended = await Promise.allSettled([...all, 'NEW-1', ...all.slice(0, 3)].map(deliver))
    expect(ended.filter(({ status }) => status === 'rejected')).toMatchObject([{ reason: { code: 'item_missing' } }])
    expect(
      (await (await sink()).deliver(shopInventory('NEW-1', {}, true), bcConnection(), signal, FIRST)).outcome,
    ).toBe('unchanged')
  })
})

describe('products', () => {
  const deliver = async (event: ReturnType<typeof shopProduct>) =>
    await writeBigCommerceProducts(await client()).deliver(event, bcConnection(), signal, FIRST)
  const productOf = async (sku: string) => (await stateOf(store)).products.find((product) => product['sku'] === sku)

  it('are made with fields and custom fields, changed where they differ, and hidden, never deleted', async () => {
    const attributes = {
      name: 'Tent',
      price: '199.90',
      weight: '2.4',
      categories: [1, 2],
      is_visible: true,
      colour: 'Moss',
    }
    const made = await deliver(shopProduct('NEW-1', attributes))
    expect(made.outcome).toBe('written')
    expect(await productOf('NEW-1')).toMatchObject({
      name: 'Tent',
      price: 199.9,
      weight: 2.4,
      categories: [1, 2],
      type: 'physical',
    })
    expect((await deliver(shopProduct('NEW-1', attributes))).outcome).toBe('unchanged')
    await deliver(shopProduct('NEW-1', { ...attributes, price: '189.90', colour: 'Slate', season: 'Summer' }))
    const changed = await productOf('NEW-1')
    expect(changed?.['price']).toBe(189.9)
    expect(wiresOf(changed?.['custom_fields']).map(({ name, value }) => [name, value])).toEqual([
      ['colour', 'Slate'],
      ['season', 'Summer'],
    ])
    await deliver(shopProduct('NEW-1', { ...attributes, colour: null }))
    expect(wiresOf((await productOf('NEW-1'))?.['custom_fields']).map(({ name }) => name)).toEqual(['season'])
    await deliver(shopProduct('NEW-1', attributes, true))
    expect(await productOf('NEW-1')).toMatchObject({ is_visible: false })
    expect((await deliver(shopProduct('NEW-1', attributes, true))).outcome).toBe('unchanged')
  })

  it('leave alone what the store has of its own, and change variants by their SKU', async () => {
    const before = await productOf('WLD-J10')
    await deliver(shopProduct('WLD-J10', { name: 'Storm Jacket', material: 'Wool' }))
    const after = await productOf('WLD-J10')
    expect(after).toMatchObject({
      name: 'Storm Jacket',
      images: before?.['images'],
      description: before?.['description'],
    })
    const kept = wiresOf(before?.['custom_fields']).filter(({ name }) => name !== 'material')
    expect(wiresOf(after?.['custom_fields'])).toEqual(expect.arrayContaining([...kept]))
    await deliver(shopProduct('WLD-J10-XS-Moss', { name: 'ignored', price: '150' }))
    const variant = wiresOf((await productOf('WLD-J10'))?.['variants']).find(({ sku }) => sku === 'WLD-J10-XS-Moss')
    expect(variant?.['price']).toBe(150)
  })

  it('have their stock tracked when it is pushed, too', async () => {
    const sink = writeBigCommerceProducts(await client())
    const event = shopProduct('NEW-4', { name: 'Lamp', price: '9' })
    await sink.deliver(event, bcConnection({ push: ['products', 'inventory'] }), signal, FIRST)
    expect(await productOf('NEW-4')).toMatchObject({ inventory_tracking: 'product' })
    await deliver(shopProduct('NEW-5', { name: 'Rope', price: '9' }))
    expect(await productOf('NEW-5')).toMatchObject({ inventory_tracking: 'none' })
  })

  it('that two make at once are there once', async () => {
    const event = shopProduct('NEW-2', { name: 'Stove', price: '59' })
    await Promise.all([deliver(event), deliver(event), deliver(event)])
    expect((await stateOf(store)).products.filter(({ sku }) => sku === 'NEW-2')).toHaveLength(1)
  })

  it.each([
    [{ price: '10' }, 'attributes.name'],
    [{ name: 'A', price: 'ten' }, 'attributes.price'],
    [{ name: 'A', price: '10', note: 'x'.repeat(251) }, 'attributes.note'],
    [{ name: 'A', price: '10', is_visible: 'maybe' }, 'attributes.is_visible'],
  ])('refuse %j', async (attributes, field) => {
    await expect(deliver(shopProduct('NEW-3', attributes))).rejects.toMatchObject({ code: 'target_rejected', field })
  })
})

describe('images', () => {
  const deliver = async (event: ReturnType<typeof shopImages>) =>
    await writeBigCommerceImages(await client()).deliver(event, bcConnection(), signal, FIRST)
  const imagesOf = async (sku: string) =>
    wiresOf((await stateOf(store)).products.find((product) => product['sku'] === sku)?.['images'])
  const url = (name: string) => `${store.url}/product_images/${name}.jpg`

  it("come and go by their addresses, the store's own stay", async () => {
    const own = await imagesOf('WLD-J10')
    expect((await deliver(shopImages('WLD-J10', [url('a'), url('b')]))).outcome).toBe('written')
    expect((await deliver(shopImages('WLD-J10', [url('a'), url('b')]))).outcome).toBe('unchanged')
    const two = (await imagesOf('WLD-J10')).slice(own.length)
    expect(two.map((image) => [textOf(image['sort_order']), image['is_thumbnail']])).toEqual([
      ['0', false],
      ['1', false],
    ])
    expect((await imagesOf('WLD-J10')).slice(0, own.length)).toEqual(own)
    expect(two[0]?.['description']).toMatch(/^View 1 \[ws-[0-9a-f]{8}-[0-9a-f]{12}\]$/)
    await deliver(shopImages('WLD-J10', [url('c')]))
    expect(await imagesOf('WLD-J10')).toHaveLength(own.length + 1)
    await deliver(shopImages('WLD-J10', [], true))
    const left = await imagesOf('WLD-J10')
    expect(left.map(({ id }) => id)).toEqual(own.map(({ id }) => id))
  })

  it('are known by their picture where the address does not tell it', async () => {
    const event = (address: string, picture: string) => {
      const asked = shopImages('WLD-J10', [url(address)])
      return { ...asked, data: { ...asked.data, gallery: asked.data.gallery.map((image) => ({ ...image, picture })) } }
    }
    expect((await deliver(event('a', 'one'))).outcome).toBe('written')
    expect((await deliver(event('b', 'one'))).outcome).toBe('unchanged')
    const before = (await imagesOf('WLD-J10')).map(({ id }) => id)
    expect((await deliver(event('b', 'another'))).outcome).toBe('written')
    const after = (await imagesOf('WLD-J10')).map(({ id }) => id)
    expect([after.length, after.at(-1) === before.at(-1)]).toEqual([before.length, false])
  })

  it('have the thumbnail of a product that has none of its own', async () => {
    const products = writeBigCommerceProducts(await client())
    await products.deliver(shopProduct('NEW-1', { name: 'New', price: '1' }), bcConnection(), signal, FIRST)
    await deliver(shopImages('NEW-1', [url('a'), url('b')]))
    await deliver(shopImages('NEW-1', [url('b'), url('a')]))
    const images = await imagesOf('NEW-1')
    expect(images.map(({ is_thumbnail }) => is_thumbnail).toSorted()).toEqual([false, true])
    expect(images.find(({ is_thumbnail }) => is_thumbnail === true)).toMatchObject({ sort_order: 0 })
  })

  it('are not read back as the store’s own', async () => {
    await deliver(shopImages('WLD-J10', [url('a')]))
    const { reader } = connectTo(store)
    const pages = await Array.fromAsync(reader('images').read({ from: null, to: Date.now() + 10_000 }, null, signal))
    const jacket = pages.flatMap(({ entities }) => entities).find(({ key }) => key === 'WLD-J10')
    expect(jacket?.data.gallery.map(({ url: address }) => address)).not.toContain(url('a'))
  })

  it('of a variant are with its product, apart from those of others', async () => {
    const own = (await imagesOf('WLD-J10')).length
    await deliver(shopImages('WLD-J10-XS-Moss', [url('moss')]))
    await deliver(shopImages('WLD-J10', [url('a')]))
    await deliver(shopImages('WLD-J10', [], true))
    expect(await imagesOf('WLD-J10')).toHaveLength(own + 1)
  })

  it('that can’t be fetched are named, and keep the others from nothing', async () => {
    const own = (await imagesOf('WLD-J10')).length
    const event = shopImages('WLD-J10', [`${store.url}/none.jpg`, url('b')])
    await expect(deliver(event)).rejects.toMatchObject({ code: 'target_rejected', field: 'gallery[0].url' })
    expect(await imagesOf('WLD-J10')).toHaveLength(own + 1)
    const long = shopImages('WLD-J10', [`${url('x')}?${'x'.repeat(255)}`, url('c')])
    await expect(deliver(long)).rejects.toMatchObject({ code: 'target_rejected', field: 'gallery[0].url' })
    expect(await imagesOf('WLD-J10')).toHaveLength(own + 2)
    await expect(deliver(shopImages('NONE', [url('a')]))).rejects.toMatchObject({ code: 'item_missing' })
    expect((await deliver(shopImages('NONE', [], true))).outcome).toBe('unchanged')
  })
})
