// Stock pushes need Magento_InventoryApi::stock_source_item_assign; documentation and simulator named another resource.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { routePermissions } from '../../simulators/magento2/route-permissions.ts'
import { permissions } from '../../src/systems/magento2/permissions.ts'
import { startTestShop, type TestShop } from '../worlds/magento2.ts'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ orders: 3 })
})
beforeEach(async () => await shop.reset())
afterAll(async () => await shop.close())

const ASSIGN = 'Magento_InventoryApi::stock_source_item_assign'
const resources = permissions.map(({ resource }) => resource)

describe('the table of routes and permissions', () => {
  it("is the simulator's", () => {
    for (const { resource, routes } of permissions) {
      for (const route of routes) expect([route, routePermissions[route]]).toEqual([route, resource])
    }
  })

  it('is that of the documentation', () => {
    const text = readFileSync(new URL('../../docs/systems/magento2.md', import.meta.url), 'utf8')
    const rows = text.split('\n').filter((line) => line.includes('(`Magento_'))
    const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()))
    expect(cells.map(([, first, second]) => [first, second])).toEqual(
      permissions.map(({ title, resource, use }) => [`${title} (\`${resource}\`)`, use]),
    )
  })
})

describe('doctor', () => {
  it.each(resources)('names %s where it is missing, and changes nothing', async (resource) => {
    const before = await shop.state()
    await shop.switch({ denied: [resource] })
    const { warnings } = await shop.client.check()
    expect(warnings).toEqual([expect.stringContaining(resource)])
    expect(await shop.state()).toEqual(before)
  })

  it('says nothing where all are there, and what is thrown where none is', async () => {
    expect((await shop.client.check()).warnings).toEqual([])
    await shop.switch({ denied: resources })
    await expect(shop.client.check()).rejects.toMatchObject({ code: 'permission_missing' })
  })
})

it('pushed stock needs the permission to assign source items, and says so', async () => {
  await shop.switch({ denied: [ASSIGN] })
  const item = { sku: 'WLD-K03', source_code: 'default', quantity: 1, status: 1 }
  const refused = { code: 'permission_missing', message: expect.stringContaining(ASSIGN) }
  await expect(shop.client.saveSourceItems([item])).rejects.toMatchObject(refused)
  const push = shop.client.bulkWriter('/inventory/source-items')(
    'x',
    { sourceItems: [item] },
    AbortSignal.timeout(9000),
  )
  await expect(push).rejects.toMatchObject(refused)
})
