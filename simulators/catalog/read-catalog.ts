import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseAttributeText, splitChoices } from './attribute-text.ts'
import {
  type Catalog,
  CatalogError,
  type CatalogImage,
  type CatalogProduct,
  type CatalogVariation,
  type ImageRole,
} from './catalog.ts'
import { type CsvRecord, readCsvRecords } from './csv-records.ts'

const requiredColumns = ['sku', 'product_type', 'name', 'price', 'qty']

const roleColumns: readonly (readonly [ImageRole, string])[] = [
  ['image', 'base_image'],
  ['small_image', 'small_image'],
  ['thumbnail', 'thumbnail_image'],
  ['swatch_image', 'swatch_image'],
]

/** Reads a product export of Magento from disk. @throws CatalogError naming file, line and column */
export function readCatalog(path: string): Catalog {
  return parseCatalog(basename(path), readFileSync(path, 'utf8'))
}

/** Parses text that was read already; `file` is used only in errors. */
export function parseCatalog(file: string, text: string): Catalog {
  const products = new Map<string, CatalogProduct>()
  const lines = new Map<string, number>()
  const skipped: { line: number; sku: string; reason: string }[] = []
  for (const record of readCsvRecords(file, text, requiredColumns)) {
    const { line, cell } = record
    const sku = cell('sku')
    if (sku === '') throw new CatalogError(file, line, 'sku', 'must not be empty')
    const reason = skipReason(cell)
    if (reason !== undefined) {
      skipped.push({ line, sku, reason })
      continue
    }
    if (products.has(sku)) throw new CatalogError(file, line, 'sku', `${sku} is also on line ${lines.get(sku)}`)
    products.set(sku, readProduct(file, record))
    lines.set(sku, line)
  }
  linkVariants(file, products, lines)
  return { products: [...products.values()], skipped }
}

function skipReason(cell: CsvRecord['cell']): string | undefined {
  if (cell('store_view_code') !== '') return `store view ${cell('store_view_code')}`
  const type = cell('product_type')
  return type === 'simple' || type === 'configurable' ? undefined : `product type ${type}`
}

function readProduct(file: string, { line, cell }: CsvRecord): CatalogProduct {
  const decimal = (column: string) => readDecimal(file, line, column, cell(column))
  const [price, weight] = [decimal('price'), decimal('weight')]
  const createdAt = readTime(file, line, 'created_at', cell('created_at'))
  const updatedAt = readTime(file, line, 'updated_at', cell('updated_at'))
  if (cell('product_type') === 'simple' && price === undefined) {
    throw new CatalogError(file, line, 'price', 'a simple product needs a price')
  }
  return {
    sku: cell('sku'),
    type: cell('product_type') === 'simple' ? 'simple' : 'configurable',
    name: cell('name'),
    description: cell('description'),
    shortDescription: cell('short_description'),
    qty: decimal('qty') ?? '0',
    attributeSet: cell('attribute_set_code') || 'Default',
    visibility: cell('visibility') || 'Catalog, Search',
    online: cell('product_online') !== '2',
    categories: cell('categories').split(',').filter(Boolean),
    attributes: readAttributes(file, line, cell('additional_attributes')),
    images: readImages(cell),
    children: readVariations(file, line, cell('configurable_variations')),
    ...(price === undefined ? {} : { price }),
    ...(weight === undefined ? {} : { weight }),
    ...(cell('url_key') === '' ? {} : { urlKey: cell('url_key') }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(updatedAt === undefined ? {} : { updatedAt }),
  }
}

function readDecimal(file: string, line: number, column: string, text: string): string | undefined {
  if (text === '') return undefined
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new CatalogError(file, line, column, `"${text}" is not a decimal number`)
  return text
}

/** Exports have either `2026-03-02 18:04:11` or the US short form `3/2/26, 6:04 PM`; both are UTC. */
function readTime(file: string, line: number, column: string, text: string): Date | undefined {
  if (text === '') return undefined
  const short = /^(\d{1,2})\/(\d{1,2})\/(\d{2}), (\d{1,2}):(\d{2})\s(AM|PM)$/.exec(text)
  const [, month, day, year, hour, minute, half] = short ?? []
  const hours = (Number(hour) % 12) + (half === 'PM' ? 12 : 0)
  const time = short
    ? new Date(Date.UTC(2000 + Number(year), Number(month) - 1, Number(day), hours, Number(minute)))
    : new Date(`${text.replace(' ', 'T')}Z`)
  if (Number.isNaN(time.getTime())) throw new CatalogError(file, line, column, `"${text}" is not a time`)
  return time
}

function readAttributes(file: string, line: number, text: string): Record<string, string[]> {
  try {
    return Object.fromEntries([...parseAttributeText(text)].map(([code, value]) => [code, splitChoices(value)]))
  } catch (error) {
    throw new CatalogError(file, line, 'additional_attributes', error instanceof Error ? error.message : String(error))
  }
}

function readImages(cell: CsvRecord['cell']): CatalogImage[] {
  const images = new Map<string, { label: string; roles: ImageRole[] }>()
  for (const [role, column] of roleColumns) {
    const file = cell(column)
    if (file === '' || file === 'no_selection') continue
    const image = images.get(file) ?? { label: '', roles: [] }
    images.set(file, { label: image.label || cell(`${column}_label`), roles: [...image.roles, role] })
  }
  const labels = cell('additional_image_labels').split(',')
  const additional = cell('additional_images').split(',')
  for (const [index, file] of additional.entries()) {
    if (file === '' || images.has(file)) continue
    images.set(file, { label: labels[index] ?? '', roles: [] })
  }
  return [...images].map(([file, image]) => ({ file: file.startsWith('/') ? file : `/${file}`, ...image }))
}

function readVariations(file: string, line: number, text: string): CatalogVariation[] {
  const column = 'configurable_variations'
  return splitChoices(text).map((variation) => {
    const parts = variation.split(',').map((part) => part.split('=', 2))
    const options = Object.fromEntries(parts.map(([code = '', value = '']) => [code, value]))
    const { sku, ...rest } = options
    if (sku === undefined) throw new CatalogError(file, line, column, `"${variation}" has no sku`)
    return { sku, options: rest }
  })
}

function linkVariants(file: string, products: Map<string, CatalogProduct>, lines: Map<string, number>): void {
  for (const parent of [...products.values()]) {
    for (const { sku } of parent.children) {
      const child = products.get(sku)
      const line = lines.get(parent.sku) ?? 0
      if (child === undefined)
        throw new CatalogError(file, line, 'configurable_variations', `${sku} is not in the file`)
      products.set(sku, { ...child, parentSku: parent.sku })
    }
  }
}
