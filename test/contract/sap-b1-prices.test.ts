// Prices of a company on SAP Business One: lists, special prices with periods and quantities, and changes without a date.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { text8 } from '../../src/events/decimal.ts'
import type { Prices } from '../../src/events/generated/events.ts'
import { isoTime } from '../../src/events/times.ts'
import type { AnySourceReader } from '../../src/systems/kit/source.ts'
import { startCompany, type TestCompany } from '../worlds/sap-b1.ts'
import { sourceRuns } from '../worlds/source-runs.ts'
import { keysOf, readAll, readOf, wallClock } from '../worlds/sources.ts'

let company: TestCompany
beforeAll(async () => {
  company = await startCompany({ vendorPattern: /^NONE-/, zone: 'America/New_York' })
})
afterAll(async () => await company.close())
beforeEach(async () => {
  await company.send('POST', '/reset')
  for (const ItemCode of ['A', "B'1", 'C']) await company.send('POST', '/items', { ItemCode })
  const prices = [
    { PriceList: 1, Price: 10.5, Currency: '$', AdditionalPrice1: 9.75, AdditionalCurrency1: 'EUR' },
    { PriceList: 2, Price: 6.3, Currency: '$' },
    { PriceList: 3, Price: 0, Currency: null },
  ]
  await company.send('PATCH', '/items/A', { ItemPrices: prices, MovingAveragePrice: 4.1 })
})

/** `Base Price USD 10.5; 10: 9 [2026-12-01T05:00:00.000Z … –]` */
function textsOf({ levels }: Pick<Prices, 'levels'>): readonly string[] {
  return levels.map(({ level, price, currency, tiers, validFrom, validTo }) => {
    const more = tiers.map(({ from, price: tier }) => `${text8(from)}: ${text8(tier)}`).join(', ')
    const period =
      validFrom === null && validTo === null ? '' : ` [${isoTime(validFrom) ?? '–'} … ${isoTime(validTo) ?? '–'}]`
    return `${level} ${currency} ${price === null ? '–' : text8(price)}${more === '' ? '' : `; ${more}`}${period}`
  })
}

const read = async (key: string, filter: Record<string, string> = {}, settings: Record<string, string> = {}) => {
  const reader = company.reader('prices', 2, company.system(settings), filter)
  const { entities, unreadable } = await readAll(reader)
  expect(unreadable).toEqual([])
  const found = entities.find((entity) => entity.key === key)
  if (found === undefined) throw new Error(`${key} was not read`)
  return found.data
}
const special = (ItemCode: string, CardCode: string, more: object) =>
  company.send('PUT', '/specialPrices', { ItemCode, CardCode, ...more })

