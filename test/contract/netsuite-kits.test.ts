import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { text8 } from '../../src/events/decimal.ts'
import { toUniversalInventory } from '../../src/processors/map-inventory.ts'
import type { ReadEntity } from '../../src/systems/kit/source.ts'
import { type NetSuiteAccount, startNetSuiteAccount } from '../worlds/netsuite-account.ts'
import { keysOf, listAll, readAll, WHOLE } from '../worlds/sources.ts'

let account: NetSuiteAccount
beforeAll(async () => {
  account = await startNetSuiteAccount()
})
afterAll(async () => await account.close())
beforeEach(async () => {
  await account.control('POST', 'reset')
  for (const itemid of ['A', 'B', 'C']) await account.control('POST', 'items', { itemid })
  await account.control('POST', 'items', { itemid: 'SERVICE', itemtype: 'Service' })
  await account.control('POST', 'items', {
    itemid: 'KIT',
    itemtype: 'Kit',
    members: [
      { itemid: 'A', quantity: 2 },
      { itemid: 'B', quantity: 1 },
      { itemid: 'SERVICE', quantity: 1 },
    ],
  })
})

const stock = (itemid: string, location: string, available: number, onHand = available) =>
  account.control('PUT', `items/${itemid}/locations/${encodeURIComponent(location)}`, {
    quantityonhand: onHand,
    quantityavailable: available,
  })
const levels = (entity: ReadEntity<'inventory'> | undefined) =>
  Object.fromEntries((entity?.data.locations ?? []).map(({ location, available }) => [location, text8(available)]))
const kit = async (window = WHOLE, name = 'KIT') =>
  (await readAll(account.reader('inventory', 50), window)).entities.findLast(({ key }) => key === name)

/** Only what changes from now on: the account's clock has whole seconds, so what was before is to be of an earlier one. */
async function fromNow(): Promise<{ from: number; to: number }> {
  const change = async (quantity: number) => Date.parse(String((await stock('C', 'Drop Ship', quantity))['changed']))
  const before = await change(1)
  let quantity = 1
  return await vi.waitFor(
    async () => {
      quantity += 1
      const from = await change(quantity)
      expect(from).toBeGreaterThan(before)
      return { from, to: WHOLE.to }
    },
    { timeout: 240_000, interval: 50 },
  )
}

describe('a kit', () => {
  it('is as available as its members are at a location, and sold by what is available', async () => {
    await stock('A', 'East Warehouse', 7, 40)
    await stock('B', 'East Warehouse', 9, 50)
    await stock('A', 'West Warehouse', 100)
    const found = await kit()
    expect(levels(found)).toEqual({ 'East Warehouse': '3', 'West Warehouse': '0' })
    expect(found?.data.locations.map(({ onHand }) => text8(onHand))).toEqual(['20', '0'])
    expect(JSON.parse(found?.data.attributes['members'] ?? '')).toEqual([
      { sku: 'A', quantity: '2' },
      { sku: 'B', quantity: '1' },
    ])
    if (found === undefined) throw new Error('no kit')
    const row = toUniversalInventory(found.data)
    expect([text8(row.total), row.inStock]).toEqual(['3', true])
  })

  it('comes again when a member’s stock changes, with a later time, and alone with that member', async () => {
    await stock('A', 'East Warehouse', 7)
    await stock('B', 'East Warehouse', 9)
    const before = await kit()
    const window = await fromNow()
    await stock('B', 'East Warehouse', 1)
    const { entities } = await readAll(account.reader('inventory', 1), window)
    const after = entities.findLast(({ key }) => key === 'KIT')
    expect(levels(after)).toEqual({ 'East Warehouse': '1' })
    expect(after?.occurredAt ?? 0).toBeGreaterThanOrEqual(before?.occurredAt ?? Number.POSITIVE_INFINITY)
    expect([...new Set(keysOf(entities))].toSorted()).toEqual(['B', 'C', 'KIT'])
  })

  it('is sold out when a member is, or owes', async () => {
    await stock('A', 'East Warehouse', 1)
    await stock('B', 'East Warehouse', -3, 0)
    expect(levels(await kit())).toEqual({ 'East Warehouse': '0' })
  })

  it('comes again when its members are others', async () => {
    await stock('A', 'East Warehouse', 8)
    await stock('B', 'East Warehouse', 9)
    const window = await fromNow()
    await account.control('PATCH', 'items/KIT', { members: [{ itemid: 'A', quantity: 4 }] })
    expect(levels(await kit(window))).toEqual({ 'East Warehouse': '2' })
    await account.control('PATCH', 'items/KIT', { members: [{ itemid: 'SERVICE', quantity: 4 }] })
    expect((await kit(window))?.data.locations).toEqual([])
  })

  it('within a kit counts by its members, what both need together', async () => {
    await account.control('POST', 'items', {
      itemid: 'SET',
      itemtype: 'Kit',
      members: [
        { itemid: 'KIT', quantity: 2 },
        { itemid: 'A', quantity: 1 },
      ],
    })
    await stock('A', 'East Warehouse', 10)
    await stock('B', 'East Warehouse', 9)
    const window = await fromNow()
    expect(levels(await kit(WHOLE, 'SET'))).toEqual({ 'East Warehouse': '2' })
    await stock('B', 'East Warehouse', 3)
    expect(levels(await kit(window, 'SET'))).toEqual({ 'East Warehouse': '1' })
  })

  it('that holds itself is unreadable, and others are read', async () => {
    await account.control('PATCH', 'items/KIT', { members: [{ itemid: 'KIT', quantity: 1 }] })
    const { entities, unreadable } = await readAll(account.reader('inventory', 50))
    expect(unreadable).toMatchObject([{ key: 'KIT', error: { code: 'source_data_invalid' } }])
    expect(entities.length).toBeGreaterThan(10)
  })

  it('is among what is listed, as it is among what is read', async () => {
    const reader = account.reader('inventory', 7)
    const { rows } = await readAll(reader)
    expect(await listAll(reader)).toEqual(rows)
    expect(rows.map(({ key }) => key)).toContain('KIT')
    const inTheMiddle = (await readAll(reader)).pages.at(-2)?.reached ?? null
    const rest = await readAll(reader, WHOLE, inTheMiddle)
    expect(rest.rows).toEqual(rows.slice(-rest.rows.length))
    expect(rest.rows.length).toBeLessThan(rows.length)
    const afterKits = (await readAll(reader)).pages.at(-1)?.reached ?? null
    expect(afterKits?.id).toMatch(/^kit \d+$/)
    expect((await readAll(reader, WHOLE, afterKits)).rows).toEqual([])
  })

  it('counts only the named locations', async () => {
    await stock('A', '1', 8)
    await stock('B', '1', 8)
    await stock('A', '2', 20)
    await stock('B', '2', 20)
    const { entities } = await readAll(account.reader('inventory', 50, {}, { locations: '2' }))
    expect(levels(entities.findLast(({ key }) => key === 'KIT'))).toEqual({ 'West Warehouse': '10' })
  })
})

