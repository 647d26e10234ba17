// Requests that simulators took and real accounts refuse: `params` of queries, and what a role may not see.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { permissions } from '../../src/systems/netsuite/permissions.ts'
import { type NetSuiteAccount, startNetSuiteAccount } from '../worlds/netsuite-account.ts'
import { keysOf, readAll } from '../worlds/sources.ts'

let account: NetSuiteAccount
beforeAll(async () => {
  account = await startNetSuiteAccount()
})
afterAll(async () => await account.close())
beforeEach(async () => void (await account.control('POST', 'reset')))

describe('an account that takes no params', () => {
  it.each(['products', 'inventory'] as const)('gives the same %s, its queries with literals', async (entity) => {
    const keys = async () => keysOf((await readAll(account.reader(entity))).entities)
    const usual = await keys()
    await account.control('PUT', 'rules', { takesParams: false })
    expect(await keys()).toEqual(usual)
    expect(usual.length).toBeGreaterThan(10)
  })

  it('finds items of any SKU', async () => {
    const skus = ["O'Neill 7?", "'; --", 'back\\slash']
    for (const itemid of skus) await account.control('POST', 'items', { itemid })
    await account.control('PUT', 'rules', { takesParams: false })
    expect([...(await (await account.client()).findItems(skus)).keys()].toSorted()).toEqual(skus.toSorted())
  })
})

describe('permissions of the role', () => {
  const warnings = async () => (await (await account.client()).check()).warnings

  it('are no matter where it has them', async () => {
    expect(await warnings()).toEqual([])
  })

  it.each([
    [{ missing: ['aggregateItemLocation'] }, 'Locations (View), needed for inventory'],
    [{ missing: ['location'] }, 'does not see location: give it the permission Locations (View)'],
    [{ missing: ['currency'] }, 'Currency (View)'],
    [{ missing: ['transaction'] }, 'Find Transaction (View)'],
    [{ forbidden: ['salesOrder'] }, 'Sales Order (Full)'],
    [{ forbidden: ['itemFulfillment'] }, 'Item Fulfillment (View)'],
  ])('that it lacks are named: %j', async (rules, named) => {
    await account.control('PUT', 'rules', rules)
    expect(await warnings()).toEqual([expect.stringContaining(named)])
  })

  it('without which nothing is answered are named, too', async () => {
    await account.control('PUT', 'rules', { missing: ['item'] })
    await expect(warnings()).rejects.toMatchObject({
      code: 'permission_missing',
      message: expect.stringContaining('Items (View)'),
    })
  })

  it('are those of the documentation', () => {
    const text = readFileSync(new URL('../../docs/systems/netsuite.md', import.meta.url), 'utf8')
    const rows = text.split('\n').filter((line) => /^ {3}\| \S/.test(line))
    for (const { name, level } of permissions) {
      expect(rows.some((row) => row.includes(name) && row.split('|')[2]?.trim() === level)).toBe(true)
    }
  })
})
