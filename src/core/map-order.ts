import type { Order } from '../events/generated/events.ts'
import { type MappedAttributes, mapAttributes } from './mapping.ts'
import type { Connection } from './model.ts'
import { orderInput } from './order-input.ts'

/** Fields of the vendor's order by the vendor's own names; each is JSON text, a decimal a number with all its digits. */
export type OrderFields = Readonly<Record<string, string>>

/**
 * The connection's own fields of a vendor's order, by its order map. Throws or rejects with `mapping_failed`, which holds
 * no value: an order is of a person.
 */
export function mapOrderFields(connection: Connection, order: Order): OrderFields | Promise<OrderFields> {
  const rules = connection.orderMap.fields ?? []
  if (rules.length === 0) return {}
  const decimals = new Set(rules.filter(({ type }) => type === 'decimal').map(({ attribute }) => attribute))
  const texts = (mapped: MappedAttributes): OrderFields =>
    Object.fromEntries(
      Object.entries(mapped).map(([name, value]) => [name, decimals.has(name) ? String(value) : JSON.stringify(value)]),
    )
  const mapped = mapAttributes(rules, orderInput(order), { tellsValues: false })
  return mapped instanceof Promise ? mapped.then(texts) : texts(mapped)
}
