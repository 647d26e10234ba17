import { describe, expect, it } from 'vitest'
import { rowsOfFile } from '../../../worlds/file-rows.ts'

const json = { format: 'json' } as const
const jsonl = { format: 'jsonl' } as const

describe('rows of JSON', () => {
  it('are the members of the list at a path, with nested fields by their paths', async () => {
    const text = '{"page":{"items":[{"Sku":"007","stock":{"free":5,"at":["E"]},"note":null,"sold":true}],"total":1}}'
    const [row] = await rowsOfFile(text, { ...json, rows: 'page.items' }, ['sku', 'stock.free', 'note'])
    expect(row?.place).toBe('row 1')
    expect([row?.cell('SKU'), row?.cell('stock.free'), row?.cell('note'), row?.cell('sold'), row?.cell('no')]).toEqual([
      '007',
      '5',
      '',
      'true',
      '',
    ])
    expect(row?.all()).toEqual({ Sku: '007', 'stock.free': '5', 'stock.at': '["E"]', note: '', sold: 'true' })
    expect(() => row?.cell('stock.at')).toThrow(
      'stock.json, row 1, column stock.at: it is a list, not one value; name another column',
    )
  })

  it('keep every digit of a number, and tell numbers from texts', async () => {
    const [row] = await rowsOfFile('[{"sku":12345678901234567890,"qty":1.234567890123456780,"text":"1.5"}]', json)
    expect(row?.cell('sku')).toBe('12345678901234567890')
    expect(row?.numberIn('qty')).toBe('1.234567890123456780')
    expect(row?.numberIn('text')).toBeNull()
  })

  it('that are no objects, or have too many values, are odd; the others are read', async () => {
    const many = `{"sku":"B","qty":[${'1,'.repeat(20_001)}1]}`
    const found = await rowsOfFile(`[{"sku":"A","qty":1},7,${many},{"sku":"C","qty":1}]`, json, ['sku'], 4096)
    expect(found.map(({ odd }) => odd)).toEqual([null, 'is not an object', 'has more than 20000 values', null])
  })

  it.each<[string, string, RegExp]>([
    ['an empty file', '', /was cut short or is damaged: it is not complete JSON/],
    ['a list that is not closed', '[{"sku":"A","qty":1}', /was cut short or is damaged: .*it ends too early/],
    ['half a row', '[{"sku":"A","qty":1},{"sku":"B', /was cut short or is damaged/],
    ['no list', '{"items":[]}', /it is not a list itself; set settings.inventory.rows to the path/],
    ['another field', '[{"sku":"A","amount":1}]', /no row has qty, but the first has "sku", "amount"; correct the col/],
    ['several documents', '{"sku":"A"}\n{"sku":"B"}\n', /for JSON Lines, set settings.inventory.format to jsonl/],
  ])('of %s are refused', async (_, text, message) => {
    await expect(rowsOfFile(text, json)).rejects.toMatchObject({
      code: 'source_data_invalid',
      message: expect.stringMatching(message),
    })
  })

  it('may lack an empty field, but not in all rows', async () => {
    const found = await rowsOfFile('[{"sku":"A"},{"sku":"B","qty":2}]', json)
    expect(found.map((row) => row.cell('qty'))).toEqual(['', '2'])
    expect(await rowsOfFile('[]', json)).toEqual([])
  })
})

describe('rows of JSON Lines', () => {
  it('have the number of their line; other lines are odd', async () => {
    const found = await rowsOfFile('\ufeff{"sku":"A","qty":1.50}\r\n\r\n{"sku":\n[1]\n{"sku":"B","qty":"2"}\n', jsonl)
    expect(found.map(({ number, odd }) => [number, odd])).toEqual([
      [1, null],
      [3, 'is not JSON'],
      [4, 'is not an object'],
      [5, null],
    ])
    expect(found[0]?.cell('qty')).toBe('1.50')
  })

  it.each<[string, string, RegExp]>([
    ['an empty file', '\n', /was cut short or is damaged: it is empty/],
    ['a last line without an end', '{"sku":"A","qty":1}', /does not end with a line break .*inventory.lastLineBreak/],
    ['another field', '{"sku":"A"}\n', /no row has qty/],
  ])('of %s are refused', async (_, text, message) => {
    await expect(rowsOfFile(text, jsonl)).rejects.toThrow(message)
  })

  it('may lack the last line break if the settings say so, but nothing else', async () => {
    const optional = { ...jsonl, lastLineBreak: 'optional' } as const
    expect(await rowsOfFile('{"sku":"A","qty":1}', optional)).toHaveLength(1)
    await expect(rowsOfFile('{"sku":"A","qty":1}\n{"sku":"B"', optional)).rejects.toThrow(
      /line 2, its last one, is not JSON/,
    )
  })
})
