import { describe, expect, it } from 'vitest'
import { formOfCode } from '../../../../src/systems/files/cell-forms.ts'
import { shownDate, shownNumber } from '../../../../src/systems/files/cell-values.ts'
import { rowsOfFile } from '../../../worlds/file-rows.ts'
import { type StoredCell, type WorkbookOptions, workbookFile, zipOf } from '../../../worlds/workbook-file.ts'

const HEAD = ['Qty ', 'SKU', 'Note']
const xlsx = { format: 'xlsx' } as const

const rowsOf = async (
  rows: readonly (readonly StoredCell[])[],
  options: WorkbookOptions = {},
  sheet: string | null = null,
) => await rowsOfFile(await workbookFile(rows, options), { ...xlsx, sheet }, ['sku', 'qty'], 4096)

const styled = (style: number, value: string | number): StoredCell => ({
  attributes: `s="${style}"`,
  content: `<v>${value}</v>`,
})

/** With another byte in the content of a file in the archive. */
function damaged(file: Buffer, name: string): Buffer {
  const at = file.indexOf(name) + name.length + 20
  return Buffer.concat([file.subarray(0, at), Buffer.from([(file[at] ?? 0) ^ 0xff]), file.subarray(at + 1)])
}

describe('rows of a workbook', () => {
  it.each([true, false])(
    'have columns by the names in the first row that has a cell (shared texts: %s)',
    async (shared) => {
      const found = await rowsOf([[], HEAD, [5, '007', null], [], [null, 'B & <"C">_x0041_', 'x']], { shared })
      expect(found.map((row) => [row.number, row.place, row.all(), row.odd])).toEqual([
        [3, 'row 3', { Qty: '5', SKU: '007', Note: '' }, null],
        [5, 'row 5', { Qty: '', SKU: 'B & <"C">_x0041_', Note: 'x' }, null],
      ])
      expect(found[0]?.cell('sku')).toBe('007')
      expect(found[0]?.numberIn('qty')).toBe('5')
      expect(found[0]?.numberIn('sku')).toBeNull()
    },
  )

  it('have dates as days, and numbers with their leading zeros if their format shows them', async () => {
    const formats = ['dd.mm.yyyy', '00000', '[$-409]d-mmm-yy h:mm', '#,##0.00 "m"']
    const cells = [styled(1, 45_000), styled(2, 42), styled(3, 45_000.5), styled(4, 1234.5)]
    const [row] = await rowsOf([['qty', 'sku', 'at', 'length'], cells], { formats })
    expect(row?.all()).toEqual({ qty: '2023-03-15', sku: '00042', at: '2023-03-15T12:00:00', length: '1234.5' })
    expect([row?.dayIn('qty'), row?.dayIn('at'), row?.dayIn('length')]).toEqual(['2023-03-15', null, null])
    expect([row?.keyProblem('sku'), row?.keyProblem('qty')]).toEqual([
      null,
      expect.stringContaining('cell A2 is a date'),
    ])
  })

  it('have the stored results of formulas; errors and formulas without one are refused where they are needed', async () => {
    const [row] = await rowsOf([
      ['sku', 'qty', 'note', 'more'],
      [
        { attributes: 't="str"', content: '<f>A1</f><v>A-1</v>' },
        { attributes: '', content: '<f>1+1</f><v>2</v>' },
        { attributes: 't="e"', content: '<f>1/0</f><v>#DIV/0!</v>' },
        { attributes: '', content: '<f>NOW()</f>' },
      ],
    ])
    expect([row?.cell('sku'), row?.cell('qty')]).toEqual(['A-1', '2'])
    expect(() => row?.cell('note')).toThrow(/stock.xlsx, row 2, column note \(cell C2\): it has the error #DIV\/0!/)
    expect(() => row?.cell('more')).toThrow(/\(cell D2\): it has "a formula without a result"; .*save the file/)
    expect(row?.broken).toBe('cell C2 has the error #DIV/0!')
  })

  it('refuse numbers as keys: leading zeros or last digits may be lost', async () => {
    const [row] = await rowsOf([
      ['sku', 'qty'],
      [{ attributes: '', content: '<v>1.2345678901234568E+17</v>' }, 5],
    ])
    expect(row?.keyProblem('sku')).toMatch(/cell A2 is a number \(123456789012346000\) whose last digits/)
    expect(row?.keyProblem('qty')).toMatch(/may have lost leading zeros; .*settings.inventory.numericKeys to accepted/)
  })

  it('have an empty cell where a formula gives an empty text', async () => {
    const [row] = await rowsOf([
      ['sku', 'qty'],
      ['A', { attributes: 't="str"', content: '<f>IF(B1="","",B1)</f><v></v>' }],
    ])
    expect([row?.cell('qty'), row?.broken]).toEqual(['', null])
  })

  it('keep their formats, whatever tables and conditions have', async () => {
    const [row] = await rowsOf(
      [
        ['sku', 'qty'],
        ['A', styled(1, 46_356)],
      ],
      {
        formats: ['yyyy-mm-dd'],
        differential: [{ id: 164, code: '0.00%' }],
      },
    )
    expect(row?.dayIn('qty')).toBe('2026-11-30')
  })

  it('of more characters than a row may have are refused', async () => {
    const long = { attributes: 't="inlineStr"', content: `<is><t>${'x'.repeat(600_000)}</t></is>` }
    const rows = rowsOf([
      ['sku', 'qty', 'note', 'more'],
      ['A', 1, long, long],
    ])
    await expect(rows).rejects.toMatchObject({
      code: 'source_data_invalid',
      message: expect.stringContaining('row 2 of its sheet has more than'),
    })
  })

  it('are those of the named sheet, or of the only visible one', async () => {
    const sheets = {
      Prices: [
        ['sku', 'qty'],
        ['A', 1],
      ],
      Stock: [
        ['sku', 'qty'],
        ['B', 2],
      ],
    }
    expect((await rowsOf([], { sheets }, 'Stock'))[0]?.cell('sku')).toBe('B')
    expect((await rowsOf([], { sheets, hidden: ['Stock'] }))[0]?.cell('sku')).toBe('A')
    await expect(rowsOf([], { sheets })).rejects.toThrow(
      /it has 2 visible sheets; set settings.inventory.sheet to one of "Prices", "Stock"/,
    )
    await expect(rowsOf([], { sheets }, 'stock')).rejects.toThrow(/it has no sheet "stock"; set/)
  })

  it.each<[string, readonly (readonly StoredCell[])[], WorkbookOptions, RegExp]>([
    ['an empty sheet', [], {}, /its sheet is empty/],
    ['another column', [['sku', 'amount']], {}, /row 1 has no column qty, but "sku", "amount"; .*or the sheet/],
    ['a column twice', [['sku', 'qty', 'Sku']], {}, /row 1 has two columns Sku/],
    ['a sheet without an end', [], { sheetXml: '<worksheet><sheetData><row>' }, /its XML is not complete/],
    ['a document type', [], { sheetXml: '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>' }, /document type/],
    ['rows out of order', [], { sheetXml: '<w><row r="2"/><row r="1"/></w>' }, /row 1 of its sheet is not after row 2/],
    [
      'a text without an end',
      [],
      { sheetXml: `<w><row><c><v>${' '.repeat(1_100_000)}` },
      /more than 1048576 characters/,
    ],
  ])('of %s are refused', async (_, rows, options, message) => {
    await expect(rowsOf(rows, options)).rejects.toMatchObject({
      code: 'source_data_invalid',
      message: expect.stringMatching(message),
    })
  })

  it.each<[string, (file: Buffer) => Buffer | Promise<Buffer>, RegExp]>([
    ['cut short', (file) => file.subarray(0, -1), /its ZIP archive is not whole/],
    ['damaged', (file) => damaged(file, 'xl/worksheets/sheet1.xml'), /damaged/],
    ['a text', () => Buffer.from('sku,qty\nA,1\n'), /its ZIP archive is not whole/],
    ['an archive without a file', async () => await zipOf({}), /its ZIP archive has 0 files, not one/],
    ['another archive', async () => await zipOf({ '[Content_Types].xml': '' }), /a ZIP file, but no Excel workbook/],
  ])('of a file that is %s are refused', async (_, change, message) => {
    const file = await workbookFile([HEAD, [1, 'A', null]])
    await expect(rowsOfFile(await change(file), xlsx)).rejects.toThrow(message)
  })
})

describe('numbers and dates of cells', () => {
  it.each([
    ['19.989999999999998', '19.99'],
    ['5.9999999999999998E-2', '0.06'],
    ['1E+3', '1000'],
    ['-0.5', '-0.5'],
    ['0', '0'],
    ['123456789012345', '123456789012345'],
    ['1.5E-10', '0.00000000015'],
    ['twelve', null],
  ])('%s is shown as %s', (stored, shown) => expect(shownNumber(stored)).toBe(shown))

  it.each<[string, boolean, string | null]>([
    ['1', false, '1900-01-01'],
    ['59', false, '1900-02-28'],
    ['60', false, null],
    ['61', false, '1900-03-01'],
    ['0', true, '1904-01-01'],
    ['46356.000011574', false, '2026-11-30T00:00:01'],
    ['-1', false, null],
  ])('day %s (from 1904: %s) is %s', (stored, isFrom1904, shown) => expect(shownDate(stored, isFrom1904)).toBe(shown))

  it('have the form of their code', () => {
    expect(['General', '0.00E+00', '#,##0.00', '"d"0', '[Red]0', '@'].map((code) => formOfCode(code).isDate)).toEqual(
      Array(6).fill(false),
    )
    expect(['0', '00000', '#,##000', '[Red]000', '[$-407]000;-000'].map((code) => formOfCode(code).digits)).toEqual([
      0, 5, 0, 3, 3,
    ])
    // People see SKU-00042 and 123-456: the digits alone are another key.
    expect(['"SKU-"00000', '000\\-000', '[<=999]000;0000'].map((code) => formOfCode(code).digits)).toEqual([0, 0, 0])
    expect(['yyyy-mm-dd', '[h]:mm', 'd/m/yy;@'].map((code) => formOfCode(code).isDate)).toEqual([true, true, true])
  })
})
