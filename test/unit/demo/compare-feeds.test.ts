import { describe, expect, it } from 'vitest'
import {
  compareImages,
  compareInventory,
  compareProducts,
  type FeedEnds,
  type Row,
} from '../../../demo/compare-feeds.ts'

const row = (source: string, sku: string, data: Row['data'] = {}): Row => ({ source, sku, deleted: false, data })
const url = 'http://vendor/1.jpg'
const agreed: FeedEnds = {
  products: [
    {
      sku: 'V-1',
      name: 'Tent',
      media_gallery_entries: [{ file: '/w/s/ws-e01fbe6a-6fff7e2f812b6615.jpg' }, { file: '/t/e/tent.jpg' }],
    },
  ],
  sourceItems: [{ sku: 'V-1', source_code: 'east-warehouse', quantity: 7.5 }],
  items: [
    {
      itemId: 'V-1',
      displayName: 'Tent',
      locations: { items: [{ location_display: 'East Warehouse', quantityAvailable: 7.5 }] },
    },
  ],
  imageRows: [{ sku: 'V-1', url }],
  feeds: {
    products: [row('erp', 'V-1')],
    inventory: [row('erp', 'V-1', { locations: [{ location: 'East Warehouse', available: '7.5' }] })],
    images: [
      row('images', 'V-1', { gallery: [{ url }] }),
      row('shop', 'V-1', { gallery: [{ url: 'http://shop/t/e/tent.jpg' }] }),
    ],
  },
}

function differences(ends: FeedEnds): readonly string[] {
  return [
    ...compareProducts(ends, 'erp'),
    ...compareInventory(ends, 'erp'),
    ...compareImages(ends, { vendor: 'images', shop: 'shop', skus: /^V-/ }),
  ]
}

const feeds = (changed: Partial<FeedEnds['feeds']>): FeedEnds => ({ ...agreed, feeds: { ...agreed.feeds, ...changed } })

describe('the comparison of the feeds', () => {
  it('finds nothing where both ends agree', () => expect(differences(agreed)).toEqual([]))

  it.each([
    ['a product that is not in the feed', feeds({ products: [] }), /V-1 is not in the feed/],
    [
      'a product under another name',
      { ...agreed, products: [{ ...agreed.products[0], sku: 'V-1', name: 'X' }] },
      /"X" in the shop/,
    ],
    [
      'stale stock in the feed',
      feeds({ inventory: [row('erp', 'V-1', { locations: [{ location: 'East Warehouse', available: '8' }] })] }),
      /is 8 in the feed, 7\.5/,
    ],
    ['stale stock in the shop', { ...agreed, sourceItems: [] }, /missing in the shop/],
    [
      'an image that is not in the feed',
      feeds({ images: agreed.feeds.images.slice(1) }),
      /1\.jpg of V-1 is not in the feed/,
    ],
    [
      'an image that the shop has not pulled',
      { ...agreed, products: [{ sku: 'V-1', name: 'Tent', media_gallery_entries: [{ file: '/t/e/tent.jpg' }] }] },
      /1\.jpg of V-1 is not in the shop/,
    ],
    [
      'a pulled image that the row has no more',
      {
        ...agreed,
        products: agreed.products.map((one) => ({
          ...one,
          media_gallery_entries: [
            ...(one.media_gallery_entries ?? []),
            { file: '/w/s/ws-e01fbe6a-0000000000000000_1.jpg' },
          ],
        })),
      },
      /0000 of V-1 is in the shop and not in the feed/,
    ],
    [
      "an image of the shop's own that is not in the feed",
      feeds({ images: agreed.feeds.images.slice(0, 1) }),
      /tent\.jpg of V-1 is in the shop/,
    ],
    [
      'a row whose source has it no more',
      feeds({ products: [row('erp', 'V-1'), row('erp', 'V-2')] }),
      /V-2 is in the feed/,
    ],
  ] as const)('finds %s', (_what, ends, message) => {
    const found = differences(ends as FeedEnds)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(message)
  })
})
