import { expect, it } from 'vitest'
import { stockText } from '../../../src/cli/stock-text.ts'
import type { ShownStock } from '../../../src/operations/preview-stock.ts'

const asRead: ShownStock = {
  total: '5',
  in_stock: true,
  locations: [{ location: 'Main', on_hand: '5', available: '5' }],
  stale: null,
  left_out: null,
}
const parts = {
  on_hand: '5',
  available: '5',
  reserved: '0',
  buffer: '2',
  sellable: '3',
  locations: ['Main'],
  shortages: [],
  reason: null,
  held_until: null,
}
const sum = '5 at Main - 0 reserved - 2 buffer = 3'
const reason = 'netsuite was last read in full at 2026-01-31T08:00:00.000Z, more than 30 minutes ago'

it.each<[what: string, stock: ShownStock | null, text: string]>([
  ['no connection', null, '(none)'],
  ['a row as it was read', asRead, '5 as read'],
  ['the sum of what may be sold', { ...asRead, total: '3', parts }, sum],
  [
    'why nothing may be sold',
    { ...asRead, total: '0', parts: { ...parts, sellable: '0', reason: 'oversold', held_until: '2026-02-01' } },
    '5 at Main - 0 reserved - 2 buffer = 0 (oversold, held until 2026-02-01)',
  ],
  [
    'a shortage that counts as zero',
    { ...asRead, total: '3', parts: { ...parts, shortages: [{ location: 'East', available: '-3' }] } },
    '5 at Main (East has -3, which counts as 0) - 0 reserved - 2 buffer = 3',
  ],
  [
    'a shortage in a row as it was read',
    { ...asRead, locations: [...asRead.locations, { location: 'East', on_hand: '0', available: '-3' }] },
    '5 as read (East has -3, which counts as 0)',
  ],
  [
    'stock that is held because it is stale',
    { ...asRead, in_stock: false, stale: { policy: 'hold', reason } },
    `5; stale (hold, out of stock): ${reason}`,
  ],
  [
    'what may be sold, lowered because it is stale',
    { ...asRead, total: '1', parts, stale: { policy: 'buffer', reason } },
    `${sum} → 1; stale (buffer): ${reason}`,
  ],
  [
    'a row that a setting leaves out',
    { ...asRead, left_out: { setting: 'feeds.inventory.skus: vendor', reason: 'it has no product' } },
    '5 as read; left out (feeds.inventory.skus: vendor): it has no product',
  ],
  [
    'a row that another one replaces',
    { ...asRead, left_out: { setting: null, reason: 'netsuite has the SKU' } },
    '5 as read; left out: netsuite has the SKU',
  ],
])('stock is shown with %s', (_what, stock, text) => {
  expect(stockText(stock)).toBe(text)
})
