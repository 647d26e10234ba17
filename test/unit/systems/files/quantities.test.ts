import { describe, expect, it } from 'vitest'
import { text8 } from '../../../../src/events/decimal.ts'
import {
  assertNoSpreadsheetNumber,
  type QuantityForm,
  quantityReader,
  wordsProblem,
} from '../../../../src/systems/files/quantities.ts'

const plain: QuantityForm = { decimal: '.', thousands: 'none', words: new Map() }
const words = new Map([
  ['In Stock', '5'],
  ['10+', '10'],
  ['N/A', '0'],
])
const PLACE = 'stock.csv, line 7, column Qty'

describe('a quantity', () => {
  it.each<[string, Partial<QuantityForm>, string]>([
    ['12', {}, '12'],
    [' 007 ', {}, '7'],
    ['-3', {}, '-3'],
    ['1.5', {}, '1.5'],
    ['1,5', { decimal: ',' }, '1.5'],
    ['1.234,5', { decimal: ',', thousands: '.' }, '1234.5'],
    ['1,234,567', { thousands: ',' }, '1234567'],
    ['1 234', { thousands: 'space' }, '1234'],
    ["1'234.5", { thousands: "'" }, '1234.5'],
    ['in stock ', { words }, '5'],
    ['10+', { words }, '10'],
    ['n/a', { words }, '0'],
  ])('%j is read as declared', (cell, form, expected) => {
    expect(text8(quantityReader({ ...plain, ...form })(cell, PLACE))).toBe(expected)
  })

  it.each<[string, Partial<QuantityForm>]>([
    ['In Stock', {}],
    ['10+', {}],
    ['1,234', {}],
    ['1.234', { decimal: ',' }],
    ['1,23', { thousands: ',' }],
    ['12,3456', { thousands: ',' }],
    ['1E+3', {}],
    ['1.2.3', {}],
    ['twelve', { words }],
    ['0x10', {}],
  ])('%j is not guessed', (cell, form) => {
    expect(() => quantityReader({ ...plain, ...form })(cell, PLACE)).toThrow(
      /^stock.csv, line 7, column Qty: ".*" is not a number as the file writes them; correct it at the vendor, or declare/,
    )
  })

  it('is named when it is empty', () => {
    expect(() => quantityReader(plain)('  ', PLACE)).toThrow(`${PLACE} is empty`)
  })

  it('of a word has to be a number', () => {
    expect(wordsProblem(words)).toBeNull()
    expect(wordsProblem(new Map([...words, ['in stock', '7']]))).toMatch(/must have each text once/)
    expect(wordsProblem(new Map([['many', 'lots']]))).toBe('must have a number for each text; many has lots')
  })
})

describe('a key that a spreadsheet has shortened', () => {
  it.each(['1.23E+11', '4E+12', '1,23e+11', ' 9.78013E+12 '])('%j is refused, with its place', (cell) => {
    expect(() => assertNoSpreadsheetNumber(cell, PLACE)).toThrow(/^stock.csv, line 7, column Qty: .* spreadsheet/)
  })

  it.each(['1E5', '12E+3', 'E+1', '0012', 'A1.2E+3'])('%j may be a SKU', (cell) => {
    expect(() => assertNoSpreadsheetNumber(cell, PLACE)).not.toThrow()
  })
})
