import { describe, expect, it } from 'vitest'
import { rowsOfFile } from '../../../worlds/file-rows.ts'

const fields = new Map([
  ['SKU', { from: 0, length: 6 }],
  ['Qty', { from: 8, length: 4 }],
])
const fixed = { format: 'fixed', fields } as const
const optional = { ...fixed, lastLineBreak: 'optional' } as const

describe('rows of fixed width', () => {
  it('have the columns at their places, after the lines at the head', async () => {
    const text = 'stock of today\r\n007   xx   5 more\r\n\r\nÄ-12345\r\n\u{1f600}     xx  12\r\n\x1a\n'
    const found = await rowsOfFile(text, { ...fixed, headLines: 1 })
    expect(found.map((row) => [row.place, row.cell('sku'), row.cell('qty'), row.odd])).toEqual([
      ['line 2', '007', '5', null],
      ['line 4', 'Ä-1234', '', null],
      ['line 5', '\u{1f600}', '12', null],
    ])
    expect(found[0]?.all()).toEqual({ SKU: '007', Qty: '5' })
  })

  it.each(['007\t5\n008     6\n', '\f007    5\n008     6\n', '007     5\r008     6\r009     7\n008     6\n'])(
    'with control characters are odd, because their columns may be elsewhere: %j',
    async (text) => {
      const found = await rowsOfFile(text, fixed)
      const said = 'has a tab or another control character, so its columns may not be in their places'
      expect(found.map(({ odd }) => odd)).toEqual([said, null])
    },
  )

  it.each<[string, string, typeof fixed | typeof optional, RegExp]>([
    ['an empty file', '', fixed, /it is empty/],
    ['a last line without an end', '007     1234', fixed, /does not end with a line break/],
    ['no line breaks at all', '007     1234008     1234', optional, /its one line has 24 characters, more than 12/],
    [
      'a last line that is too short',
      '007     1234\n008     12',
      optional,
      /line 2, its last one, has 10 characters, not 12/,
    ],
  ])('of %s are refused', async (_, text, form, message) => {
    await expect(rowsOfFile(text, form)).rejects.toMatchObject({
      code: 'source_data_invalid',
      message: expect.stringMatching(message),
    })
  })

  it('may lack the last line break if the settings say so', async () => {
    expect((await rowsOfFile('007     1234', optional))[0]?.cell('qty')).toBe('1234')
  })
})
