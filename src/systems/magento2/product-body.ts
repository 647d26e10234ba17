import { StreamError, toStreamError } from '../../errors.ts'
import { decimal8, text8 } from '../../events/decimal.ts'
import type { UniversalProduct } from '../../events/generated/events.ts'
import { exactNumber, parseExact, stringifyExact } from '../../platform/json.ts'
import { textOf, type Wire } from '../kit/wire.ts'

/** Attributes that are top-level fields in Magento; all others are custom attributes. */
const COLUMNS: ReadonlyMap<string, (name: string, value: unknown) => unknown> = new Map([
  ['name', text],
  ['type_id', text],
  ['price', amount],
  ['weight', amount],
  ['status', integer],
  ['visibility', integer],
  ['attribute_set_id', integer],
])

/** Defaults for a new product, used if the mapping has no value. */
export interface NewProduct {
  readonly attributeSet: number
}

/**
 * The body of `POST /V1/products`, which creates a product or changes the given fields. Pure. Custom attributes without
 * a value are cleared, top-level fields without one stay unchanged. `created` non-null: the shop does not have the
 * product yet. Throws `mapping_failed` with the attribute.
 */
export function productBody({ sku, attributes }: UniversalProduct, created: NewProduct | null): Wire {
  const columns: Record<string, unknown> = {}
  const extension: Record<string, unknown> = {}
  const custom: Wire[] = []
  for (const [name, json] of Object.entries(attributes)) {
    const value = parseExact(json)
    const column = COLUMNS.get(name)
    if (name === 'sku') continue
    if (name === 'website_ids') extension['website_ids'] = idsOf(name, value)
    else if (name === 'category_ids') extension['category_links'] = idsOf(name, value).map(categoryLink)
    else if (column === undefined) custom.push({ attribute_code: name, value: customValue(value) })
    else if (value !== null && value !== '') columns[name] = column(name, value)
  }
  const defaults = created === null ? {} : { type_id: 'simple', visibility: 4, attribute_set_id: created.attributeSet }
  const product = {
    sku,
    ...defaults,
    ...columns,
    ...(Object.keys(extension).length === 0 ? {} : { extension_attributes: extension }),
    ...(custom.length === 0 ? {} : { custom_attributes: custom }),
  }
  return { product }
}

function text(name: string, value: unknown): string {
  const found = textOf(value)
  if (found === null) throw attributeError(name, value, 'a text')
  return found
}

function amount(name: string, value: unknown): unknown {
  try {
    return exactNumber(text8(decimal8(textOf(value) ?? '', name)))
  } catch (error) {
    throw attributeError(name, value, `a number (${toStreamError(error).message})`)
  }
}

function integer(name: string, value: unknown): number {
  const number = Number(textOf(value) ?? Number.NaN)
  if (!Number.isSafeInteger(number)) throw attributeError(name, value, 'a whole number')
  return number
}

function customValue(value: unknown): string | string[] {
  if (value === null) return ''
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (Array.isArray(value)) return value.map((one) => textOf(one) ?? stringifyExact(one))
  return textOf(value) ?? (value === '' ? '' : stringifyExact(value))
}

/** Ids as a list, or as a comma-separated text, because rules return single values. */
function idsOf(name: string, value: unknown): readonly number[] {
  const given = Array.isArray(value) ? value : (textOf(value) ?? '').split(',')
  const ids = given.filter((one) => textOf(one) !== null).map((id) => integer(name, id))
  return [...new Set(ids)]
}

const categoryLink = (id: number, position: number): Wire => ({ position, category_id: String(id) })

function attributeError(name: string, value: unknown, expected: string): StreamError {
  const message = `attribute ${name}: ${JSON.stringify(value)} is not ${expected}; correct the connection's product metadata`
  return new StreamError('mapping_failed', message, { field: `data.attributes.${name}` })
}
