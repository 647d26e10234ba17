import { expect, it } from 'vitest'
import { fieldRows } from '../../../scripts/document-fields.ts'

it('lists every field of a document, the parts of lists and of named values too', () => {
  const schema = {
    required: ['kind'],
    properties: {
      kind: { const: 'read' },
      limits: {
        type: 'object',
        description: 'limits',
        properties: { most: { type: 'integer', minimum: 1, maximum: 9 } },
      },
      reads: { type: 'array', items: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } } },
      costs: {
        anyOf: [
          {
            type: 'object',
            patternProperties: { '.*': { type: 'object', properties: { price: { type: 'number' } } } },
          },
          { type: 'string' },
        ],
      },
      policy: { enum: ['keep', 'zero'], description: 'what happens' },
      zone: { type: 'string', $comment: 'a time zone' },
    },
  }
  expect(fieldRows(schema)).toEqual([
    ['`kind`', 'yes', '`read`', ''],
    ['`limits`', '', 'fields', 'limits'],
    ['`limits.most`', '', 'a whole number from 1 to 9', ''],
    ['`reads`', '', 'a list: fields', ''],
    ['`reads[].id`', 'yes', 'a text', ''],
    ['`costs`', '', 'names with values, or a text', ''],
    ['`costs.<name>.price`', '', 'a number', ''],
    ['`policy`', '', '`keep`, `zero`', 'what happens'],
    ['`zone`', '', 'a time zone', ''],
  ])
})
