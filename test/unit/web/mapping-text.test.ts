import { expect, it } from 'vitest'
import { lineOfField, readMap, readRules, rulesText, textOfMap } from '../../../web/src/pages/mapping/mapping-text.ts'

const text = `attributes:
  - attribute: name
    from: name
  - attribute: price
    expression: $now()
`

it('reads what it wrote', () => {
  const attributes = [{ attribute: 'name', from: 'name' }]
  const document = { connection: 'c', attributes, destination: { attributes: ['name'] } }
  expect(readRules(rulesText(document))).toEqual({ rules: { attributes, destination: { attributes: ['name'] } } })
})

it('names the line of what is no YAML, and of what is no mapping', () => {
  expect(readRules('attributes:\n  - attribute: "name\n')).toMatchObject({ mistake: { line: 3 } })
  expect(readRules('attributes:\n  - a: 1\n   - b: 2\n')).toMatchObject({ mistake: { line: expect.any(Number) } })
  for (const other of ['', 'attributes: x', '- attribute: name', 'a: 1']) {
    expect(readRules(other)).toMatchObject({ mistake: { message: expect.stringContaining('attributes is missing') } })
  }
})

it('finds the line of the field that the API names', () => {
  expect(lineOfField(text, 'attributes[1].expression')).toBe(5)
  expect(lineOfField(text, 'attributes[1].type')).toBe(4)
  expect(lineOfField(text, 'destination')).toBeNull()
  expect(lineOfField(text, null)).toBeNull()
})

it('reads an order map that it wrote, and one that says nothing yet', () => {
  const map = { shipMethods: { flat: '7' }, fields: [{ attribute: 'memo', from: 'shippingMethod' }] }
  expect(readMap(textOfMap(map))).toEqual({ rules: map })
  expect(readMap(textOfMap(undefined))).toEqual({ rules: { shipMethods: {}, fields: [] } })
  expect(readMap('fields:\n  - attribute: "memo\n')).toMatchObject({ mistake: { line: 3 } })
  expect(readMap('- attribute: memo')).toMatchObject({ mistake: { line: null } })
})
