// Product files: a product for each row, with the other columns as attributes.

import { expect, it } from 'vitest'
import { text8 } from '../../src/events/decimal.ts'
import { filesWorld } from '../worlds/files-world.ts'

const settings = {
  'products.columns.sku': 'Item',
  'products.columns.name': 'Title',
  'products.columns.barcode': 'EAN',
  'products.columns.manufacturer': 'Brand',
  'products.columns.parent': 'Model',
  'products.columns.weight': 'Weight',
  'products.weightUnit': 'kg',
  'products.decimal': ',',
  'products.mostOddPercent': 50,
}
const HEAD = 'Item;Title;EAN;Brand;Model;Weight;Color;Note\n'

it('has a product for each row, and other columns are attributes', async () => {
  const world = filesWorld('products', { settings: { ...settings, 'products.delimiter': ';' } })
  world.put(
    'p.csv',
    `${HEAD}0012;Jacket;0401234567890;Acme;M-1;1,25;red;\nA-2;;;;;;;x\nA-3;Cap;9.78E+12;;;;;\nA-4;Hat;;;;heavy;;\n`,
  )
  expect(await world.run()).toMatchObject({ state: 'ended', published: 2, unreadable: 2 })
  const [first, second] = (await world.events()).map(({ data }) => data)
  expect(first).toMatchObject({
    sku: '0012',
    name: 'Jacket',
    barcode: '0401234567890',
    manufacturer: 'Acme',
    parentSku: 'M-1',
    weightUnit: 'kg',
    price: null,
    attributes: { Color: '"red"' },
  })
  expect(first?.weight).not.toBeNull()
  expect(first?.weight === null || first === undefined ? '' : text8(first.weight)).toBe('1.25')
  expect(second).toMatchObject({ sku: 'A-2', name: null, weight: null, weightUnit: null, attributes: { Note: '"x"' } })
  expect((await world.deadLetters()).map(({ message }) => message)).toEqual([
    expect.stringContaining('p.csv, line 4, column EAN: 9.78E+12 is a number that a spreadsheet has shortened'),
    expect.stringContaining('p.csv, line 5, column Weight: "heavy" is not a number'),
  ])
})
