import type { Order } from '../events/generated/events.ts'
import { type MappedAttributes, mapAttributes } from './mapping.ts'
import type { AttributeRule, Connection } from './model.ts'
import { orderInput, orderLineInput } from './order-input.ts'

/**
 * Fields of the vendor's order by the vendor's own names; each is JSON text, a decimal a number with all its digits. A
 * field of a line has the line's id in its name: `line.<line id>.<name>`.
 */
export type OrderFields = Readonly<Record<string, string>>

/** Begins the name of a field that each line has. */
export const LINE_FIELDS = 'line.'

/**
 * The connection's own fields of a vendor's order, by its order map. Rules of the lines' fields (`line.<name>`) see a line,
 * and the whole order as its `order`. Throws or rejects with `mapping_failed`, which holds no value: an order is of a
 * person.
 */
export function mapOrderFields(connection: Connection, order: Order): OrderFields | Promise<OrderFields> {
  const rules = connection.orderMap.fields ?? []
  if (rules.length === 0) return {}
  const ofLines = rules.filter(({ attribute }) => attribute.startsWith(LINE_FIELDS))
  const ofOrder = rules.filter((rule) => !ofLines.includes(rule))
  const whole = orderInput(order)
  const lines = ofLines.length === 0 ? [] : order.lines
  const parts = [
    mapAttributes(ofOrder, whole, { tellsValues: false }),
    ...lines.map((line) => mapAttributes(ofLines, { ...orderLineInput(line), order: whole }, { tellsValues: false })),
  ]
  const joined = ([fields = {}, ...mapped]: readonly MappedAttributes[]): OrderFields => ({
    ...textsOf(ofOrder, fields, (name) => name),
    ...Object.assign(
      {},
      ...lines.map(({ lineId }, index) => {
        const nameOf = (name: string) => `${LINE_FIELDS}${lineId}.${name.slice(LINE_FIELDS.length)}`
        return textsOf(ofLines, mapped[index] ?? {}, nameOf)
      }),
    ),
  })
  const now = parts.filter((part): part is MappedAttributes => !(part instanceof Promise))
  return now.length === parts.length ? joined(now) : Promise.all(parts).then(joined)
}

function textsOf(
  rules: readonly AttributeRule[],
  mapped: MappedAttributes,
  nameOf: (name: string) => string,
): OrderFields {
  const decimals = new Set(rules.filter(({ type }) => type === 'decimal').map(({ attribute }) => attribute))
  const textOf = (name: string, value: unknown) => (decimals.has(name) ? String(value) : JSON.stringify(value))
  return Object.fromEntries(Object.entries(mapped).map(([name, value]) => [nameOf(name), textOf(name, value)]))
}
