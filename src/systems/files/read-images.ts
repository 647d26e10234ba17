import { StreamError } from '../../errors.ts'
import { addressColumns, galleryOf, type ImageColumn, type ImageRow, type ListWords } from '../kit/gallery-rows.ts'
import { saysNoImage } from '../kit/image-address.ts'
import type { FileRow } from './file-row.ts'
import type { RowMeaning } from './inspect-file.ts'
import type { RowSource } from './row-source.ts'
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
 * read makes the whole SKU unreadable: a gallery without it would remove the image. `separator`: of several addresses
 * in a cell; null: a cell has one. Pure.
 */
export function imageMeaning(columns: ImageColumns, separator: string | null): RowMeaning<'images'> {
  const { sku: skuColumn, ...others } = columns
  const named = Object.entries(others) as [ImageColumn, readonly string[]][]
  return {
    columns: [skuColumn, ...named.flatMap(([, names]) => names)],
    joinsRows: true,
    keyOf: (row, place) => skuIn(row, skuColumn, place),
    dataOf: (sku, rows, placeOf) =>
      galleryOf(
        sku,
        rows.map((row) => imageRow(row, named, separator, placeOf(row))),
        words,
      ),
  }
}

/** Rows without an address are left out: their SKUs count as missing in the file, unless another row has an image. */
export function withAddresses(rows: RowSource, columns: ImageColumns, separator: string | null): RowSource {
  const named = addressColumns.map(
    (name) => [name, columns[name as keyof typeof columns] ?? []] as [ImageColumn, string[]],
  )
  const hasAddress = (row: FileRow) =>
    row.odd !== null ||
    Object.values(imageRow(row, named, separator, '').cells).some((urls) => urls.some((url) => url !== ''))
  return async function* (content, name, needed) {
    for await (const some of rows(content, name, needed)) {
      const left = some.filter(hasAddress)
      if (left.length > 0) yield left
    }
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
