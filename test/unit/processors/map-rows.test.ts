import { describe, expect, it } from 'vitest'
import { text8 } from '../../../src/events/decimal.ts'
import type { ImageGallery } from '../../../src/events/generated/events.ts'
import { mapImages, toUniversalImages } from '../../../src/processors/map-images.ts'
import { toUniversalInventory } from '../../../src/processors/map-inventory.ts'
import { mapProducts } from '../../../src/processors/map-products.ts'
import type { ProcessContext } from '../../../src/processors/processor.ts'
import { ruleWith } from '../../data/configuration.ts'
import {
  connectionOf,
  contextOf,
  inventoryChanged,
  orderChanged,
  orderOf,
  productChanged,
} from '../../data/processor-events.ts'

const a = connectionOf('a', '^WLD', { revision: 3 })
const b = connectionOf('b', '^WLD')
const c = connectionOf('c', '^OTHER')
const rule = ruleWith('price', { from: 'price', required: true, type: 'decimal' })
const context: ProcessContext = {
  connections: [a, b, c],
  metadataOf: (connection) => ({
    connection,
    destination: null,
    attributes:
      connection === 'b'
        ? [{ ...rule, from: 'weight' }]
        : [rule, ruleWith('status', { from: 'active', required: true, type: 'integer', lookup: { true: '1' } })],
  }),
}

describe('products', () => {
  it('become rows of each connection that owns and can map them; one failure stops no other', async () => {
    const { outputs, decisions } = await mapProducts.process(productChanged({}), context, undefined)
    expect(decisions.map(({ connection, status }) => [connection, status])).toEqual([
      ['a', 'processing'],
      ['b', 'failed'],
      ['c', 'ignored'],
    ])
    expect(outputs).toMatchObject([
      {
        kind: 'universal-products',
        key: 'a|netsuite|WLD-1',
        event: {
          mappingRevision: 3,
          deleted: false,
          data: { sku: 'WLD-1', attributes: { price: '"189.5"', status: '1' } },
        },
      },
    ])
    expect(decisions[1]).toMatchObject({ error: { code: 'mapping_failed', field: 'price' } })
    expect(decisions[2]).toMatchObject({ code: 'not_owned' })
  })

  it("leave the feed also when they can't be mapped any more", async () => {
    const { outputs, decisions } = await mapProducts.process(productChanged({}, { deleted: true }), context, undefined)
    expect(decisions.map(({ status }) => status)).toEqual(['processing', 'processing', 'ignored'])
    expect(outputs).toMatchObject([
      { event: { deleted: true } },
      { event: { deleted: true, data: { attributes: {} } } },
    ])
  })

  it('of a connection without metadata fail', async () => {
    const { decisions } = await mapProducts.process(productChanged({}), contextOf(a), undefined)
    expect(decisions).toMatchObject([{ status: 'failed', error: { code: 'mapping_failed' } }])
  })
})

describe('inventory', () => {
  it('counts less than none as none', () => {
    const { data } = inventoryChanged('WLD-1', { West: ['5', '3.5'], East: ['0', '-2'], North: ['1', '1'] })
    const row = toUniversalInventory(data)
    expect(text8(row.total)).toBe('4.5')
    expect(row.inStock).toBe(true)
    expect(row.locations.map(({ location, available }) => [location, text8(available)])).toEqual([
      ['East', '-2'],
      ['North', '1'],
      ['West', '3.5'],
    ])
  })

  it('without anything available is out of stock', () => {
    expect(toUniversalInventory(inventoryChanged('WLD-1', { East: ['4', '-4'] }).data)).toMatchObject({
      total: 0n,
      inStock: false,
    })
    expect(toUniversalInventory(inventoryChanged('WLD-1', {}).data)).toMatchObject({ total: 0n, inStock: false })
  })
})

const image = (url: string, position: number, mediaType = 'image') => ({
  url,
  position,
  label: null,
  mediaType,
  storeId: '1',
  picture: null,
})
const gallery: ImageGallery = {
  sku: 'X-1',
  image: null,
  smallImage: 'small.jpg',
  thumbnail: null,
  swatchImage: null,
  gallery: [image('b.jpg', 2), image('v.mp4', 0, 'external-video'), image('a.jpg', 1)],
  attributes: {},
}

describe('images', () => {
  it('take the first gallery image for a role that has none', () => {
    expect(toUniversalImages(gallery)).toEqual({
      sku: 'X-1',
      image: 'a.jpg',
      smallImage: 'small.jpg',
      thumbnail: 'a.jpg',
      swatchImage: 'a.jpg',
      gallery: [
        { url: 'v.mp4', position: 0, label: null, mediaType: 'external-video', picture: null },
        { url: 'a.jpg', position: 1, label: null, mediaType: 'image', picture: null },
        { url: 'b.jpg', position: 2, label: null, mediaType: 'image', picture: null },
      ],
    })
    expect(toUniversalImages({ ...gallery, gallery: [] }).image).toBeNull()
  })

  it("are for the vendor's SKUs, those of the shop too", async () => {
    const event = { ...orderChanged(orderOf([])), key: 'X-1', data: gallery }
    const statuses = async (source: string) =>
      (await mapImages.process({ ...event, source }, contextOf(a), undefined)).decisions.map(({ status }) => status)
    expect(await statuses('magento')).toEqual(['ignored'])
    expect(await statuses('images')).toEqual(['ignored'])
  })
})
