import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonLines, pathOfField } from '../../../web/src/marked-field.ts'

const event = {
  key: '100',
  data: {
    shippingMethod: 'ups',
    lines: [
      { lineId: '17', sku: 'A-1' },
      { lineId: '3', sku: 'A-2' },
    ],
    fields: { custbody1: 'x' },
  },
}

it('finds the field that a failure names', () => {
  const cases = [
    ['data.lines[1].sku', ['data', 'lines', 1, 'sku']],
    ['lines[1].sku', ['data', 'lines', 1, 'sku']],
    ['lines.17', ['data', 'lines', 0]],
    ['lines.3.sku', ['data', 'lines', 1, 'sku']],
    ['shippingmethod', ['data', 'shippingMethod']],
    ['custbody1', ['data', 'fields', 'custbody1']],
    ['item.shippingMethod', ['data', 'shippingMethod']],
    // Two have it: which is not known.
    ['sku', null],
    ['lines[9].colour', null],
    ['', null],
    [null, null],
    ['__proto__', null],
  ] as const
  for (const [field, path] of cases) expect([field, pathOfField(event, field)]).toEqual([field, path])
})

it('writes JSON as everywhere, with the lines of one value marked', () => {
  const lines = jsonLines({ a: [1, { b: null }], c: {}, d: [] }, ['a', 1])
  expect(lines.map(({ text, isMarked }) => `${isMarked ? '>' : ' '}${text}`)).toEqual([
    ' {',
    '   "a": [',
    '     1,',
    '>    {',
    '>      "b": null',
    '>    }',
    '   ],',
    '   "c": {},',
    '   "d": []',
    ' }',
  ])
})

it('writes any JSON as JSON.stringify does', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = jsonLines(value, null)
        .map((line) => line.text)
        .join('\n')
      expect(text).toBe(JSON.stringify(value, null, 2))
    }),
  )
})
