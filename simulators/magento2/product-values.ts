import type { FeedRow } from '../../clients/typescript/client.ts'
import type { ProductChanges } from './change-product.ts'
import type { MapLines } from './map-lines.ts'
import type { Product } from './wire-types.ts'

/** Values by attribute, as text; null removes one. */
export type ProductValues = Readonly<Record<string, string | null>>

const columns: readonly string[] = ['name', 'price', 'weight', 'status', 'visibility']
const numbers: readonly string[] = ['price', 'weight', 'status', 'visibility']

/** Values of a row. The shop has every attribute, as text. @throws Error for a number that is none */
export function valuesOf(data: FeedRow['data'], map: MapLines): ProductValues {
  const values: Record<string, string | null> = {}
  for (const [name, value] of Object.entries(data)) {
    const code = name === 'sku' ? null : map.get(name)
    if (code === null) continue
    const text = textOf(value)
    if (text === null && columns.includes(code)) continue
    if (numbers.includes(code) && !isNumber(text)) throw new Error(`"${text}" of "${name}" is not a number.`)
    values[code] = text
  }
  return values
}

/** Those values that a product does not have yet; all for a new one. */
export function changedValues(values: ProductValues, product: Product | undefined): ProductValues {
  if (product === undefined) return values
  const changed = Object.entries(values).filter(([code, value]) => !isSame(code, currentOf(product, code), value))
  return Object.fromEntries(changed)
}

export function toProductChanges(values: ProductValues): ProductChanges {
  const own = Object.entries(values).filter(([code]) => columns.includes(code))
  const others = Object.entries(values).filter(([code]) => !columns.includes(code))
  return {
    ...(Object.fromEntries(own) as ProductChanges),
    custom_attributes: others.map(([attribute_code, value]) => ({ attribute_code, value })),
  }
}

function currentOf(product: Product, code: string): unknown {
  if (columns.includes(code)) return product[code as keyof Product] ?? null
  return product.custom_attributes.find((one) => one.attribute_code === code)?.value ?? null
}

function isSame(code: string, current: unknown, value: string | null): boolean {
  if (numbers.includes(code)) return current !== null && Number(current) === Number(value)
  const text = textOf(current)
  return text === value || (isNumber(text) && isNumber(value) && Number(text) === Number(value))
}

const isNumber = (text: string | null): boolean =>
  text !== null && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) && Number.isFinite(Number(text))

/** A value as the catalogue stores it. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value !== 'object') return String(value)
  const isList = Array.isArray(value) && value.every((one) => one !== null && typeof one !== 'object')
  return isList ? value.join(',') : JSON.stringify(value)
}
