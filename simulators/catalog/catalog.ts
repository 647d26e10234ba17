/** Role of a product's image, in Magento's terms. */
export type ImageRole = 'image' | 'small_image' | 'thumbnail' | 'swatch_image'

/** One image; `file`: below the shop's `media/catalog/product`, with a leading slash. */
export interface CatalogImage {
  file: string
  label: string
  roles: readonly ImageRole[]
}

/** A variant of a configurable product and its distinguishing options. */
export interface CatalogVariation {
  sku: string
  options: Readonly<Record<string, string>>
}

/** One product of the default store view. Decimals stay as the file's text; empty cells are absent. */
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
  /** From `additional_attributes`; several values for multi-selects. */
  attributes: Readonly<Record<string, readonly string[]>>
  images: readonly CatalogImage[]
  /** The configurable product of a variant. */
  parentSku?: string
  /** The variants of a configurable product, otherwise empty. */
  children: readonly CatalogVariation[]
  createdAt?: Date
  updatedAt?: Date
}

/** Products in file order. Rows of other store views and product types are in `skipped`. */
export interface Catalog {
  products: readonly CatalogProduct[]
  skipped: readonly { line: number; sku: string; reason: string }[]
}

/** An error in the file: names the file, the line (the record's first), the column and the expected content. */
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