describe('the members of kits', () => {
  const settings = (kitMembers: string) => ({
    settings: { account: account.system().settings['account'] ?? '', kitMembers },
  })

  it('may be in another table, and kits may be left out', async () => {
    await stock('A', 'East Warehouse', 8)
    await stock('B', 'East Warehouse', 8)
    const none = await readAll(account.reader('inventory', 50, settings('none')))
    expect(keysOf(none.entities)).not.toContain('KIT')
    const named = await readAll(account.reader('inventory', 50, settings('ItemMember, ParentItem, Item, Quantity')))
    expect(levels(named.entities.findLast(({ key }) => key === 'KIT'))).toEqual({ 'East Warehouse': '4' })
    expect(() => account.system(settings('itemmember'))).toThrow('settings.kitMembers must be a table and its columns')
  })

  it('that the account does not show stop the read, naming the setting, unless there are no kits', async () => {
    await account.control('PUT', 'rules', { missing: ['itemmember'] })
    await expect(readAll(account.reader('inventory', 50))).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining('settings.kitMembers'),
    })
    await account.control('DELETE', 'items/KIT')
    expect((await readAll(account.reader('inventory', 50))).unreadable).toEqual([])
  })
})

describe('a kit of services', () => {
  it('has what the setting says, and nothing without it', async () => {
    await account.control('POST', 'items', {
      itemid: 'VISIT',
      itemtype: 'Kit',
      members: [{ itemid: 'SERVICE', quantity: 2 }],
    })
    const given = async (more: object) => {
      const settings = { account: account.system().settings['account'] ?? '', ...more }
      const { entities } = await readAll(account.reader('inventory', 50, { settings }))
      return levels(entities.findLast(({ key }) => key === 'VISIT'))
    }
    expect(await given({})).toEqual({})
    expect(await given({ serviceKitStock: 1000 })).toEqual({ services: '1000' })
  })
})

describe('a location', () => {
  const available = async (more: object = {}) => {
    const settings = { account: account.system().settings['account'] ?? '', ...more }
    const { entities } = await readAll(account.reader('inventory', 50, { settings }))
    const of = (sku: string) => levels(entities.findLast(({ key }) => key === sku))
    return [of('A')['East Warehouse'], of('KIT')['East Warehouse']]
  }
  beforeEach(async () => {
    await stock('A', 'East Warehouse', 8)
    await stock('B', 'East Warehouse', 8)
  })

  it('that is inactive has nothing to sell, unless the settings count it', async () => {
    await account.control('PUT', 'locations/East%20Warehouse', { isinactive: 'T' })
    expect(await available()).toEqual(['0', '0'])
    expect(await available({ inactiveLocations: 'open' })).toEqual(['8', '4'])
  })

  it('that is not available in the web store has nothing to sell, unless the settings count all', async () => {
    await account.control('PUT', 'locations/East%20Warehouse', { makeinventoryavailablestore: 'F' })
    expect(await available()).toEqual(['0', '0'])
    expect(await available({ webStoreLocations: 'all' })).toEqual(['8', '4'])
  })

  it('counts where the account knows no web stores', async () => {
    await account.control('PUT', 'rules', { missing: ['location.makeinventoryavailablestore'] })
    expect(await available()).toEqual(['8', '4'])
  })
})

describe('an assembly', () => {
  it('has the stock that was built, whatever its members have', async () => {
    await account.control('POST', 'items', {
      itemid: 'BUILT',
      itemtype: 'Assembly',
      members: [{ itemid: 'A', quantity: 1 }],
    })
    await stock('A', 'East Warehouse', 100)
    await stock('BUILT', 'East Warehouse', 4)
    expect(levels(await kit(WHOLE, 'BUILT'))).toEqual({ 'East Warehouse': '4' })
  })
})
