import { CsvError, parse } from 'csv-parse/sync'
import { CatalogError } from './catalog.ts'

/** One record by column name. Absent columns and empty cells are empty text. */
export interface CsvRecord {
  /** Line of its first cell; quoted cells may span several lines. */
  line: number
  cell(column: string): string
}

/**
 * Reads all records of a CSV file with a header line. @throws CatalogError for a broken file or a missing `required`
 * column
 */
export function readCsvRecords(file: string, text: string, required: readonly string[]): CsvRecord[] {
  const rows = parseRows(file, text)
  const header = rows.shift()
  const columns = new Map(header?.cells.map((name, index) => [name, index]))
  for (const name of required) {
    if (!columns.has(name)) throw new CatalogError(file, 1, name, 'the column is missing')
  }
  return rows.map(({ line, cells }) => {
    if (cells.length !== columns.size) {
      const last = [...columns.keys()][Math.min(cells.length, columns.size) - 1] ?? ''
      throw new CatalogError(file, line, last, `the record has ${cells.length} cells, the header ${columns.size}`)
    }
    return { line, cell: (column) => cells[columns.get(column) ?? -1] ?? '' }
  })
}

function parseRows(file: string, text: string): { line: number; cells: string[] }[] {
  try {
    const parsed = parse(text, { bom: true, info: true, relax_column_count: true, skip_empty_lines: true })
    const rows = parsed as unknown as { info: { lines: number }; record: string[] }[]
    return rows.map(({ info, record }) => {
      const inside = record.reduce((count, cell) => count + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0)
      return { line: info.lines - inside, cells: record }
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const { lines, column, message } = error as CsvError & { lines?: number; column?: string | number }
    throw new CatalogError(file, lines ?? 1, String(column ?? '?'), message)
  }
}
