import { describe, expect, it } from 'vitest'
import {
  compareImages,
  compareInventory,
  comparePrices,
  compareProducts,
  type FeedEnds,
  type Row,
} from '../../../demo/compare-feeds.ts'

const row = (source: string, sku: string, data: Row['data'] = {}): Row => ({ source, sku, deleted: false, data })
const erpPrice = (priceLevelName: string, price: number, value = '0', refName = 'USD') => {
  return { priceLevelName, price, quantity: { value }, currencyPage: { refName } }
}
const level = (name: string, price: string, tiers: object[] = [], currency = 'USD') => {
  return { level: name, price, currency, tiers, valid_from: null, valid_to: null }
}
const feedLevels = [
  level('Base Price', '50', [{ from: '10', price: '45.5' }]),
  level('Wholesale', '27', [], 'EUR'),
  level('Wholesale', '30'),
]
const url = 'http://vendor/1.jpg'
const agreed: FeedEnds = {
  products: [
    {
      sku: 'V-1',
      name: 'Tent',
      price: 50,
      tier_prices: [
        { customer_group_id: 32_000, qty: 10, value: 45.5 },
        { customer_group_id: 2, qty: 1, value: 30 },
      ],
      media_gallery_entries: [{ file: '/w/s/ws-e01fbe6a-6fff7e2f812b6615.jpg' }, { file: '/t/e/tent.jpg' }],
    },
  ],
  sourceItems: [{ sku: 'V-1', source_code: 'east-warehouse', quantity: 7.5 }],
  items: [
    {
      itemId: 'V-1',
      displayName: 'Tent',
      locations: { items: [{ location_display: 'East Warehouse', quantityAvailable: 7.5 }] },
      price: {
        items: [
          erpPrice('Base Price', 50),
          erpPrice('Base Price', 45.5, '10'),
          erpPrice('Wholesale', 30),
          erpPrice('Wholesale', 27, '0', 'EUR'),
        ],
      },
    },
  ],
  imageRows: [{ sku: 'V-1', url }],
  feeds: {
    products: [row('erp', 'V-1')],
    inventory: [row('erp', 'V-1', { locations: [{ location: 'East Warehouse', available: '7.5' }] })],
    prices: [row('erp', 'V-1', { levels: feedLevels })],
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
    ...comparePrices(ends, 'erp'),
    ...compareImages(ends, { vendor: 'images', shop: 'shop', skus: /^V-/ }),
  ]
}

const feeds = (changed: Partial<FeedEnds['feeds']>): FeedEnds => ({ ...agreed, feeds: { ...agreed.feeds, ...changed } })

function changedProduct(changes: Partial<FeedEnds['products'][number]>): FeedEnds {
  return { ...agreed, products: agreed.products.map((one) => ({ ...one, ...changes })) }
}

describe('the comparison of the feeds', () => {
  it('finds nothing where both ends agree', () => expect(differences(agreed)).toEqual([]))

  it('finds nothing where a location owes and the shop has none of it', () => {
    const items = agreed.items.map((item) => ({
      ...item,
      locations: { items: [{ location_display: 'East Warehouse', quantityAvailable: -2 }] },
    }))
    const owing = feeds({
      inventory: [row('erp', 'V-1', { locations: [{ location: 'East Warehouse', available: '-2' }] })],
    })
    const sourceItems = [{ sku: 'V-1', source_code: 'east-warehouse', quantity: 0 }]
    expect(differences({ ...owing, items, sourceItems })).toEqual([])
  })

  it.each([
    ['a product that is not in the feed', feeds({ products: [] }), /V-1 is not in the feed/],
    ['a product under another name', changedProduct({ name: 'X' }), /"X" in the shop/],
    [
      'stale stock in the feed',
      feeds({ inventory: [row('erp', 'V-1', { locations: [{ location: 'East Warehouse', available: '8' }] })] }),
      /is 8 in the feed, 7\.5/,
    ],
    [
      'a price that is not in the feed',
      feeds({ prices: [row('erp', 'V-1', { levels: feedLevels.slice(1) })] }),
      /prices of V-1 are Wholesale EUR from 1: 27, Wholesale USD from 1: 30 in the feed/,
    ],
    ['a stale base price in the shop', changedProduct({ price: 49 }), /prices of V-1 are base from 1: 49, .* not base/],
    [
      'tier prices that the shop has not pulled',
      changedProduct({ tier_prices: [] }),
      /base from 1: 50 in the shop, not/,
    ],
    [
      'a tier price that the vendor has no more',
      changedProduct({
        tier_prices: [...(agreed.products[0]?.tier_prices ?? []), { customer_group_id: 2, qty: 5, value: 1 }],
      }),
      /group 2 from 5: 1, .* in the shop/,
    ],
    [
      'prices of a product that the vendor has no more',
      feeds({ prices: [...agreed.feeds.prices, row('erp', 'V-2', { levels: feedLevels })] }),
      /prices of V-2 is in the feed, and its source has it no more/,
    ],
    ['stale stock in the shop', { ...agreed, sourceItems: [] }, /missing in the shop/],
    [
      'an image that is not in the feed',
      feeds({ images: agreed.feeds.images.slice(1) }),
      /1\.jpg of V-1 is not in the feed/,
    ],
    [
      'an image that the shop has not pulled',
      changedProduct({ media_gallery_entries: [{ file: '/t/e/tent.jpg' }] }),
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
