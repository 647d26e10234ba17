// Price files: levels, currencies, quantities, periods and costs; what is not certain is refused with file, line and column.

import { describe, expect, it } from 'vitest'
import { type Decimal8, text8 } from '../../src/events/decimal.ts'
import { filesWorld } from '../worlds/files-world.ts'
import { systemOf } from '../worlds/sources.ts'

const columns = {
  'prices.columns.level': 'List',
  'prices.columns.currency': 'Currency',
  'prices.columns.quantity': 'From',
  'prices.columns.valid_from': 'Begins',
  'prices.columns.valid_to': 'Ends',
  'prices.columns.cost': 'Cost',
  'prices.currency': 'EUR',
  'prices.mostOddPercent': 90,
}
const HEAD = 'sku,price,List,Currency,From,Begins,Ends,Cost\n'
const textOf = (price: Decimal8 | null) => (price === null ? null : text8(price))
const dayOf = (at: number | null) => (at === null ? null : new Date(at).toISOString())

/** The prices of the vendor's only file, as texts. */
async function pricesIn(settings: Readonly<Record<string, unknown>>, content: string, more: { zone?: string } = {}) {
  const world = filesWorld('prices', { settings, pageSize: 50, ...more })
  world.put('p.csv', content)
  const run = await world.run()
  const events = (await world.events()).map(({ data }) => ({
    sku: data.sku,
    currency: data.currency,
    cost: textOf(data.cost),
    levels: data.levels.map(({ level, price, currency, tiers, validFrom, validTo }) => ({
      level,
      price: textOf(price),
      currency,
      tiers: tiers.map((tier) => `${text8(tier.from)}: ${text8(tier.price)}`),
      days: [dayOf(validFrom), dayOf(validTo)],
    })),
  }))
  return { run, events, letters: (await world.deadLetters()).map(({ message }) => message) }
}

const ALWAYS = [null, null]

