import { StreamError } from '../../../errors.ts'
import { type DelimitedForm, delimitedRows } from '../delimited-rows.ts'
import type { FileRow } from '../file-row.ts'
import type { RowWords } from '../row-source.ts'

type Form = Pick<DelimitedForm, 'delimiter' | 'quote'>

const DELIMITERS = [',', ';', '\t', '|'] as const
/** The usual one first: where no cell is quoted, each of them reads the same. */
const QUOTES = ['"', "'", null] as const

/** Rows that are looked at for each form. */
const MOST_ROWS = 2000

/**
 * The delimiter and quote with which all rows have as many cells as the first one names; null: with none of them there
 * are two columns. `open`: the text, from its begin each time.
 */
export async function findDelimited(open: () => AsyncIterable<string>, words: RowWords): Promise<Form | null> {
  let best: { readonly form: Form; readonly score: number } | null = null
  for (const quote of QUOTES) {
    for (const delimiter of DELIMITERS) {
      const score = await scoreOf(open(), { delimiter, quote }, words)
      if (score > 0 && (best === null || score > best.score)) best = { form: { delimiter, quote }, score }
    }
  }
  return best?.form ?? null
}

const WRAPPED = /^(["']).*\1$/s

interface Seen {
  rows: number
  odd: number
  cells: number
  wrapped: number
  columns: number
}

function noteRow(seen: Seen, row: FileRow): void {
  const cells = Object.entries(row.all())
  seen.rows += 1
  seen.odd += row.odd === null ? 0 : 1
  seen.columns = cells.length
  seen.cells += cells.length
  seen.wrapped += cells.filter(([name, cell]) => WRAPPED.test(cell) || WRAPPED.test(name)).length
}

/** 0: it is not this form. More columns count more, but not as much as odd rows and cells that are still quoted. */
async function scoreOf(text: AsyncIterable<string>, form: Form, words: RowWords): Promise<number> {
  const seen: Seen = { rows: 0, odd: 0, cells: 0, wrapped: 0, columns: 0 }
  try {
    for await (const rows of delimitedRows(text, { ...form, endsWithLineBreak: false }, [], words)) {
      for (const row of rows.slice(0, MOST_ROWS - seen.rows)) noteRow(seen, row)
      if (seen.rows === MOST_ROWS) break
    }
  } catch (error) {
    if (error instanceof StreamError) return 0
    throw error
  }
  if (seen.columns < 2) return 0
  return (1 - seen.odd / seen.rows) * 1000 * (1 - seen.wrapped / seen.cells) + Math.min(seen.columns, 100)
}
