// Prices of a NetSuite account as a feed of their own: every level, currency and quantity, and changes that no date shows.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { System } from '../../src/configuration/model.ts'
import { text8 } from '../../src/events/decimal.ts'
import type { Prices } from '../../src/events/generated/events.ts'
import { createSystemTests } from '../../src/operations/doctor/test-system.ts'
import { systemTypes } from '../../src/systems/systems.ts'
import { connectionWith } from '../data/configuration.ts'
import { localNetwork } from '../data/loopback.ts'
import { type NetSuiteAccount, startNetSuiteAccount } from '../worlds/netsuite-account.ts'
import { runsOf } from '../worlds/netsuite-world.ts'
import { governors, keysOf, listAll, readAll, readOf, wallClock } from '../worlds/sources.ts'
import { silentLogger } from '../worlds/stage-context.ts'

/** A price list as short text: `Base Price USD 10.5; 10: 9, 50: 8`. */
function textsOf({ levels }: Pick<Prices, 'levels'>): readonly string[] {
  return levels.map(({ level, price, currency, tiers }) => {
    const more = tiers.map(({ from, price: tier }) => `${text8(from)}: ${text8(tier)}`).join(', ')
    return `${level} ${currency} ${price === null ? '–' : text8(price)}${more === '' ? '' : `; ${more}`}`
  })
}

describe('prices', () => {
  let account: NetSuiteAccount
  beforeAll(async () => {
    account = await startNetSuiteAccount({ vendorPattern: /^NONE-/ })
    const prices = [
      { level: 1, currency: 'USD', quantity: 50, price: 8 },
      { level: 1, currency: 'USD', quantity: 10, price: 9.25 },
      { level: 2, currency: 'EUR', price: 5.75 },
    ]
    await account.control('POST', 'items', { itemid: 'PART', price: 10.5, wholesaleprice: 6.3, cost: 4.1, prices })
    await account.control('POST', 'items', { itemid: 'OTHER', price: 1, wholesaleprice: 0.6 })
    await account.control('POST', 'items', { itemid: 'WORK', itemtype: 'Service', price: 99 })
  })
  afterAll(async () => await account.close())

  const missing = async (...names: string[]) => await account.control('PUT', 'rules', { missing: names })
  const settings = (more: Record<string, string>): Partial<System> => ({
    settings: { ...account.system().settings, ...more },
  })
  const read = async (more: Partial<System> = {}, pageSize = 1) => {
    const { entities, unreadable } = await readAll(account.reader('prices', pageSize, more))
    expect(unreadable).toEqual([])
    return entities
  }
  const partOf = async (more: Partial<System> = {}) => {
    const part = (await read(more)).find(({ key }) => key === 'PART')
    if (part === undefined) throw new Error('PART was not read')
    return part
  }

  it('have every level in every currency, with the prices of larger quantities', async () => {
    const { data, occurredAt } = await partOf()
    expect(textsOf(data)).toEqual(['Base Price USD 10.5; 10: 9.25, 50: 8', 'Wholesale EUR 5.75', 'Wholesale USD 6.3'])
    expect(data).toMatchObject({ sku: 'PART', currency: 'USD' })
    expect(data.cost === null ? null : text8(data.cost)).toBe('4.1')
    expect(data.levels.every(({ validFrom, validTo }) => validFrom === null && validTo === null)).toBe(true)
    expect(occurredAt).toBeNull()
  })

  it('have levels that can be listed, for those that are named in a configuration', async () => {
    const levels = await (await account.clients.of(account.system())).priceLevels([], new AbortController().signal)
    expect(levels).toEqual([
      { id: '1', name: 'Base Price' },
      { id: '2', name: 'Wholesale' },
    ])
  })

  it('at a level that none has are found by a test of the connection', async () => {
    const resolveSecret = (_system: string, reference: string) => account.secrets[reference.slice(4)] ?? ''
    const deps = { clock: wallClock, logger: silentLogger, governors, network: localNetwork, systemTypes }
    const test = createSystemTests({ ...deps, resolveSecret, limitMs: 20_000 })
    const system = account.system({ reads: [readOf('netsuite', 'prices', 10)] })
    const feeds = { prices: { levels: ['Base Price', 'Wholsale'] } }
    const connection = connectionWith('c', { vendor: 'netsuite', reads: ['netsuite.prices.all'], feeds })
    const warnings = (await test(system, connection)).filter(({ name }) => name === 'price levels c')
    expect(warnings.map(({ level, what }) => `${level} ${what}`)).toEqual([
      'warn feeds.prices.levels: "Wholsale" is not known; did you mean Wholesale? known are: Base Price, Wholesale',
    ])
  })

  it('are of the items of the filter, each once, and all of them can be listed for a sweep', async () => {
    expect(keysOf(await read())).toEqual(['PART', 'OTHER'])
    expect(keysOf(await read({}, 1000))).toEqual(['PART', 'OTHER'])
    const keys = await Array.fromAsync(account.reader('prices', 1).keys?.(new AbortController().signal, false) ?? [])
    expect(keys.flat().map(({ key }) => key)).toEqual(['PART', 'OTHER'])
    expect(await listAll(account.reader('prices', 1))).toEqual([])
  })

  it('come without what the account lacks: costs by a setting, quantities and currencies by themselves', async () => {
    await missing('item.cost')
    await expect(read()).rejects.toMatchObject({
      code: 'configuration_invalid',
      field: 'item.cost',
      message: expect.stringContaining('settings.costColumn'),
    })
    expect((await partOf(settings({ costColumn: 'none' }))).data.cost).toBeNull()
    await missing('itemprice.quantity')
    expect(textsOf((await partOf()).data)).toEqual(['Base Price USD 10.5', 'Wholesale EUR 5.75', 'Wholesale USD 6.3'])
    await missing('currency')
    expect(textsOf((await partOf(settings({ currencies: 'USD=1,EUR=4' }))).data)).toContain('Wholesale EUR 5.75')
    await missing()
  })

  it('in a currency that the role cannot name are left out, with a warning', async () => {
    await missing('currency')
    const { data, warning } = await partOf(settings({ currencies: 'USD=1' }))
    expect(textsOf(data)).toEqual(['Base Price USD 10.5; 10: 9.25, 50: 8', 'Wholesale USD 6.3'])
    expect(warning).toMatchObject({ code: 'permission_missing', message: expect.stringMatching(/ids 4 .*currencies/) })
    await missing()
  })

  it('that a price level changes are published by the next run, and nothing else is', async () => {
    const runs = runsOf('prices', account.reader('prices', 1))
    const published = async () => {
      await runs.run()
      return (await runs.events()).map(({ key }) => key)
    }
    expect(await published()).toEqual(['PART', 'OTHER'])
    expect(await published()).toEqual(['PART', 'OTHER'])
    const before = (await account.items()).map((item) => item['lastModifiedDate'])
    await account.control('PUT', 'price-levels/Wholesale', { discountpct: -50 })
    expect((await account.items()).map((item) => item['lastModifiedDate'])).toEqual(before)
    expect(await published()).toEqual(['PART', 'OTHER', 'PART', 'OTHER'])
    expect(textsOf((await partOf()).data)).toContain('Wholesale USD 5.25; 10: 4.63, 50: 4')
  })
})