describe('a price file', () => {
  it('has a price for each SKU, and leading zeros stay', async () => {
    const { run, events } = await pricesIn({ 'prices.currency': 'EUR' }, 'sku,price\n0012,12.50\nB-1,0.005\n')
    expect(run).toMatchObject({ state: 'ended', published: 2, unreadable: 0 })
    const level = { level: 'default', currency: 'EUR', tiers: [], days: ALWAYS }
    expect(events).toEqual([
      { sku: '0012', currency: 'EUR', cost: null, levels: [{ ...level, price: '12.5' }] },
      { sku: 'B-1', currency: 'EUR', cost: null, levels: [{ ...level, price: '0.005' }] },
    ])
  })

  it('has levels, currencies, quantities and periods in rows that may be anywhere', async () => {
    const { events, letters } = await pricesIn(
      columns,
      `${HEAD}A,10,Retail,EUR,1,,,6\nB,5,Retail,EUR,,,,\nA,9,Retail,EUR,10,,,6\nA,11,Retail,USD,1,,,\nA,8,Retail,EUR,1,2026-03-01,2026-03-31,\n`,
    )
    expect(letters).toEqual([expect.stringContaining('p.csv, line 3, column From is empty')])
    expect(events).toEqual([
      {
        sku: 'A',
        currency: 'EUR',
        cost: '6',
        levels: [
          { level: 'Retail', price: '10', currency: 'EUR', tiers: ['10: 9'], days: ALWAYS },
          {
            level: 'Retail',
            price: '8',
            currency: 'EUR',
            tiers: [],
            days: ['2026-03-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z'],
          },
          { level: 'Retail', price: '11', currency: 'USD', tiers: [], days: ALWAYS },
        ],
      },
    ])
  })

  it('may have prices of larger quantities alone', async () => {
    const settings = { 'prices.columns.quantity': 'from' }
    const { events } = await pricesIn(settings, 'sku,price,from\nA,9,10\nA,8,100\n')
    expect(events[0]?.levels).toMatchObject([{ price: null, currency: null, tiers: ['10: 9', '100: 8'] }])
  })

  it.each([
    ['a price of 0', 'A,0,R,EUR,1,,,', 'column price: 0 must be more than 0'],
    ['a price below 0', 'A,-1,R,EUR,1,,,', 'column price: -1 must be more than 0'],
    ['no price', 'A,,R,EUR,1,,,', 'column price is empty'],
    ['a sign of a currency', 'A,€ 9,R,EUR,1,,,', 'column price: "€ 9" is not a number'],
    ['no level', 'A,1,,EUR,1,,,', 'column List: the price level is empty'],
    ['no code of a currency', 'A,1,R,Euro,1,,,', 'column Currency: "Euro" is not a code of ISO 4217'],
    ['a quantity of 0', 'A,1,R,EUR,0,,,', 'column From: 0 must be more than 0'],
    ['a day that does not exist', 'A,1,R,EUR,1,2026-02-30,,', 'column Begins: "2026-02-30" is not a date'],
    ['a date in another form', 'A,1,R,EUR,1,01.03.2026,,', 'column Begins: "01.03.2026" is not a date like yyyy-MM-dd'],
    ['an end before its begin', 'A,1,R,EUR,1,2026-03-02,2026-03-01,', 'the price ends (2026-03-01) before it begins'],
    ['a cost below 0', 'A,1,R,EUR,1,,,-2', 'has several costs, or one below 0'],
  ])('refuses a row with %s, and takes the others', async (_what, row, message) => {
    const { events, letters } = await pricesIn(columns, `${HEAD}${row}\nB,2,R,EUR,1,,,\n`)
    expect(events.map(({ sku }) => sku)).toEqual(['B'])
    expect(letters).toEqual([expect.stringContaining(message)])
  })

  it.each([
    ['two prices of one place', 'A,1,R,EUR,1,,,\nA,2,R,EUR,1,,,\n', 'has several prices from quantity 1 on'],
    [
      'two costs',
      'A,3,R,EUR,5,,,\nA,1,R,EUR,1,,,5\nA,2,R,EUR,10,,,6\n',
      'p.csv, line 4, column Cost: A has several costs',
    ],
  ])('refuses a SKU with %s as a whole', async (_what, rows, message) => {
    const { events, letters } = await pricesIn(columns, `${HEAD}${rows}B,2,R,EUR,1,,,\n`)
    expect(events.map(({ sku }) => sku)).toEqual(['B'])
    expect(letters).toEqual([expect.stringContaining(message)])
  })

  it.each([
    ['yyyyMMdd', '20260301'],
    ['dd.MM.yyyy', '01.03.2026'],
    ['dd/MM/yyyy', '01/03/2026'],
    ['MM/dd/yyyy', '03/01/2026'],
  ])('has dates as %s, which begin in the zone of the system', async (dates, day) => {
    const settings = { 'prices.columns.valid_from': 'd', 'prices.dates': dates }
    const { events } = await pricesIn(settings, `sku,price,d\nA,1,${day}\n`, { zone: 'Europe/Berlin' })
    expect(events[0]?.levels[0]?.days).toEqual(['2026-02-28T23:00:00.000Z', null])
  })

  it.each([
    ['9999-12-31', '1900-01-01', ['1900-01-01T00:00:00.000Z', null]],
    ['2026-03-31', '0001-01-01', [null, '2026-04-01T00:00:00.000Z']],
  ])('takes %s and %s for what they mean', async (last, first, days) => {
    const settings = { 'prices.columns.valid_from': 'from', 'prices.columns.valid_to': 'to' }
    const { events } = await pricesIn(settings, `sku,price,from,to\nA,1,${first},${last}\n`)
    expect(events[0]?.levels[0]?.days).toEqual(days)
  })

  it('publishes what changed alone, and not what stays', async () => {
    const world = filesWorld('prices')
    world.put('1.csv', 'sku,price\nA,1\nB,2\n', 1_780_000_000)
    expect(await world.run()).toMatchObject({ published: 2 })
    world.put('2.csv', 'sku,price\nA,1\nB,3\n', 1_780_000_100)
    expect(await world.run()).toMatchObject({ published: 1, unchanged: 1 })
  })
})

it('refuses a form of dates that there is not', () => {
  const system = { id: 'vendor', type: 'files', address: 'folder:///', settings: { 'prices.dates': 'dd-MM' } }
  expect(() => systemOf(system)).toThrow('prices.dates')
})
