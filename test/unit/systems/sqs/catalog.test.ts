import { describe, expect, it } from 'vitest'
import { text8 } from '../../../../src/events/decimal.ts'
import { toGallery } from '../../../../src/systems/sqs/images.ts'
import { toInventory } from '../../../../src/systems/sqs/inventory.ts'
import { type MessageContext, parseMessage } from '../../../../src/systems/sqs/message.ts'
import { toProduct } from '../../../../src/systems/sqs/product.ts'

const context: MessageContext = { zone: 'UTC', receivedAt: Date.UTC(2026, 2, 3), sentAt: 7, currency: 'USD' }
const wire = (message: unknown) => parseMessage(JSON.stringify(message))

describe('a message of stock', () => {
  const row = { warehouse: 'East', store_id: '0', qty: '5', on_hand: '7', full: true, in_stock: true }
  const read = (data: unknown, store: string | null = null) => toInventory(wire({ sku: 'A', data }), context, store)
  const levels = (data: unknown, store: string | null = null) =>
    read(data, store).data.locations.map(({ location, onHand, available }) => {
      return `${location} ${text8(onHand)} ${text8(available)}`
    })

  it('is the level of every warehouse', () => {
    const west = { warehouse: 'West', qty: 3.25, full: '1' }
    expect(levels([west, row])).toEqual(['East 7 5', 'West 3.25 3.25'])
    expect(read([row])).toMatchObject({ key: 'A', occurredAt: 7 })
    expect(toInventory(wire({ sku: 'A', data: [], update_dt: '2026-03-02 01:00:00' }), context, null)).toMatchObject({
      occurredAt: Date.UTC(2026, 2, 2, 1),
      data: { locations: [] },
    })
  })

  it('has nothing available where it is told not to be in stock', () => {
    expect(levels([{ ...row, in_stock: false }])).toEqual(['East 7 0'])
    expect(levels([{ ...row, qty: '-2', in_stock: 'false' }])).toEqual(['East 7 -2'])
  })

  it('counts the stock that several stores see once', () => {
    const other = { ...row, store_id: '2', qty: '4' }
    expect(() => read([row, other])).toThrow(/filter.storeId/)
    expect(levels([row, other], '2')).toEqual(['East 7 4'])
  })

  it.each([
    [[{ ...row, full: false }], 'source_data_invalid', 'data.full'],
    [[{ ...row, full: '####' }], 'value_missing', 'data.full'],
    [[{ ...row, full: 'maybe' }], 'source_data_invalid', 'data.full'],
    [[{ ...row, qty: null }], 'value_missing', 'data.qty'],
    [[{ ...row, qty: 'many' }], 'decimal_invalid', 'data.qty'],
    [[{ ...row, warehouse: '####' }], 'value_missing', 'data.warehouse'],
    [[row, row], 'source_data_invalid', 'data.warehouse'],
    [{ East: 5 }, 'source_data_invalid', 'data'],
    [undefined, 'source_data_invalid', 'data'],
  ])('with %j is refused', (data, code, field) => {
    expect(() => read(data)).toThrow(expect.objectContaining({ code, field }))
  })
})

describe('a message of a product', () => {
  it('has the fields that products have, and every other as an attribute', () => {
    const data = {
      name: 'Chair',
      price: '12.50',
      status: '2',
      upc: '0012',
      brand: 'Acme',
      weight: 3,
      color: 'red',
      pricelevels: [{ name: 'Gold', pricelist: [{ price: '11', qty: '10' }, { price: '11.5' }] }],
    }
    const { key, data: product } = toProduct(wire({ sku: 'A', table: 'Default', data, raw_data: { x: 1 } }), context)
    expect(key).toBe('A')
    expect(product).toMatchObject({
      sku: 'A',
      name: 'Chair',
      productType: 'simple',
      active: false,
      barcode: '0012',
      manufacturer: 'Acme',
      currency: 'USD',
      attributes: { table: '"Default"', color: '"red"' },
    })
    expect(product.price === null ? null : text8(product.price)).toBe('12.5')
    expect(product.priceLevels.map(({ level, quantity, price }) => [level, text8(quantity), text8(price)])).toEqual([
      ['Gold', '10', '11'],
      ['Gold', '1', '11.5'],
    ])
  })

  it('is active where it does not say', () => {
    expect(toProduct(wire({ sku: 'A', data: {} }), context).data.active).toBe(true)
  })

  it.each([
    [{ sku: '####', data: {} }, 'sku'],
    [{ sku: 'A' }, 'data'],
    [{ sku: 'A', data: { status: 'hidden' } }, 'data.status'],
    [{ sku: 'A', data: { price: 'free' } }, 'data.price'],
    [{ sku: 'A', data: { pricelevels: 'none' } }, 'pricelevels'],
  ])('%j is refused', (message, field) => {
    expect(() => toProduct(wire(message), context)).toThrow(expect.objectContaining({ field }))
  })
})

describe('a message of images', () => {
  const url = (name: string) => `https://cdn.example.com/${name}.jpg`

  it('has the gallery by position; a role without an image takes the first', () => {
    const media_gallery = [
      { value: url('b'), position: '2', label: '####' },
      { value: 'https://video.example.com/v', position: 0, media_type: 'external-video' },
      { value: url('a'), position: '1', label: 'Front', store_id: '0' },
    ]
    const { data } = toGallery(wire({ sku: 'A', data: { thumbnail: url('t'), media_gallery } }), context)
    expect(data).toMatchObject({ image: url('a'), smallImage: url('a'), thumbnail: url('t'), swatchImage: url('a') })
    expect(data.gallery.map(({ label }) => label)).toEqual([null, 'Front', null])
  })

  it('may have none', () => {
    expect(toGallery(wire({ sku: 'A', data: {} }), context).data).toMatchObject({ image: null, gallery: [] })
  })

  it.each(['no_selection', 'NULL', ' ', '', null])('has no image where it says %j', (none) => {
    const media_gallery = [
      { value: none, position: 1 },
      { value: url('a'), position: 2 },
    ]
    const data = { image: none, small_image: url('s'), swatch_image: none, media_gallery }
    const found = { image: url('a'), smallImage: url('s'), swatchImage: url('a'), gallery: [{ url: url('a') }] }
    expect(toGallery(wire({ sku: 'A', data }), context).data).toMatchObject(found)
    const empty = { image: none, media_gallery: [{ value: none }] }
    expect(toGallery(wire({ sku: 'A', data: empty }), context).data).toMatchObject({ image: null, gallery: [] })
  })

  it.each([
    [{ media_gallery: [{ file: '/a.jpg' }] }, 'data.media_gallery[0].value'],
    [{ media_gallery: [{ value: 'file.jpg' }] }, 'data.media_gallery[0].value'],
    [{ media_gallery: [{ value: url('a'), position: 'first' }] }, 'data.media_gallery[0].position'],
    [{ image: 'ftp://x/y' }, 'data.image'],
    [[], 'data'],
  ])('with %j is refused', (data, field) => {
    expect(() => toGallery(wire({ sku: 'A', data }), context)).toThrow(expect.objectContaining({ field }))
  })
})
