import { describe, expect, it } from 'vitest'
import { decimal8, text8 } from '../../../../src/events/decimal.ts'
import { toInventory } from '../../../../src/systems/netsuite/inventory.ts'
import { kitInventory, needsOf } from '../../../../src/systems/netsuite/kits.ts'

const row = (member: string, quantity: string, itemtype = 'InvtPart') => ({
  member,
  quantity,
  itemtype,
  itemid: `S${member}`,
})
const levels = (available: string) =>
  toInventory('S1', [{ location: '1', locationname: 'East', quantityonhand: available, quantityavailable: available }])

describe('needs of a kit', () => {
  it('are added up where an item comes twice, and rounded up', () => {
    const members = new Map([
      ['9', [row('1', '0.00000003'), row('8', '0.5', 'Kit')]],
      ['8', [row('1', '0.00000001')]],
    ])
    expect(needsOf('9', members).map(({ item, quantity }) => [item, text8(quantity)])).toEqual([['1', '0.00000004']])
  })

  it('leave out what has no stock, and what is needed not at all', () => {
    const members = new Map([['9', [row('1', '2', 'NonInvtPart'), row('2', '0'), row('3', '1', 'Assembly')]]])
    expect(needsOf('9', members).map(({ item }) => item)).toEqual(['3'])
  })
})

it.each([
  ['7', '2', '3'],
  ['6', '2', '3'],
  ['1.99999999', '2', '0'],
  ['-4', '1', '0'],
  ['10', '0.3', '33'],
])('%s of a member that a kit needs %s of are enough for %s', (available, quantity, kits) => {
  const need = { item: '1', sku: 'S1', quantity: decimal8(quantity, 'quantity') }
  const { locations } = kitInventory('K', [need], new Map([['1', levels(available)]]))
  expect(locations.map((one) => text8(one.available))).toEqual([kits])
})
