import { expect, it } from 'vitest'
import { parsePosition, positionText } from '../../../src/projections/feed-row.ts'
import { imageFeed } from '../../../src/projections/image-feed.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { priceFeed } from '../../../src/projections/price-feed.ts'
import { productFeed } from '../../../src/projections/product-feed.ts'
import { imagesChanged, inventoryChanged, pricesChanged, productsChanged } from '../../data/feed-events.ts'

const at = { time: Date.UTC(2026, 0, 31, 8), offset: 7n }

it('shows mapped attributes as values', () => {
  const row = productFeed.evolve(undefined, productsChanged({}, { name: 'Böhse', price: '12.5', size: null }), at)
  expect(row).toMatchObject({
    connection: 'shop-vendor',
    source: 'vendor',
    key: 'A-1',
    updated_at: '2026-01-31T08:00:00.000Z',
    position: '001769846400000-00000000000000000007',
    deleted: false,
    data: { name: 'Böhse', price: '12.5', size: null },
  })
})

it('names the attribute that is no JSON', () => {
  const event = productsChanged({}, {})
  const broken = { ...event, data: { sku: 'A-1', attributes: { color: 'red' } } }
  expect(() => productFeed.evolve(undefined, broken, at)).toThrow(
    expect.objectContaining({ code: 'value_undecodable', field: 'data.attributes.color' }),
  )
})

it('shows stock as shortest decimal text', () => {
  const row = inventoryFeed.evolve(undefined, inventoryChanged({}, '12.50'), at)
  const locations = [{ location: 'main', on_hand: '12.5', available: '12.5' }]
  expect(row.data).toEqual({ total: '12.5', in_stock: true, locations })
})

it('shows prices as shortest decimal text, and their validity in UTC', () => {
  const row = priceFeed.evolve(undefined, pricesChanged({}, '12.50'), at)
  expect(row.data).toEqual({
    currency: 'USD',
    cost: null,
    levels: [
      {
        level: 'Base Price',
        price: '12.5',
        currency: 'USD',
        tiers: [{ from: '10', price: '11.25' }],
        valid_from: '2026-01-31T08:00:00.000Z',
        valid_to: null,
      },
    ],
  })
})

it('shows images with their roles', () => {
  const row = imageFeed.evolve(undefined, imagesChanged({}, 'http://x/a.jpg'), at)
  expect(row.data).toEqual({
    image: 'http://x/a.jpg',
    small_image: null,
    thumbnail: null,
    swatch_image: null,
    gallery: [{ url: 'http://x/a.jpg', position: 1, label: null, media_type: 'image' }],
  })
})

it('keeps the position when a later mapping gives the same content, and moves it for a deletion', () => {
  const first = inventoryFeed.evolve(undefined, inventoryChanged({ mappingRevision: 1 }, '3'), at)
  const remapped = inventoryFeed.evolve(first, inventoryChanged({ mappingRevision: 2 }, '3'), { ...at, offset: 8n })
  expect(remapped).toEqual({ ...first, rank: remapped.rank, event_id: remapped.event_id })
  expect(remapped.rank > first.rank).toBe(true)
  const gone = inventoryChanged({ readAt: 3000, deleted: true }, '3')
  const deleted = inventoryFeed.evolve(remapped, gone, { ...at, offset: 9n })
  expect(deleted).toMatchObject({ deleted: true, position: positionText({ ...at, offset: 9n }), data: first.data })
})

it('reads back a position it wrote', () => {
  const position = { time: 1, offset: 12345678901234567890n }
  expect(parsePosition(positionText(position))).toEqual(position)
})
