import { describe, expect, it } from 'vitest'
import { text8 } from '../../../../src/events/decimal.ts'
import type { NetSuiteClient } from '../../../../src/systems/netsuite/client.ts'
import { toPrices } from '../../../../src/systems/netsuite/prices.ts'
import { readNetSuitePrices } from '../../../../src/systems/netsuite/read-prices.ts'
import { netsuiteOf } from '../../../worlds/settings.ts'
import { keysOf, readAll, readOf, wallClock } from '../../../worlds/sources.ts'

const item = { id: '1001', itemid: '24-MB01', cost: '4.1000000000000005' }

describe('rows of itemprice', () => {
  it('become levels; the first quantity is that of one piece', () => {
    const { levels, cost } = toPrices(
      item,
      [
        { pricelevelname: 'Base Price', price: '34', quantity: '0' },
        { pricelevelname: 'Base Price', price: '30.5', quantity: '10' },
        { pricelevelname: 'Online', price: '33', quantity: '5' },
        { pricelevelname: 'Closed', quantity: '0' },
      ],
      'USD',
    )
    const texts = levels.map(({ level, price, currency, tiers }) => [
      level,
      price === null ? null : text8(price),
      currency,
      tiers.map(({ from, price: tier }) => [text8(from), text8(tier)]),
    ])
    expect(texts).toEqual([
      ['Base Price', '34', 'USD', [['10', '30.5']]],
      ['Online', null, 'USD', [['5', '33']]],
    ])
    expect(cost === null ? null : text8(cost)).toBe('4.1')
  })

  it('without quantities and currencies have the highest price of a level, and no currency', () => {
    const rows = [
      { pricelevelname: 'Base Price', price: '30' },
      { pricelevelname: 'Base Price', price: '34' },
    ]
    const { levels, currency } = toPrices(item, rows, null)
    expect(currency).toBeNull()
    expect(levels).toMatchObject([{ level: 'Base Price', currency: null, tiers: [] }])
    expect(levels.map(({ price }) => (price === null ? null : text8(price)))).toEqual(['34'])
  })

  it.each([
    [{ pricelevelname: 'Base Price', price: 'ten' }, 'decimal_invalid', 'itemprice.price'],
    [{ price: '10' }, 'value_missing', 'itemprice.pricelevelname'],
  ])('%o are refused, with the column', (row, code, field) => {
    expect(() => toPrices(item, [row], 'USD')).toThrow(expect.objectContaining({ code, field }))
  })

  it('with two prices for one quantity are refused: neither is right', () => {
    const row = { pricelevelname: 'Base Price', quantity: '0', currency: 'USD' }
    const rows = [
      { ...row, price: '1' },
      { ...row, price: '2' },
    ]
    expect(() => toPrices(item, rows, 'USD')).toThrow(expect.objectContaining({ code: 'source_data_invalid' }))
  })
})

describe('items with the same SKU', () => {
  it('have the prices of the newest of them, in each run', async () => {
    const answer = (query: string) => {
      if (query.includes('GROUP BY')) return [{ itemid: 'A', id: '3' }]
      if (query.includes('FROM itemprice')) return [{ item: '3', pricelevelname: 'Base Price', price: '7' }]
      return ['1', '2', '3'].map((id) => ({ id, itemid: id === '2' ? 'B' : 'A' }))
    }
    const suiteql = async (query: string) => ({ items: answer(query), hasMore: false })
    const client = { suiteql, suiteqlAll: async (query: string) => answer(query) } as unknown as NetSuiteClient
    const reader = readNetSuitePrices(
      client,
      readOf('netsuite', 'prices', 10),
      netsuiteOf({ currency: 'USD' }),
      wallClock,
    )
    const { entities } = await readAll(reader)
    expect(keysOf(entities)).toEqual(['B', 'A'])
    expect(entities.at(-1)?.data.levels).toHaveLength(1)
  })
})
