import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { System } from '../../src/configuration/model.ts'
import { decimal8 } from '../../src/events/decimal.ts'
import type { Entity } from '../../src/events/topics.ts'
import { wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { startTestShop, type TestShop } from '../worlds/magento2.ts'
import { keysOf, listAll, readAll, WHOLE } from '../worlds/sources.ts'

const signal = new AbortController().signal

let shop: TestShop
const state = () => shop.state()
const post = (path: string, body: unknown, method = 'POST') => shop.control(path, body, method)
const reader = <E extends Entity>(entity: E, pageSize = 7, more: Partial<System> = {}) =>
  shop.reader(entity, pageSize, more)

beforeAll(async () => {
  shop = await startTestShop({ seed: 7, orders: 30, mixedStates: true })
})
afterAll(async () => await shop.close())

describe('orders', () => {
  it.each([1, 7, 100])('are each read once, oldest first, in pages of %i', async (pageSize) => {
    const { entities, unreadable, rows } = await readAll(reader('orders', pageSize))
    const wanted = wiresOf((await state())['orders']).map((order) => String(order['increment_id']))
    expect(unreadable).toEqual([])
    expect(keysOf(entities).toSorted()).toEqual(wanted.toSorted())
    expect(rows.map(({ changedAt }) => changedAt)).toEqual(rows.map(({ changedAt }) => changedAt).toSorted())
  })

  it('are proven by a list of the same rows', async () => {
    const { rows } = await readAll(reader('orders'))
    expect(await listAll(reader('orders'))).toEqual(rows)
  })

  it('are in the window that their change time is in, its start included and its end not', async () => {
    const { entities } = await readAll(reader('orders'))
    const times = entities.map(({ occurredAt }) => occurredAt ?? 0)
    const [from = 0, to = 0] = [times[5], times[20]]
    const inside = await readAll(reader('orders', 3), { from, to })
    expect(keysOf(inside.entities)).toEqual(
      keysOf(entities.filter(({ occurredAt }) => occurredAt !== null && occurredAt >= from && occurredAt < to)),
    )
  })

  it('go on after a page that was acknowledged', async () => {
    const { entities, pages } = await readAll(reader('orders', 4))
    const after = pages[2]?.reached ?? null
    const rest = await readAll(reader('orders', 4), WHOLE, after)
    expect(keysOf(rest.entities)).toEqual(keysOf(entities).slice(pages.slice(0, 3).flatMap(({ rows }) => rows).length))
  })

  it('come again when they change', async () => {
    const [first] = keysOf((await readAll(reader('orders'))).entities)
    const before = (await readAll(reader('orders'))).entities.at(-1)?.occurredAt ?? 0
    await post(`/_sim/orders/${first}`, { status: 'on_hold' }, 'PATCH')
    const { entities } = await readAll(reader('orders'), { from: before, to: WHOLE.to })
    expect(entities.find(({ key }) => key === first)?.data.status).toBe('on_hold')
  })

  it('that do not add up are read with what nothing explains, for the vendors of their lines to be refused', async () => {
    const { entities } = await readAll(reader('orders'))
    const key = entities[2]?.key
    await post(`/_sim/orders/${key}`, { grand_total: 100_000 }, 'PATCH')
    const again = (await readAll(reader('orders'))).entities.find((entity) => entity.key === key)
    expect(again?.data.charges).toMatchObject([{ kind: 'unexplained', lineId: null }])
  })

  it('that can not be read are told, and the others go on', async () => {
    const { entities } = await readAll(reader('orders'))
    const key = entities[3]?.key
    await post(`/_sim/orders/${key}`, { grand_total: 'much' }, 'PATCH')
    const again = await readAll(reader('orders'))
    expect(again.unreadable).toMatchObject([{ key, error: { code: 'decimal_invalid' } }])
    expect(again.entities).toHaveLength(entities.length - 1)
    expect(JSON.parse(again.unreadable[0]?.raw ?? '')).toMatchObject({ increment_id: key })
  })
})

describe('images', () => {
  it('are read of every product, with addresses that answer', async () => {
    const { entities, unreadable } = await readAll(reader('images', 50))
    expect(unreadable).toEqual([])
    const wanted = wiresOf((await state())['products']).map(({ sku }) => String(sku))
    expect(keysOf(entities).toSorted()).toEqual(wanted.toSorted())
    const image = entities.find(({ data }) => data.image !== null)?.data.image ?? ''
    expect((await fetch(image)).status).toBe(200)
    expect(await listAll(reader('images', 100))).toHaveLength(entities.length)
  })

  it('leave out what came from our own feed', async () => {
    const before = (await readAll(reader('images', 100))).entities
    const sku = before.find(({ data }) => data.gallery.length > 0)?.key ?? ''
    const answer = await post(`/_sim/products/${sku}/media`, { file: '/w/s/ws-1.jpg', position: 9 })
    expect(answer.status).toBe(200)
    const after = (await readAll(reader('images', 100))).entities.find(({ key }) => key === sku)
    expect(after?.data).toEqual(before.find(({ key }) => key === sku)?.data)
  })
})

describe('products', () => {
  it.each([7, 100])('are each read once, oldest first, in pages of %i, and proven by a list', async (pageSize) => {
    const { entities, unreadable, rows } = await readAll(reader('products', pageSize))
    const wanted = wiresOf((await state())['products']).map(({ sku }) => String(sku))
    expect(unreadable).toEqual([])
    expect(keysOf(entities).toSorted()).toEqual(wanted.toSorted())
    expect(await listAll(reader('products', pageSize))).toEqual(rows)
  })

  it('name the parent of a variant, their price, unit and attributes', async () => {
    const { entities } = await readAll(reader('products', 5))
    const products = wiresOf((await state())['products'])
    const parent = products.find(({ type_id: type }) => type === 'configurable')
    const [id] = wireOf(parent?.['extension_attributes'])['configurable_product_links'] as number[]
    const variant = products.find((product) => product['id'] === id)
    const data = entities.find(({ key }) => key === variant?.['sku'])?.data
    expect(data).toMatchObject({
      parentSku: parent?.['sku'],
      productType: 'simple',
      active: true,
      currency: 'USD',
      weightUnit: 'kg',
      price: decimal8(String(variant?.['price']), 'price'),
    })
    expect(data?.attributes).toMatchObject({ attribute_set_id: String(variant?.['attribute_set_id']) })
    expect(entities.find(({ key }) => key === parent?.['sku'])?.data).toMatchObject({ parentSku: null })
  })

  it('come again when they change', async () => {
    const { entities } = await readAll(reader('products'))
    const from = entities.at(-1)?.occurredAt ?? 0
    const key = entities[0]?.key ?? ''
    await post(`/_sim/products/${key}`, { price: 99.95, status: 2, custom_attributes: { color: 'Teal' } }, 'PATCH')
    const again = await readAll(reader('products'), { from, to: WHOLE.to })
    expect(again.entities.find((entity) => entity.key === key)?.data).toMatchObject({
      price: decimal8('99.95', 'price'),
      active: false,
      attributes: { color: '"Teal"' },
    })
  })
})

describe('inventory', () => {
  it.each([1, 3, 100])('is read by SKU with all sources of each, in pages of %i', async (pageSize) => {
    const items = [
      { sku: 'WLD-K03', source_code: 'default', quantity: 5.5, status: 1 },
      { sku: 'WLD-K03', source_code: 'east', quantity: 7, status: 0 },
      { sku: 'WLD-K03', source_code: 'west', quantity: 2, status: 1 },
    ]
    await shop.sources('east', 'west')
    await shop.client.saveSourceItems(items)
    const { entities, unreadable } = await readAll(reader('inventory', pageSize))
    const wanted = new Set(wiresOf((await state())['sourceItems']).map(({ sku }) => String(sku)))
    expect(unreadable).toEqual([])
    expect(keysOf(entities).toSorted()).toEqual([...wanted].toSorted())
    expect(entities.find(({ key }) => key === 'WLD-K03')).toMatchObject({
      occurredAt: null,
      data: {
        locations: [
          { location: 'default', onHand: decimal8('5.5', ''), available: decimal8('5.5', '') },
          { location: 'east', onHand: decimal8('7', ''), available: 0n },
          { location: 'west', onHand: decimal8('2', ''), available: decimal8('2', '') },
        ],
      },
    })
  })

  it('goes on after a page that was acknowledged, is listed by key, and can be filtered', async () => {
    const { entities, pages } = await readAll(reader('inventory', 4))
    const rest = await readAll(reader('inventory', 4), WHOLE, pages[1]?.reached ?? null)
    const read = pages.slice(0, 2).flatMap((page) => page.entities)
    expect(keysOf(rest.entities)).toEqual(keysOf(entities).slice(read.length))
    const keys = (await Array.fromAsync(reader('inventory').keys?.(signal, false) ?? [])).flat()
    expect(keys.map(({ key }) => key)).toEqual(keysOf(entities))
    const west = await readAll(shop.reader('inventory', 4, {}, { source_code: 'west' }))
    expect(west.entities).toMatchObject([{ key: 'WLD-K03', data: { locations: [{ location: 'west' }] } }])
  })
})

describe('refusals', () => {
  it('of a gateway are retried: an HTML page is no answer of Magento', async () => {
    await post('/_sim/faults', [{ path: '/orders', kind: 'html', status: 503 }])
    await expect(readAll(reader('orders'))).rejects.toMatchObject({ code: 'target_unavailable' })
    await post('/_sim/faults', [])
  })

  it('of wrong secrets pause the system', async () => {
    const wrong = { secrets: { ...shop.secrets, accessTokenSecret: 'env:consumerKey' } }
    await expect(readAll(reader('orders', 7, wrong))).rejects.toMatchObject({ code: 'credentials_refused' })
  })

  it('of larger pages than the shop allows tell what to set', async () => {
    await shop.switch({ maximumPageSize: 5 })
    await expect(readAll(reader('orders', 7))).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining('pageSize is 5'),
    })
    await shop.switch({ maximumPageSize: null })
  })
})
