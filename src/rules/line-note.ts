import { text8 } from '../events/decimal.ts'
import type { Order, OrderLine } from '../events/generated/events.ts'
import { componentsOf, groupLines } from './components.ts'

/**
 * The customer's choices by line id, as text for the vendor's people: the ordered SKU if it contains an option, the
 * options by their names (or by the shop's numbers), and the components of a bundle.
 */
export function lineNotes(order: Pick<Order, 'lines'>): ReadonlyMap<string, string> {
  return new Map(
    groupLines(order.lines).flatMap((group) => {
      const components = componentsOf(group).map(({ sku, quantityOrdered }) => `${text8(quantityOrdered)} × ${sku}`)
      const parts = [...choices(group.root), ...components]
      return parts.length === 0 ? [] : [[group.root.lineId, parts.join(', ')] as const]
    }),
  )
}

function choices({ attributes }: OrderLine): string[] {
  const ordered = parsed(attributes['ordered_sku'])
  const named = listOf(parsed(attributes['product_options'])).flatMap((option) =>
    pair(option['display_name'] ?? option['name'], option['display_value'] ?? option['value']),
  )
  const extension = fieldsOf(fieldsOf(parsed(attributes['product_option']))['extension_attributes'])
  const numbered = listOf(extension['custom_options']).flatMap((option) =>
    pair(`option ${option['option_id']}`, option['option_value']),
  )
  return [...(typeof ordered === 'string' ? [ordered] : []), ...named, ...numbered]
}

function pair(name: unknown, value: unknown): string[] {
  return typeof name === 'string' && (typeof value === 'string' || typeof value === 'number')
    ? [`${name}: ${value}`]
    : []
}

function parsed(json: string | undefined): unknown {
  if (json === undefined) return undefined
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}