describe.each(['v1', 'v2'])('prices by the Service Layer %s', (version) => {
  it('have every active list by name, in each of its currencies, and the cost', async () => {
    const data = await read('A', {}, { version })
    expect(textsOf(data)).toEqual(['Base Price EUR 9.75', 'Base Price USD 10.5', 'Distributor Price USD 6.3'])
    expect(data.currency).toBe('USD')
    expect(data.cost === null ? null : text8(data.cost)).toBe('4.1')
    expect((await read('A', {}, { version, costProperty: 'none' })).cost).toBeNull()
    expect((await read('A', {}, { version, currency: 'CAD' })).currency).toBe('CAD')
    await company.send('PATCH', '/priceLists/2', { Active: 'tNO' })
    await company.send('PATCH', '/priceLists/1', { PriceListName: 'Retail Price' })
    expect(textsOf(await read('A', {}, { version }))).toEqual([
      'Retail Price (1) EUR 9.75',
      'Retail Price (1) USD 10.5',
    ])
  })

  it('have lists that can be listed, and customers, for those that are named in a configuration', async () => {
    const reads = [readOf('sap', 'prices', 10, { customers: 'C20000' })]
    const open = await company.clients.of(company.system({ version }))
    const levels = await open.priceLevels(reads, new AbortController().signal)
    expect(levels?.map(({ id, name }) => `${id} ${name}`)).toEqual(
      expect.arrayContaining(['1 Base Price', '2 Distributor Price', 'C20000 C20000']),
    )
  })

  it('have the special prices of a list, with periods of whole days in the zone of the server, and tiers', async () => {
    const quantities = [
      { Quantity: 50, SpecialPrice: 7, PriceCurrency: '$', UoMEntry: -1 },
      { Quantity: 10, SpecialPrice: 8, PriceCurrency: '$', UoMEntry: -1 },
      // In another unit: not the price of a piece.
      { Quantity: 2, SpecialPrice: 90, PriceCurrency: '$', UoMEntry: 5 },
    ]
    const areas = [
      { DateFrom: '2026-03-01', Dateto: '2026-03-08', SpecialPrice: 9, SpecialPriceQuantityAreas: quantities },
      { DateFrom: '2026-12-01', Dateto: null, SpecialPrice: 9.5, SpecialPriceQuantityAreas: [] },
    ]
    await special('A', '*1', { Price: 10.2, SpecialPriceDataAreas: areas })
    expect(textsOf(await read('A', {}, { version }))).toEqual([
      'Base Price EUR 9.75',
      'Base Price USD 10.2',
      // Summer time begins on the last day.
      'Base Price USD 9; 10: 8, 50: 7 [2026-03-01T05:00:00.000Z … 2026-03-09T04:00:00.000Z]',
      'Base Price USD 9.5 [2026-12-01T05:00:00.000Z … –]',
      'Distributor Price USD 6.3',
    ])
  })

  it('keep the price of one piece, and of smaller quantities, where a special price only has larger quantities', async () => {
    const areaOf = (prices: readonly (readonly [quantity: number, price: number])[]) => ({
      DateFrom: '2026-05-01',
      Dateto: null,
      SpecialPrice: 0,
      SpecialPriceQuantityAreas: prices.map(([Quantity, SpecialPrice]) => ({ Quantity, SpecialPrice, UoMEntry: -1 })),
    })
    // The validity of the list gives its own prices and both areas the same period.
    await company.send('PATCH', '/priceLists/1', { ValidFrom: '2026-05-15' })
    await special('A', '*1', { Price: 0, SpecialPriceDataAreas: [areaOf([[10, 8]])] })
    const period = '[2026-05-15T04:00:00.000Z … –]'
    const texts = async () => textsOf(await read('A', {}, { version })).filter((text) => text.includes('USD'))
    expect(await texts()).toEqual([`Base Price USD 10.5; 10: 8 ${period}`, 'Distributor Price USD 6.3'])
    const several = [
      [5, 9],
      [20, 8],
    ] as const
    await special('A', '*1', { Price: 0, SpecialPriceDataAreas: [areaOf(several), areaOf([[10, 8.5]])] })
    expect((await texts())[0]).toBe(`Base Price USD 10.5; 5: 9, 10: 8.5 ${period}`)
  })

  it('have the special prices of the customers of the filter alone, only within their validity and that of lists', async () => {
    const validity = { Valid: 'tYES', ValidFrom: '2026-05-01', ValidTo: '2026-05-31' }
    await special("B'1", 'C20000', { Price: 5, ...validity })
    await special("B'1", 'C23900', { Price: 4 })
    expect(textsOf(await read("B'1", {}, { version }))).toEqual([])
    expect(textsOf(await read("B'1", { customers: 'C20000' }, { version }))).toEqual([
      'C20000 USD 5 [2026-05-01T04:00:00.000Z … 2026-06-01T04:00:00.000Z]',
    ])
    await company.send('PATCH', '/priceLists/1', { ValidFrom: '2026-05-15' })
    await special("B'1", '*1', { Price: 6, ...validity })
    await special('C', '*1', { Price: 6, Valid: 'tYES', ValidFrom: '2026-01-01', ValidTo: '2026-05-14' })
    expect(textsOf(await read("B'1", {}, { version }))).toEqual([
      'Base Price USD 6 [2026-05-15T04:00:00.000Z … 2026-06-01T04:00:00.000Z]',
    ])
    expect(textsOf(await read('C', {}, { version }))).toEqual([])
  })
})

it('are of all items that are sold, each once, and can be listed for a sweep', async () => {
  await company.send('POST', '/items', { ItemCode: 'PART-ONLY', SalesItem: 'tNO' })
  const { entities } = await readAll(company.reader('prices', 2))
  expect(keysOf(entities)).toEqual(['A', "B'1", 'C'])
  const keys = await Array.fromAsync(company.reader('prices').keys?.(new AbortController().signal, false) ?? [])
  expect(keys.flat().map(({ key }) => key)).toEqual(['A', "B'1", 'C'])
})

it('that change without a change of the item are published by the next run, and nothing else is', async () => {
  const reader = company.reader('prices', 2) as AnySourceReader
  const runs = sourceRuns('prices', readOf('sap', 'prices', 2), wallClock, () => reader)
  const published = async () => {
    await runs.run()
    return (await runs.events()).map(({ key }) => key)
  }
  expect(await published()).toEqual(['A', "B'1", 'C'])
  expect(await published()).toHaveLength(3)
  const before = await company.state('Items')
  await company.send('PUT', '/items/A/prices/2', { Price: 6.5 })
  await special('C', '*2', { Price: 3 })
  const stamps = (items: typeof before) => items.map(({ UpdateDate, UpdateTime }) => `${UpdateDate} ${UpdateTime}`)
  expect(stamps(await company.state('Items'))).toEqual(stamps(before))
  expect((await published()).slice(3)).toEqual(['A', 'C'])
  await special('C', '*2', { Price: null })
  expect((await published()).slice(5)).toEqual(['C'])
})
