import { type CsvCell, csvText as textOf } from '../../src/api/csv-text.ts'

export interface CsvTable<T> {
  readonly columns: readonly string[]
  readonly cellsOf: (row: T) => readonly CsvCell[]
}

/** Rows below a line of column names. */
export function csvText<T>(rows: readonly T[], { columns, cellsOf }: CsvTable<T>): string {
  return textOf([columns, ...rows.map(cellsOf)])
}
