import { StreamError } from '../../errors.ts'
import { decimal8Rounded } from '../../events/decimal.ts'
import { ExactNumber, exactNumber, parseExact, stringifyExact } from '../../platform/json.ts'
import { textOf, type Wire } from '../kit/wire.ts'

type Kind = 'text' | 'number' | 'boolean' | 'ids'

const kinds = (kind: Kind, names: string): readonly (readonly [string, Kind])[] =>
  names.split(' ').map((name) => [name, kind])

/** Fields of a product that an attribute of the same name is written to; others are custom fields. */
const FIELDS: ReadonlyMap<string, Kind> = new Map([
  ...kinds('text', 'name description type upc mpn gtin availability condition brand_name page_title meta_description'),
  ...kinds('text', 'search_keywords warranty bin_picking_number inventory_tracking'),
  ...kinds('number', 'price cost_price retail_price sale_price weight width height depth sort_order brand_id'),
  ...kinds('number', 'tax_class_id order_quantity_minimum order_quantity_maximum'),
  ...kinds('boolean', 'is_visible is_featured is_free_shipping is_condition_shown'),
  ...kinds('ids', 'categories'),
])

/** Fields that a variant has of its own; the others are its product's. */
const VARIANT_FIELDS = new Set(
  'price cost_price retail_price sale_price weight width height depth upc mpn gtin bin_picking_number'.split(' '),
)

const LONGEST_CUSTOM_FIELD = 250

/** What a product is to be: fields of its own, and custom fields by name; null: it is to have none. */
export interface WantedProduct {
  readonly fields: Wire
  readonly customFields: ReadonlyMap<string, string | null>
}

/** Attributes (JSON text by name) as BigCommerce takes them; pure. Throws `target_rejected`, naming the attribute. */
export function wantedProduct(attributes: Readonly<Record<string, string>>): WantedProduct {
  const fields: Record<string, unknown> = {}
  const customFields = new Map<string, string | null>()
  for (const [name, json] of Object.entries(attributes)) {
    const value = parseExact(json)
    const kind = FIELDS.get(name)
    // The SKU is what it is found by.
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
      if (text === null || !/^-?\d+(\.\d+)?$/.test(text)) throw attributeError(name, 'is no number')
      return exactNumber(text.replace(/^(-?)0+(?=\d)/, '$1'))
    }
    case 'boolean': {
      const known = new Map([...TRUE, ...FALSE]).get(String(text).toLowerCase())
      if (known === undefined) throw attributeError(name, 'is neither true nor false')
      return known
    }
    case 'ids': {
      const ids = Array.isArray(value) ? value.map(String) : (text ?? '').split(',').filter((id) => id.trim() !== '')
      if (!ids.every((id) => /^\s*\d+\s*$/.test(id))) throw attributeError(name, 'is no list of ids')
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

/** The fields that are not so yet; of a variant those that it has itself. */
export function changedFields(fields: Wire, known: Wire, variant: boolean): Wire {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => {
      // A product's type is chosen once.
      if (name === 'type' || (variant && !VARIANT_FIELDS.has(name))) return false
      // A brand is known by its id: only a write makes sure that it has this name.
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
 * The whole of a new product; `tracked`: its stock will be written, which counts only where it is tracked. Throws
 * `target_rejected` when what every product needs is not there.
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
