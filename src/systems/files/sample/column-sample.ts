import type { FileRow } from '../file-row.ts'
import { isNumber, type SignsFound, signCollector } from './number-signs.ts'

/** Rows that are looked at; a file may have millions. */
const MOST_ROWS = 100_000
const MOST_NAMES = 500
const MOST_EXAMPLES = 3
const MOST_WORDS = 50

/** What the cells of a column look like. */
export interface ColumnSample {
  readonly filled: number
  readonly empty: number
  /** The first values that differ. */
  readonly examples: readonly string[]
  readonly signs: SignsFound
  /** Texts that are no numbers, with how often they occur. */
  readonly words: ReadonlyMap<string, number>
  /** Numbers with zeros before them. */
  readonly leadingZeros: number
  /** Numbers that a spreadsheet has shortened, such as `1.23E+11`. */
  readonly shortened: number
  /** Cells of a workbook that are no certain keys, with the first problem. */
  readonly keyProblems: { readonly count: number; readonly first: string | null }
}

export interface RowsSample {
  readonly rows: number
  /** Whether there are more rows than were looked at. */
  readonly isPart: boolean
  readonly odd: number
  readonly columns: ReadonlyMap<string, ColumnSample>
  /** Rows whose values of these columns an earlier row has: by the columns. */
  readonly repeated: ReadonlyMap<string, number>
}

/** Names of the columns in the first rows, in their order. */
export async function columnNames(batches: AsyncIterable<readonly FileRow[]>): Promise<readonly string[]> {
  const names = new Set<string>()
  let seen = 0
  for await (const rows of batches) {
    for (const row of rows)
      for (const name of Object.keys(row.all())) if (names.size < MOST_NAMES && name !== '') names.add(name)
    seen += rows.length
    if (seen >= 1000) break
  }
  return [...names]
}

/** `keys`: columns that together may be unique, such as those of SKU and location. */
export async function sampleRows(
  batches: AsyncIterable<readonly FileRow[]>,
  names: readonly string[],
  keys: readonly (readonly string[])[],
): Promise<RowsSample> {
  const collectors = new Map(names.map((name) => [name, columnCollector(name)]))
  const seen = keys.map((columns) => ({ name: keyName(columns), columns, values: new Set<string>(), repeated: 0 }))
  let [count, odd] = [0, 0]
  const note = (row: FileRow): void => {
    count += 1
    odd += row.odd === null ? 0 : 1
    const cells = row.all()
    for (const collector of collectors.values()) collector.note(row, cells)
    for (const key of seen) {
      const value = JSON.stringify(key.columns.map((column) => (cells[column] ?? '').trim()))
      if (key.values.has(value)) key.repeated += 1
      key.values.add(value)
    }
  }
  let isPart = false
  for await (const rows of batches) {
    const wanted = rows.slice(0, MOST_ROWS - count)
    for (const row of wanted) note(row)
    isPart = wanted.length < rows.length
    if (isPart) break
  }
  return {
    rows: count,
    isPart,
    odd,
    columns: new Map([...collectors].map(([name, collector]) => [name, collector.found()])),
    repeated: new Map(seen.map(({ name, repeated }) => [name, repeated])),
  }
}

/** The name of several columns together. */
export const keyName = (columns: readonly string[]): string => JSON.stringify(columns)

const SHORTENED = /^\d(?:[.,]\d+)?E\+\d{1,3}$/i

function columnCollector(name: string) {
  const signs = signCollector()
  const examples = new Set<string>()
  const words = new Map<string, number>()
  const counts = { filled: 0, empty: 0, leadingZeros: 0, shortened: 0, keyProblems: 0 }
  let firstProblem: string | null = null
  return {
    note(row: FileRow, cells: Readonly<Record<string, string>>): void {
      const text = (cells[name] ?? '').trim()
      if (text === '') {
        counts.empty += 1
        return
      }
      counts.filled += 1
      if (examples.size < MOST_EXAMPLES) examples.add(text)
      if (/^0\d+$/.test(text)) counts.leadingZeros += 1
      if (SHORTENED.test(text)) counts.shortened += 1
      const problem = row.keyProblem(name)
      if (problem !== null) counts.keyProblems += 1
      firstProblem ??= problem
      // What the format itself declares a number has no signs that a setting could name.
      if (row.numberIn(name) !== null) return
      if (isNumber(text)) signs.note(text)
      else if (words.has(text) || words.size < MOST_WORDS) words.set(text, (words.get(text) ?? 0) + 1)
    },
    found: (): ColumnSample => ({
      filled: counts.filled,
      empty: counts.empty,
      examples: [...examples],
      signs: signs.found(),
      words,
      leadingZeros: counts.leadingZeros,
      shortened: counts.shortened,
      keyProblems: { count: counts.keyProblems, first: firstProblem },
    }),
  }
}
