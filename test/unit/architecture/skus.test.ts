import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** What the system calls so itself is asked for, written and told as the system has it, or handed on to the rule. */
const AS_GIVEN = [
  'src/systems/magento2/known-products.ts',
  'src/systems/magento2/shipment-stock.ts',
  'src/systems/magento2/ship-body.ts',
  'src/systems/netsuite/read-fulfilments.ts',
  'src/systems/sap-b1/read-items.ts',
]

it('SKUs are read by one rule, in one place', () => {
  const root = new URL('../../../', import.meta.url)
  const others = globSync('src/systems/*/*.ts', { cwd: root }).filter((file) => {
    const text = readFileSync(new URL(file, root), 'utf8')
    return /(textOf|requireText)\([^)]*'(sku|itemid|ItemCode)'/.test(text)
  })
  expect(others.toSorted()).toEqual(AS_GIVEN.toSorted())
})
