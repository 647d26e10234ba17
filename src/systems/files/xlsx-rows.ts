import { StreamError } from '../../errors.ts'
import { fileCutShortError, fileError } from '../kit/file-errors.ts'
import { hasLostDigits } from './cell-values.ts'
import { columnPlaces } from './column-places.ts'
import { type FileRow, plainName } from './file-row.ts'
import type { RowSource, RowWords } from './row-source.ts'
import { type SheetCell, type SheetRow, sheetRows } from './sheet-rows.ts'
import { wordsOf } from './text-source.ts'
import { openWorkbook } from './workbook.ts'
import { fromArchive } from './zip-archive.ts'

/** Largest sheet, unpacked. */
const MOST_SHEET_BYTES = 4 * 1024 ** 3

export interface SheetForm {
  /** Null: the only visible sheet. */
  readonly sheet: string | null
  /** Whether numbers are keys, although a number has no leading zeros. */
  readonly areNumbersKeys: boolean
  readonly settingsOf: string
}

/** Rows of an Excel workbook (.xlsx); the first row that has a cell names the columns. */
export function xlsxRows(form: SheetForm): RowSource {
  return (content, name, needed) => {
    const words = wordsOf(name, form.settingsOf)
    return fromArchive(content.path, words, async function* (archive): AsyncGenerator<readonly FileRow[]> {
      const workbook = await openWorkbook(archive, form.sheet, words, form.settingsOf)
      let columns: Columns | null = null
      for await (const row of sheetRows(archive.read(workbook.sheet, MOST_SHEET_BYTES), workbook, words)) {
        if (columns === null) columns = columnsOf(row, needed, words)
        else yield [rowOf(row, columns, form, words)]
      }
      if (columns === null) throw fileCutShortError(words, 'its sheet is empty')
    })
  }
}

interface Columns {
  /** Empty: cells of this column are no part of the table. */
  readonly names: readonly string[]
  readonly places: ReadonlyMap<string, number>
}

function columnsOf({ number, cells }: SheetRow, needed: readonly string[], words: RowWords): Columns {
  const wrong = [...cells.values()].find(({ kind }) => kind === 'error')
  if (wrong !== undefined) throw fileError(words, `cell ${wrong.at} names a column, but has the error ${wrong.text}`)
  const names = Array.from({ length: Math.max(...cells.keys()) + 1 }, (_, at) => (cells.get(at)?.text ?? '').trim())
  return { names, places: columnPlaces(names, needed, `row ${number}`, 'sheet', words) }
}

function rowOf({ number, cells }: SheetRow, { names, places }: Columns, form: SheetForm, words: RowWords): FileRow {
  const place = `row ${number}`
  const at = (column: string): SheetCell | undefined => cells.get(places.get(plainName(column)) ?? -1)
  const broken = [...cells].find(([column, { kind }]) => kind === 'error' && (names[column] ?? '') !== '')?.[1]
  return {
    number,
    place,
    odd: null,
    broken: broken === undefined ? null : `cell ${broken.at} has ${errorOf(broken)}`,
    cell(column) {
      const found = at(column)
      if (found?.kind !== 'error') return found?.text ?? ''
      const message =
        `${words.name}, ${place}, column ${column} (cell ${found.at}): it has ${errorOf(found)}; correct it at the ` +
        'vendor, and save the file in a spreadsheet'
      throw new StreamError('source_data_invalid', message, { field: column })
    },
    numberIn(column) {
      const found = at(column)
      return found?.kind === 'number' || found?.kind === 'padded number' ? found.text : null
    },
    dayIn(column) {
      const found = at(column)
      return found?.kind === 'date' && /^\d{4}-\d\d-\d\d$/.test(found.text) ? found.text : null
    },
    keyProblem(column) {
      const found = at(column)
      return found === undefined ? null : keyProblem(found, form)
    },
    all: () =>
      Object.fromEntries(
        names.flatMap((name, column) => (name === '' ? [] : [[name, cells.get(column)?.text ?? ''] as const])),
      ),
  }
}

function errorOf({ text }: SheetCell): string {
  return text.startsWith('#') ? `the error ${text}` : JSON.stringify(text.slice(0, 40))
}

/** What a spreadsheet does to keys that are not formatted as text. */
function keyProblem({ kind, at, text }: SheetCell, { areNumbersKeys, settingsOf }: SheetForm): string | null {
  const way = 'format the column as text in the spreadsheet, enter it anew and export the file again'
  if (kind === 'date') return `cell ${at} is a date (${text}), which a spreadsheet may have made of it; ${way}`
  if (kind !== 'number' && kind !== 'padded number') return null
  if (hasLostDigits(text)) return `cell ${at} is a number (${text}) whose last digits a spreadsheet has cut off; ${way}`
  if (kind === 'padded number' || areNumbersKeys) return null
  const setting = `settings.${settingsOf}.numericKeys`
  return `cell ${at} is a number (${text}), and may have lost leading zeros; ${way}, or set ${setting} to accepted`
}
