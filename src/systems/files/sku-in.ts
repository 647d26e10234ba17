import { requireSku } from '../kit/sku.ts'
import type { FileRow } from './file-row.ts'
import { assertNoSpreadsheetNumber } from './quantities.ts'

/** The SKU in a cell, as text with its leading zeros. */
export function skuIn(row: FileRow, column: string, place: string): string {
  const cell = row.cell(column)
  assertNoSpreadsheetNumber(cell, `${place}, column ${column}`)
  return requireSku({ [column]: cell }, column, `${place}, column `)
}
