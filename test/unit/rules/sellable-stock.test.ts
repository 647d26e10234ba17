import { describe, expect, it } from 'vitest'
import type { SellableStock } from '../../../src/configuration/model.ts'
import { decimal8, text8 } from '../../../src/events/decimal.ts'
import { sellableStock } from '../../../src/rules/sellable-stock.ts'

const levels = [
  { location: 'East', onHand: decimal8(9, 'q'), available: decimal8('2.5', 'q') },
  { location: 'Main', onHand: decimal8(12, 'q'), available: decimal8(10, 'q') },
  { location: 'Old', onHand: decimal8(0, 'q'), available: decimal8(-4, 'q') },
]
const claims = (reserved: number, held = false) => ({ reserved: decimal8(reserved, 'q'), held })
const found = (policy: SellableStock, claimed = claims(0), sku = 'WLD-1') => {
  const { sellable, available, buffer, counted, reason, locations } = sellableStock(sku, levels, policy, claimed)
  return [
    text8(sellable),
    text8(available),
    text8(buffer),
    counted,
    reason,
    locations.map((one) => text8(one.available)),
  ]
}

describe('stock that may be sold', () => {
  it('is all of it without a policy: a shortage at one location takes nothing from another', () => {
    expect(found({})).toEqual(['12.5', '12.5', '0', ['East', 'Main', 'Old'], null, ['2.5', '10', '0']])
  })

  it('names the locations that count with less than nothing, which count as zero', () => {
    const shortages = (policy: SellableStock) =>
      sellableStock('WLD-1', levels, policy).shortages.map((one) => `${one.location} ${text8(one.available)}`)
    expect(shortages({})).toEqual(['Old -4'])
    expect(shortages({ locations: { policy: 'list', names: ['Main', 'Old'] } })).toEqual(['Old -4'])
    expect(shortages({ locations: { policy: 'list', names: ['Main', 'East'] } })).toEqual([])
    expect(shortages({ locations: { policy: 'priority', names: ['Old', 'Main'] } })).toEqual([])
    expect(shortages({ locations: { policy: 'priority', names: ['Old'] } })).toEqual(['Old -4'])
  })

  it('is that of the listed locations, the first of the list last to be emptied', () => {
    const policy = { locations: { policy: 'list', names: ['Main', 'East'] } } as const
    expect(found(policy, claims(1))).toEqual(['11.5', '12.5', '0', ['Main', 'East'], null, ['1.5', '10', '0']])
    expect(found({ locations: { policy: 'list', names: ['West'] } })).toEqual([
      '0',
      '0',
      '0',
      [],
      'no_stock',
      ['0', '0', '0'],
    ])
  })

  it('is by priority that of the first location with something left, wherever the reserved pieces are taken from', () => {
    const policy = { locations: { policy: 'priority', names: ['Old', 'East', 'Main'] } } as const
    expect(found(policy)).toEqual(['2.5', '2.5', '0', ['East'], null, ['2.5', '0', '0']])
    expect(found(policy, claims(3))).toEqual(['7', '10', '0', ['Main'], null, ['0', '7', '0']])
    expect(found(policy, claims(11))).toEqual(['0', '2.5', '0', ['East'], 'reserved', ['0', '0', '0']])
  })

  it('is less the buffer of the first pattern that matches, a percentage rounded up to whole pieces', () => {
    const buffer = {
      fixed: 1,
      skus: [
        { match: '^WLD-', percent: 10 },
        { match: '.', fixed: 5 },
      ],
    }
    expect(found({ buffer })).toEqual(['10.5', '12.5', '2', ['East', 'Main', 'Old'], null, ['2.5', '8', '0']])
    expect(found({ buffer }, claims(0), 'X').slice(0, 3)).toEqual(['7.5', '12.5', '5'])
    expect(found({ buffer: { fixed: 1 } }).slice(0, 3)).toEqual(['11.5', '12.5', '1'])
  })

  it.each([
    ['reserved', {}, claims(13)],
    ['buffer', { buffer: { fixed: 20 } }, claims(2)],
    ['oversold', {}, claims(0, true)],
  ] as const)('is nothing, with the reason %s', (reason, policy, claimed) => {
    expect(found(policy, claimed)).toMatchObject([
      '0',
      '12.5',
      expect.anything(),
      expect.anything(),
      reason,
      ['0', '0', '0'],
    ])
  })
})
