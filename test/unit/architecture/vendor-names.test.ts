// A vendor that is known by name outside of its room is a place that has to change when one is added.

import { expect, test } from 'vitest'
import { systemTypes } from '../../../src/systems/systems.ts'
import { findVendorNames } from './layer-rules.ts'
import { file, sourceFiles } from './source-files.ts'

const types = [...systemTypes.values()]

test('no vendor is named outside of src/systems', () => {
  const files = sourceFiles('src')
  expect(files.length).toBeGreaterThan(200)
  expect(findVendorNames(files, types)).toEqual([])
})

test.each([
  ['a type', "if (system.type === 'sap-b1') return", 'sap-b1'],
  ['a client', 'createNetSuiteClient(settings)', 'NetSuite'],
  ['an identifier', 'const magento2 = 1', 'magento'],
  ['a text for people', "'signed by BigCommerce'", 'BigCommerce'],
  ['a topic', "description: 'vendor-orders.netsuite'", 'netsuite'],
  ['an abbreviation', 'const queue: SqsQueue = open()', 'Sqs'],
  ['code beside a comment', "run('image-feed') // reads it", 'image-feed'],
])('%s is found', (_, text, name) => {
  expect(findVendorNames([file('src/cli/planted.ts', text)], types)).toEqual([`src/cli/planted.ts names ${name}`])
})

test('comments may explain with an example, and a room is full of its own name', () => {
  const files = [
    file('src/control/a.ts', '/** Its id: `netsuite.orders.all`.\n * SQS has none. */\nconst a = 1 // as for Magento'),
    file('src/systems/netsuite/client.ts', "const name = 'netsuite'"),
    file('src/projections/images.ts', "import { imageFeed } from './image-feed.ts'"),
  ]
  expect(findVendorNames(files, types)).toEqual([])
})

test('a new type is looked for as well', () => {
  const odoo = { type: 'odoo', title: 'Odoo' }
  expect(findVendorNames([file('src/cli/planted.ts', 'openOdoo()')], [...types, odoo])).toHaveLength(1)
})
