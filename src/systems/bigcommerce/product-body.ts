import { StreamError } from '../../errors.ts'
import { decimal8Rounded } from '../../events/decimal.ts'
import { ExactNumber, exactNumber, parseExact, stringifyExact } from '../../platform/json.ts'
import { textOf, type Wire } from '../kit/wire.ts'

type Kind = 'text' | 'number' | 'boolean' | 'ids'

const kinds = (kind: Kind, names: string): readonly (readonly [string, Kind])[] =>
  names.split(' ').map((name) => [name, kind])

/** Product fields that are set from an attribute of the same name; all other attributes become custom fields. */
const FIELDS: ReadonlyMap<string, Kind> = new Map([
  ...kinds('text', 'name description type upc mpn gtin availability condition brand_name page_title meta_description'),
  ...kinds('text', 'search_keywords warranty bin_picking_number inventory_tracking'),
  ...kinds('number', 'price cost_price retail_price sale_price weight width height depth sort_order brand_id'),
  ...kinds('number', 'tax_class_id order_quantity_minimum order_quantity_maximum'),
  ...kinds('boolean', 'is_visible is_featured is_free_shipping is_condition_shown'),
  ...kinds('ids', 'categories'),
])

/** Fields that a variant has itself; the others belong to its product. */
const VARIANT_FIELDS = new Set(
  'price cost_price retail_price sale_price weight width height depth upc mpn gtin bin_picking_number'.split(' '),
)

const LONGEST_CUSTOM_FIELD = 250

/** The desired product: its fields, and its custom fields by name; null removes a custom field. */
export interface WantedProduct {
  readonly fields: Wire
  readonly customFields: ReadonlyMap<string, string | null>
}

/**
 * Converts attributes (JSON text by name) to BigCommerce's fields. Pure. Throws `target_rejected` with the attribute.
 */
export function wantedProduct(attributes: Readonly<Record<string, string>>): WantedProduct {
  const fields: Record<string, unknown> = {}
  const customFields = new Map<string, string | null>()
  for (const [name, json] of Object.entries(attributes)) {
    const value = parseExact(json)
    const kind = FIELDS.get(name)
    // The SKU identifies the product.
    if (name === 'sku') continue
    if (kind === undefined) customFields.set(name, customField(name, value))
    else if (value !== null) fields[name] = fieldOf(name, kind, value)
  }
  return { fields, customFields }
}

function fieldOf(name: string, kind: Kind, value: unknown): unknown {
  const text = textOf(value)
  switch (kind) {
    case 'text':
      return text ?? ''
    case 'number': {
      if (text === null || !/^-?\d+(\.\d+)?$/.test(text)) throw attributeError(name, 'is not a number')
      return exactNumber(text.replace(/^(-?)0+(?=\d)/, '$1'))
    }
    case 'boolean': {
      const known = new Map([...TRUE, ...FALSE]).get(String(text).toLowerCase())
      if (known === undefined) throw attributeError(name, 'is neither true nor false')
      return known
    }
    case 'ids': {
      const ids = Array.isArray(value) ? value.map(String) : (text ?? '').split(',').filter((id) => id.trim() !== '')
      if (!ids.every((id) => /^\s*\d+\s*$/.test(id))) throw attributeError(name, 'is not a list of ids')
      return ids.map(Number)
    }
  }
}

const TRUE = ['true', '1', 'yes'].map((word) => [word, true] as const)
const FALSE = ['false', '0', 'no'].map((word) => [word, false] as const)

function customField(name: string, value: unknown): string | null {
  const text = typeof value === 'object' && value !== null ? stringifyExact(value) : textOf(value)
  if (text === null) return null
  if (name.length <= LONGEST_CUSTOM_FIELD && text.length <= LONGEST_CUSTOM_FIELD) return text
  throw attributeError(name, `is longer than the ${LONGEST_CUSTOM_FIELD} characters of a custom field`)
}

function attributeError(name: string, what: string): StreamError {
  return new StreamError('target_rejected', `attribute ${name} ${what}; correct its rule`, {
    field: `attributes.${name}`,
  })
}

/** The fields that differ from the known ones; for a variant only those that a variant has. */
export function changedFields(fields: Wire, known: Wire, variant: boolean): Wire {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => {
      // A product's type can't be changed.
      if (name === 'type' || (variant && !VARIANT_FIELDS.has(name))) return false
      // The product only has the brand's id, so the name is always written.
      return name === 'brand_name' || !isSame(value, known[name])
    }),
  )
}

function isSame(wanted: unknown, known: unknown): boolean {
  if (wanted instanceof ExactNumber) {
    const text = textOf(known)
    return text !== null && decimal8Rounded(text, 'known') === decimal8Rounded(wanted.text, 'wanted')
  }
  if (Array.isArray(wanted)) return Array.isArray(known) && ids(wanted) === ids(known)
  return typeof wanted === 'string' ? wanted === (textOf(known) ?? '') : wanted === known
}

const ids = (list: readonly unknown[]): string => list.map(String).toSorted().join()

/**
 * The body of a new product. `tracked`: its stock will be written, which requires inventory tracking. Throws
 * `target_rejected` if a required attribute is missing.
 */
export function newProduct(sku: string, { fields, customFields }: WantedProduct, tracked: boolean): Wire {
  const tracking = tracked ? { inventory_tracking: 'product' } : {}
  const body: Wire = { type: 'physical', weight: 0, ...tracking, ...fields, sku }
  for (const name of ['name', 'price']) {
    if (body[name] === undefined) throw attributeError(name, 'is missing; a new product needs it')
  }
  const custom = [...customFields].flatMap(([name, value]) => (value === null ? [] : [{ name, value }]))
  return custom.length === 0 ? body : { ...body, custom_fields: custom }
}
