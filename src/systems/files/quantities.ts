import { StreamError } from '../../errors.ts'
import { type Decimal8, decimal8Below, isDecimal8 } from '../../events/decimal.ts'

export const decimalSigns = ['.', ','] as const
export const thousandsSigns = ['none', '.', ',', 'space', "'"] as const

/** How a file writes quantities. Whatever is not declared is refused, never guessed. */
export interface QuantityForm {
  readonly decimal: (typeof decimalSigns)[number]
  readonly thousands: (typeof thousandsSigns)[number]
  /** Texts that stand for a quantity: `In Stock` for 5. Case and blanks around them do not count. */
  readonly words: ReadonlyMap<string, string>
}

/** Problem of declared words; null: none. */
export function wordsProblem(words: ReadonlyMap<string, string>): string | null {
  const wrong = [...words].find(([, quantity]) => !isDecimal8(quantity))
  const plain = [...words.keys()].map(plainWord)
  const twice = plain.find((word, index) => plain.indexOf(word) < index)
  if (twice !== undefined) return `must have each text once; case does not count in ${twice}`
  return wrong === undefined ? null : `must have a number for each text; ${wrong[0]} has ${wrong[1]}`
}

/** Reads a cell. Throws `value_missing` or `decimal_invalid` with the place, such as `stock.csv, line 7, column Qty`. */
export interface QuantityReader {
  (cell: string, place: string): Decimal8
  /** The quantity that a declared text stands for; undefined: it is none. */
  declared(text: string): string | undefined
}

/** A reader of quantities in this form; made once for all cells of a file. Pure. */
export function quantityReader({ decimal, thousands, words }: QuantityForm): QuantityReader {
  const quantities = new Map([...words].map(([word, quantity]) => [plainWord(word), quantity]))
  const fraction = decimal === '.' ? '(?:\\.\\d+)?' : '(?:,\\d+)?'
  const sign = SIGNS[thousands]
  const plain = new RegExp(`^-?\\d+${fraction}$`)
  const grouped =
    sign === null
      ? null
      : { whole: new RegExp(`^-?\\d{1,3}(?:${sign}\\d{3})+${fraction}$`), sign: new RegExp(sign, 'g') }
  /** Null: not a number in this form. */
  const digitsOf = (text: string): string | null => {
    if (plain.test(text)) return decimal === '.' ? text : text.replace(',', '.')
    return grouped?.whole.test(text) === true ? text.replaceAll(grouped.sign, '').replace(',', '.') : null
  }
  const declared = (text: string) => (quantities.size === 0 ? undefined : quantities.get(plainWord(text)))
  const read = (cell: string, place: string): Decimal8 => {
    const text = cell.trim()
    if (text === '') throw new StreamError('value_missing', `${place} is empty; fill it in at the vendor`)
    const quantity = declared(text) ?? digitsOf(text)
    if (quantity !== null) return decimal8Below(quantity, place)
    const shown = JSON.stringify(text.slice(0, 40))
    const message =
      `${place}: ${shown} is not a number as the file writes them; correct it at the vendor, or declare the signs of ` +
      'numbers in the settings decimal and thousands and, for stock, texts in quantities'
    throw new StreamError('decimal_invalid', message)
  }
  return Object.assign(read, { declared })
}

const plainWord = (word: string): string => word.trim().toLowerCase()

const SIGNS: Readonly<Record<(typeof thousandsSigns)[number], string | null>> = {
  none: null,
  '.': '\\.',
  ',': ',',
  space: '[ \u00a0\u202f]',
  "'": "['’]",
}

/** What a spreadsheet makes of a long number: its last digits are lost. */
const SCIENTIFIC = /^\d(?:[.,]\d+)?E\+\d{1,3}$/i

/** Throws `source_data_invalid` for a key that a spreadsheet has damaged. Leading zeros are kept, also by the reader. */
export function assertNoSpreadsheetNumber(cell: string, place: string): void {
  if (!cell.includes('+') || !SCIENTIFIC.test(cell.trim())) return
  const message =
    `${place}: ${cell.trim()} is a number that a spreadsheet has shortened, its last digits are lost; ` +
    'format the column as text there and export the file again'
  throw new StreamError('source_data_invalid', message)
}
