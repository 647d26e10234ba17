import { describe, expect, it } from 'vitest'
import type { AttributeRule } from '../../../src/configuration/model.ts'
import { mapAttributes } from '../../../src/rules/mapping.ts'
import { ruleWith } from '../../data/configuration.ts'

const rule = (more: Partial<AttributeRule>) => ruleWith('a', more)
const input = {
  name: 'Jacket',
  price: '189.5',
  active: true,
  barcode: null,
  empty: '',
  method: 'toString',
  priceLevels: [{ level: 'Base', price: '12' }],
  attributes: {
    color: '"Moss"',
    size: '10.50',
    big: '12345678901234567890.12',
    nested: '{"deep":{"x":7}}',
    none: 'null',
  },
}
const map = async (more: Partial<AttributeRule>) => (await mapAttributes([rule(more)], input))['a']

describe('a rule', () => {
  it.each([
    ['a path', { from: 'name' }, 'Jacket'],
    ['an attribute, which is JSON text', { from: 'attributes.color' }, 'Moss'],
    ['a number among the attributes, with all its digits', { from: 'attributes.big' }, '12345678901234567890.12'],
    ['a path within an attribute', { from: 'attributes.nested.deep.x', type: 'integer' }, 7],
    ['a path into a list', { from: 'priceLevels.0.price', type: 'decimal' }, '12'],
    ['a constant', { constant: '4', type: 'integer' }, 4],
    ['a default for null', { from: 'barcode', default: 'none' }, 'none'],
    ['a default for empty text', { from: 'empty', default: 'none' }, 'none'],
    ['a default for null in JSON', { from: 'attributes.none', default: 'none' }, 'none'],
    ['a decimal as its shortest text', { from: 'attributes.size', type: 'decimal' }, '10.5'],
    ['a look-up', { from: 'active', type: 'integer', lookup: { true: '1', false: '2' } }, 1],
    ['a boolean', { from: 'active', type: 'boolean' }, true],
    ['a boolean by letter', { constant: 'F', type: 'boolean' }, false],
    ['an integer with zeros behind the point', { constant: '5.00', type: 'integer' }, 5],
  ] as const)('gives %s', async (_what, more, expected) => {
    expect(await map(more)).toBe(expected)
  })

  it('leaves out an optional attribute that is not set', async () => {
    const rules = [rule({ from: 'barcode' }), rule({ attribute: 'b', from: 'nowhere.at.all' })]
    expect(await mapAttributes(rules, input)).toEqual({})
  })

  it.each([
    [
      'a required attribute without a value',
      { from: 'barcode', required: true },
      /attribute a \(from barcode\) is required/,
    ],
    ['text for a decimal', { from: 'name', type: 'decimal' }, /attribute a \(from name\) is not a decimal: "Jacket"/],
    [
      'a fraction for an integer',
      { from: 'price', type: 'integer' },
      /attribute a \(from price\) is not a whole number/,
    ],
    ['text for a boolean', { from: 'name', type: 'boolean' }, /neither true nor false/],
    [
      'a value the look-up does not know',
      { from: 'name', lookup: { x: 'y' } },
      /look-up does not know; add it to lookup: "Jacket"/,
    ],
    ['a look-up of a name every object has', { from: 'method', lookup: {} }, /"toString"/],
  ] as const)('refuses %s', async (_what, more, message) => {
    await expect(map(more)).rejects.toThrow(
      expect.objectContaining({ code: 'mapping_failed', message: expect.stringMatching(message) }),
    )
  })
})
