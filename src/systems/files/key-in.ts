import { StreamError } from '../../errors.ts'
import type { FileRow } from './file-row.ts'
import { assertNoSpreadsheetNumber } from './quantities.ts'

/** The text of a cell that identifies something. Throws `source_data_invalid` if a spreadsheet may have damaged it. */
export function keyIn(row: FileRow, column: string, place: string): string {
  const cell = row.cell(column)
  assertNoSpreadsheetNumber(cell, `${place}, column ${column}`)
  const problem = row.keyProblem(column)
  if (problem === null) return cell
  throw new StreamError('source_data_invalid', `${place}, column ${column}: ${problem}`, { field: column })
}
