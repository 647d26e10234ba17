import type { FileWords } from '../kit/file-errors.ts'
import { readOfficeXml } from './office-xml.ts'

/** How cells show their numbers. */
export interface CellForms {
  /** Whether days count from 1904 instead of 1900. */
  readonly isFrom1904: boolean
  /** Of the cells with a style. */
  formOf(style: number): CellForm
}

/** A number is a date, has at least so many digits (leading zeros are shown), or is plain. */
export interface CellForm {
  readonly isDate: boolean
  /** 0: no leading zeros are shown. */
  readonly digits: number
}

const PLAIN: CellForm = { isDate: false, digits: 0 }
const DATE: CellForm = { isDate: true, digits: 0 }

/** Formats of dates and times that a workbook need not declare (ECMA-376, 18.8.30), from and to. */
const DATE_IDS: readonly (readonly [number, number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
]

const LISTS: readonly string[] = ['numFmts', 'cellXfs']

/** Reads the formats of numbers; null: the workbook has none. */
export async function readCellForms(
  bytes: AsyncIterable<Buffer> | null,
  isFrom1904: boolean,
  words: FileWords,
): Promise<CellForms> {
  const codes = new Map<number, CellForm>()
  const styles: number[] = []
  /** The list that the reader is in: formats of tables and conditions have numbers of their own. */
  let within = ''
  if (bytes !== null) {
    const open = (name: string, attributes: Readonly<Record<string, string>>) => {
      if (name === 'numFmt' && within === 'numFmts')
        codes.set(Number(attributes['numFmtId']), formOfCode(attributes['formatCode'] ?? ''))
      if (LISTS.includes(name)) within = name
      if (name === 'xf' && within === 'cellXfs') styles.push(Number(attributes['numFmtId'] ?? 0))
    }
    const close = (name: string) => {
      if (name === within) within = ''
    }
    await readOfficeXml(bytes, { open, text: () => undefined, close }, words)
  }
  return {
    isFrom1904,
    formOf(style) {
      const id = styles[style] ?? 0
      return codes.get(id) ?? (DATE_IDS.some(([from, to]) => from <= id && id <= to) ? DATE : PLAIN)
    },
  }
}

const COLORS_AND_LOCALES = /\[(?:\$[^\]]*|black|blue|cyan|green|magenta|red|white|yellow|color ?\d+)\]/gi

/** The form of a format code: of its first section, without texts, colors and locales. */
export function formOfCode(code: string): CellForm {
  // With a text, a sign or a condition, people see another key than the digits.
  const digits = code.replaceAll(COLORS_AND_LOCALES, '').split(';')[0] ?? ''
  if (/^00+$/.test(digits)) return { isDate: false, digits: digits.length }
  const plain = code.replaceAll(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '').split(';')[0] ?? ''
  return /[dmyhs]/i.test(plain) && !/^general$/i.test(plain) ? DATE : PLAIN
}
