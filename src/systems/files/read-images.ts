import { StreamError } from '../../errors.ts'
import { addressColumns, galleryOf, type ImageColumn, type ImageRow, type ListWords } from '../kit/gallery-rows.ts'
import { saysNoImage } from '../kit/image-address.ts'
import type { FileRow } from './file-row.ts'
import type { RowMeaning } from './inspect-file.ts'
import { skuIn } from './sku-in.ts'

/** Which columns of an image file say what; several of addresses are several images of a row. */
export type ImageColumns = Readonly<Partial<Record<Exclude<ImageColumn, 'sku'>, readonly string[]>>> & {
  readonly sku: string
}

const words: ListWords = {
  error(row, column, problem) {
    const message = `${row?.place}, column of ${column}: ${problem}; correct it at the vendor`
    return new StreamError('source_data_invalid', message, { field: `images.columns.${column}` })
  },
  separator: 'images.separator',
}

/**
 * Rows of a SKU, one for each image or with several of them; they may be anywhere in the file. One row that can't be
 * read makes the whole SKU unreadable: a gallery without it would remove the image. Rows without an address mean
 * nothing: a SKU that has no others is not in the file. `separator`: of several addresses in a cell; null: a cell has
 * one. Pure.
 */
export function imageMeaning(columns: ImageColumns, separator: string | null): RowMeaning<'images'> {
  const { sku: skuColumn, ...others } = columns
  const named = Object.entries(others) as [ImageColumn, readonly string[]][]
  const addresses = named.filter(([name]) => addressColumns.includes(name))
  const hasAddress = (row: FileRow) =>
    Object.values(imageRow(row, addresses, separator, '').cells).some((urls) => urls.some((url) => url !== ''))
  return {
    columns: [skuColumn, ...named.flatMap(([, names]) => names)],
    joinsRows: true,
    keyOf: (row, place) => (row.odd !== null || hasAddress(row) ? skuIn(row, skuColumn, place) : null),
    dataOf: (sku, rows, placeOf) =>
      galleryOf(
        sku,
        rows.map((row) => imageRow(row, named, separator, placeOf(row))),
        words,
      ),
  }
}

function imageRow(
  row: FileRow,
  named: readonly (readonly [ImageColumn, readonly string[]])[],
  separator: string | null,
  place: string,
): ImageRow {
  const cells: Partial<Record<ImageColumn, readonly string[]>> = {}
  for (const [name, columns] of named) {
    const found = columns.map((column) => row.cell(column).trim())
    if (!addressColumns.includes(name)) cells[name] = found
    else
      cells[name] = found
        .flatMap((cell) => split(cell, name === 'url' ? separator : null))
        .map((url) => (saysNoImage(url) ? '' : url))
  }
  return { place, cells }
}

function split(cell: string, separator: string | null): readonly string[] {
  return separator === null ? [cell] : cell.split(separator).map((part) => part.trim())
}
