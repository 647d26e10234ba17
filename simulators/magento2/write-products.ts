import { saveProduct } from './change-product.ts'
import { MapLines } from './map-lines.ts'
import { productFinder } from './product-finder.ts'
import { changedValues, toProductChanges, valuesOf } from './product-values.ts'
import { type RowNotes, type RowWriter, type WriteTarget, withoutProduct } from './row-writer.ts'
import { isDeleted, type RowResult, rowFailed, rowWritten, type StagedRow, skuOf } from './staged-row.ts'
import type { Product } from './wire-types.ts'

const enabled = 1
const disabled = 2

/**
 * Writes products as the module does: only what differs. A deleted row disables the product, and a product without a
 * price is created disabled; a later row enables it if the job disabled it and it has a price by then.
 */
export const writeProducts: RowWriter = (target, rows, notes) => {
  const find = productFinder(target.shop)
  for (const row of rows) {
    notes.begin([row])
    let result: RowResult
    try {
      const product = find(skuOf(row))
      result = isDeleted(row) ? disable(target, row, product, notes) : writeRow(target, row, product)
    } catch (error) {
      result = rowFailed(error)
    }
    notes.end(row, result)
  }
}

function writeRow({ shop, settings }: WriteTarget, row: StagedRow, product: Product | undefined): RowResult {
  if (product === undefined && !settings.createProducts) return withoutProduct(row, shop)
  const values = valuesOf(row.row.data, new MapLines(settings.attributes))
  const { status, ...others } = changedValues(values, product)
  const isPriced = values['price'] !== undefined || (product?.price ?? 0) > 0
  const isOff = product === undefined || (row.disabled && product.status === disabled)
  const next = isOff ? (isPriced ? (values['status'] ?? String(enabled)) : undefined) : status
  const changes = { ...others, ...(next === undefined ? {} : { status: next }) }
  if (product !== undefined && Object.keys(changes).length > 0) {
    saveProduct(shop, product.sku, toProductChanges(changes))
  }
  if (product === undefined) {
    const initial = { name: skuOf(row), status: disabled, visibility: 4, price: 0, attribute_set_id: 4 }
    saveProduct(shop, skuOf(row), { ...initial, ...toProductChanges(changes) })
  }
  return rowWritten(isOff && !isPriced)
}

function disable(target: WriteTarget, row: StagedRow, product: Product | undefined, notes: RowNotes): RowResult {
  if (product === undefined) return rowWritten()
  if (product.status === disabled) return rowWritten(row.disabled)
  notes.disabling(row)
  saveProduct(target.shop, product.sku, { status: disabled })
  return rowWritten(true)
}
