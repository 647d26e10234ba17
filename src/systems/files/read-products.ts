import { StreamError } from '../../errors.ts'
import type { FileRow } from './file-row.ts'
import type { RowMeaning } from './inspect-file.ts'
import { keyIn } from './key-in.ts'
import type { QuantityReader } from './quantities.ts'
import { quantityIn } from './quantity-in.ts'
import { skuIn } from './sku-in.ts'

/** Which columns of a product file say what; null: the file does not say it. */
export interface ProductColumns {
  readonly sku: string
  readonly name: string | null
  readonly barcode: string | null
  readonly manufacturer: string | null
  /** SKU of the product that this one is a variant of. */
  readonly parent: string | null
  readonly weight: string | null
  readonly weightUnit: string | null
}

/** A row is a product. Cells of other columns are its attributes, by the names of the columns. Pure. */
export function productMeaning(columns: ProductColumns, quantityOf: QuantityReader): RowMeaning<'products'> {
  const { sku: skuColumn, name, barcode, manufacturer, parent, weight, weightUnit } = columns
  const named = [skuColumn, name, barcode, manufacturer, parent, weight].filter((column) => column !== null)
  const own = new Set(named.map((column) => column.trim().toLowerCase()))
  const textIn = (row: FileRow, column: string | null): string | null => {
    const text = column === null ? '' : row.cell(column).trim()
    return text === '' ? null : text
  }
  return {
    columns: named,
    joinsRows: false,
    keyOf: (row, place) => skuIn(row, skuColumn, place),
    dataOf(sku, [row], placeOf) {
      if (row === undefined) throw new StreamError('unexpected', 'a product without a row')
      const place = placeOf(row)
      if (barcode !== null) keyIn(row, barcode, place)
      // Other cells are attributes: an error must not become the text of one.
      if (row.broken !== null)
        throw new StreamError('source_data_invalid', `${place}: ${row.broken}; correct it at the vendor`)
      const weighs = weight === null || textIn(row, weight) === null ? null : quantityIn(row, weight, place, quantityOf)
      const others = Object.entries(row.all()).filter(
        ([column, cell]) => column !== '' && cell.trim() !== '' && !own.has(column.toLowerCase()),
      )
      const data = {
        sku,
        name: textIn(row, name),
        productType: '',
        active: true,
        parentSku: parent === null || textIn(row, parent) === null ? null : skuIn(row, parent, place),
        barcode: textIn(row, barcode),
        manufacturer: textIn(row, manufacturer),
        price: null,
        currency: null,
        priceLevels: [],
        weight: weighs,
        weightUnit: weighs === null ? null : weightUnit,
        attributes: Object.fromEntries(others.map(([column, cell]) => [column, JSON.stringify(cell)])),
      }
      return data
    },
  }
}
