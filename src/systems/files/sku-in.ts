import { requireSku } from '../kit/sku.ts'
import type { FileRow } from './file-row.ts'
import { keyIn } from './key-in.ts'

/** The SKU in a cell, as text with its leading zeros. */
export function skuIn(row: FileRow, column: string, place: string): string {
  const cell = keyIn(row, column, place)
  return requireSku({ [column]: cell }, column, `${place}, column `)
}
