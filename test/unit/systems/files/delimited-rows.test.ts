import { describe, expect, it } from 'vitest'
import { type DelimitedForm, delimitedRows } from '../../../../src/systems/files/delimited-rows.ts'

const usual: DelimitedForm = { delimiter: ',', quote: '"', endsWithLineBreak: true }
const words = { what: 'the file s.csv', encodingSetting: 'inventory.encoding', otherKind: '' }

/** The text comes in pieces of this size. */
async function rows(text: string, form: Partial<DelimitedForm> = {}, size = 3) {
  const pieces = async function* () {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
  }
  return (await Array.fromAsync(delimitedRows(pieces(), { ...usual, ...form }, ['sku', 'qty'], words))).flat()
}

describe('rows of delimited text', () => {
  it('have columns in any order and case, with their lines and leading zeros', async () => {
    const found = await rows('\ufeffQTY, Sku \r\n5,007\r\n\r\n"6","a ""b"", c"\r\n')
    expect(found.map((row) => [row.number, row.cell('sku'), row.cell('Qty'), row.odd])).toEqual([
      [2, '007', '5', null],
      [4, 'a "b", c', '6', null],
    ])
    expect(found[0]?.all()).toEqual({ QTY: '5', Sku: '007' })
  })

  it('have cells in columns of any name', async () => {
    const [row] = await rows('sku,qty,__proto__,constructor\nA,1,x,y\n')
    expect(Object.entries(row?.all() ?? {})).toEqual([
      ['sku', 'A'],
      ['qty', '1'],
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
  })

  it('may be separated by tabs, without quotes', async () => {
    const [row] = await rows('sku\tqty\n5" pipe\t1\n', { delimiter: '\t', quote: null })
    expect(row?.cell('sku')).toBe('5" pipe')
  })

  it.each(["'", '"', '|'])('may have a doubled quote in a cell, whichever quote it is: %s', async (quote) => {
    const [row] = await rows(`sku,qty\n${quote}5${quote}${quote} pipe, x${quote},1\n`, { quote })
    expect(row?.cell('sku')).toBe(`5${quote} pipe, x`)
  })

  it('with another number of cells are odd; empty cells at the end do not count', async () => {
    const found = await rows('sku,qty\nA\nB,1,\nC,1,2\nD,1\n')
    expect(found.map(({ odd }) => odd)).toEqual([
      'has 1 cells, but line 1 has 2',
      null,
      'has 3 cells, but line 1 has 2',
      null,
    ])
  })

  it.each([
    ['', /was cut short or is damaged: it is empty/],
    ['sku,qty\nA,1', /does not end with a line break/],
    ['sku,qty\nA,"1\n', /a quote is not closed/],
    ['sku,qty\n5" pipe,1\n', /line 2 has a quote within a cell; double it/],
    ['sku,amount\nA,1\n', /line 1 has no column qty, but "sku", "amount"; correct the columns/],
    ['sku;qty\nA;1\n', /line 1 has no column sku, but "sku;qty"/],
    ['sku,qty,SKU\nA,1,B\n', /line 1 has two columns SKU/],
  ])('of %j are refused', async (text, message) => {
    await expect(rows(text)).rejects.toMatchObject({
      code: 'source_data_invalid',
      message: expect.stringMatching(message),
    })
  })

  it('may lack the last line break if the settings say so, but no cell', async () => {
    const optional = { endsWithLineBreak: false }
    expect(await rows('sku,qty\nA,1', optional)).toHaveLength(1)
    await expect(rows('sku,qty\nA,1\nB', optional)).rejects.toThrow(/line 3, its last one, has 1 cells/)
  })

  it('end with the error of their source', async () => {
    const broken = async function* () {
      yield 'sku,qty\nA,1\n'
      throw new Error('the line is dead')
    }
    await expect(Array.fromAsync(delimitedRows(broken(), usual, ['sku'], words))).rejects.toThrow('the line is dead')
  })
})
