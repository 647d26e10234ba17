/** Which picture of a product an image is, in Magento's words. */
export type ImageRole = 'image' | 'small_image' | 'thumbnail' | 'swatch_image'

/** One image; `file` is below the shop's `media/catalog/product`, with a leading slash. */
export interface CatalogImage {
  file: string
  label: string
  roles: readonly ImageRole[]
}

/** A variant of a configurable product and the options that tell it from the others. */
export interface CatalogVariation {
  sku: string
  options: Readonly<Record<string, string>>
}

/** One product of the default store view. Decimals are kept as the text of the file; empty cells are absent. */
export interface CatalogProduct {
  sku: string
  type: 'simple' | 'configurable'
  name: string
  description: string
  shortDescription: string
  price?: string
  weight?: string
  qty: string
  attributeSet: string
  urlKey?: string
  /** Magento's text, for example `Catalog, Search` or `Not Visible Individually`. */
  visibility: string
  online: boolean
  categories: readonly string[]
  /** From `additional_attributes`; more than one value for multi-selects. */
  attributes: Readonly<Record<string, readonly string[]>>
  images: readonly CatalogImage[]
  /** The configurable product a variant belongs to. */
  parentSku?: string
  /** The variants of a configurable product, else empty. */
  children: readonly CatalogVariation[]
  createdAt?: Date
  updatedAt?: Date
}

/** What was read, in the order of the file. Rows of other store views and of other product types are in `skipped`. */
export interface Catalog {
  products: readonly CatalogProduct[]
  skipped: readonly { line: number; sku: string; reason: string }[]
}

/** A fault of the file: the text names the file, the line (the record's first), the column and what is expected. */
export class CatalogError extends Error {
  readonly line: number
  readonly column: string

  constructor(file: string, line: number, column: string, problem: string) {
    super(`${file}, line ${line}, column "${column}": ${problem}`)
    this.name = 'CatalogError'
    this.line = line
    this.column = column
  }
}
