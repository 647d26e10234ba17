import { describe, expect, it } from 'vitest'
import type { PriceFeedPolicy } from '../../../src/configuration/model.ts'
import { text8 } from '../../../src/events/decimal.ts'
import type { UniversalPrices, UniversalPricesChanged } from '../../../src/events/generated/events.ts'
import { mapPrices } from '../../../src/processors/map-prices.ts'
import { connectionOf, contextOf, pricesChanged } from '../../data/processor-events.ts'

const event = pricesChanged('WLD-1', { 'Base Price': '12.5', Wholesale: '8', Partner: '7.25' }, '5.1')
const rowOf = async (prices?: PriceFeedPolicy): Promise<UniversalPrices | undefined> => {
  const connection = connectionOf('a', '^WLD', prices === undefined ? {} : { feeds: { prices } })
  const { outputs } = await mapPrices.process(event, contextOf(connection), undefined)
  return (outputs[0]?.event as UniversalPricesChanged | undefined)?.data
}
const textsOf = (row: UniversalPrices | undefined) =>
  row?.levels.map(({ level, price }) => `${level} ${price === null ? '–' : text8(price)}`)

describe('a row of the prices feed', () => {
  it('has all levels, and no cost, unless the connection says otherwise', async () => {
    const row = await rowOf()
    expect(textsOf(row)).toEqual(['Base Price 12.5', 'Wholesale 8', 'Partner 7.25'])
    expect(row?.cost).toBeNull()
    expect(row?.levels[0]).toEqual({ ...event.data.levels[0] })
  })

  it("has only the levels that the connection names: others are other sellers'", async () => {
    expect(textsOf(await rowOf({ levels: ['Wholesale', 'Unknown'] }))).toEqual(['Wholesale 8'])
  })

  it('has the cost if the connection may have it', async () => {
    const { cost = null } = (await rowOf({ cost: true })) ?? {}
    expect(cost === null ? null : text8(cost)).toBe('5.1')
    expect((await rowOf({ cost: false }))?.cost).toBeNull()
  })

  it('of a SKU of another vendor does not exist', async () => {
    const { outputs, decisions } = await mapPrices.process(event, contextOf(connectionOf('b', '^OTHER')), undefined)
    expect(outputs).toEqual([])
    expect(decisions).toMatchObject([{ status: 'ignored', code: 'not_owned' }])
  })
})
