import type { AttributeRule, Connection } from '../configuration/model.ts'
import type { Order } from '../events/generated/events.ts'
import type { Evaluate } from './mapping/evaluate.ts'
import type { MappingInput } from './mapping/mapping-input.ts'
import { type MappedAttributes, mapParts } from './mapping.ts'
import { orderInput, orderLineInput } from './order-input.ts'

/**
 * Fields of the vendor's order by the vendor's own names. Each is JSON text; a decimal is a number with all its digits.
 * A field of a line contains the line's id: `line.<line id>.<name>`.
 */
export type OrderFields = Readonly<Record<string, string>>

/** Prefix of the name of a field that each line has. */
export const LINE_FIELDS = 'line.'

/**
 * Prefix of the name of a field of the order's customer, for vendor systems that receive one; its rule sees the order.
 */
export const CUSTOMER_FIELDS = 'customer.'

/**
 * The connection's own fields of a vendor's order, by its order map. Rules of line fields (`line.<name>`) see a line,
 * and the whole order as its `order`. Rejects with `mapping_failed`, which holds no values: an order is personal data.
 * `evaluate`: shared by the entities of a batch.
 */
export async function mapOrderFields(connection: Connection, order: Order, evaluate?: Evaluate): Promise<OrderFields> {
  const rules = connection.orderMap.fields
  if (rules.length === 0) return {}
  const ofLines = rules.filter(({ attribute }) => attribute.startsWith(LINE_FIELDS))
  const ofOrder = rules.filter((rule) => !ofLines.includes(rule))
  const whole = orderInput(order)
  const parts: readonly Part[] = [
    { rules: ofOrder, input: whole, nameOf: (name) => name },
    ...(ofLines.length === 0 ? [] : order.lines).map((line) => ({
      rules: ofLines,
      input: { ...orderLineInput(line), order: whole },
      nameOf: (name: string) => `${LINE_FIELDS}${line.lineId}.${name.slice(LINE_FIELDS.length)}`,
    })),
  ]
  const mapped = await mapParts(parts, { connection: connection.id, tellsValues: false, evaluate })
  return Object.assign({}, ...parts.map((part, index) => textsOf(part, mapped[index] ?? {})))
}

/** Rules of the order or of one of its lines, their input, and the names of their fields. */
interface Part {
  readonly rules: readonly AttributeRule[]
  readonly input: MappingInput
  readonly nameOf: (name: string) => string
}

function textsOf({ rules, nameOf }: Part, mapped: MappedAttributes): OrderFields {
  const decimals = new Set(rules.filter(({ type }) => type === 'decimal').map(({ attribute }) => attribute))
  const textOf = (name: string, value: unknown) => (decimals.has(name) ? String(value) : JSON.stringify(value))
  return Object.fromEntries(Object.entries(mapped).map(([name, value]) => [nameOf(name), textOf(name, value)]))
}
